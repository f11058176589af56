"""English questions about the collection itself, and the filters that they name."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.patterns import COUNT, FIRST, OWN, SECOND, CollectionGrammar, FilterWords, WholeForms

_PAPERS = (
    r"(?:(?:research )?papers|articles|publications|studies|works|reports|preprints|abstracts|documents|entries|titles"
    r"|holdings)"
)
_PAPER = rf"(?:{_PAPERS}|(?:research )?paper|article|publication|study|work|report|preprint|research|thing)"
_ABOUT = (
    r"(?:about|on|regarding|concerning|covering|addressing|discussing|studying|mentioning|around|relat(?:ed|ing) to|"
    r"deals? with|dealing with|discuss(?:es)?|mentions?|address(?:es)?|covers?|stud(?:y|ies)|under|"
    r"(?:area|field|category|topic|subject) of)"
)
_WROTE = (
    r"(?:publish(?:ed|es)?|releas(?:e|ed|es)|issued|wr(?:ite|ote|itten)|produced?|author(?:ed)?|put out|c[oa]me out|"
    r"appear(?:ed)?)"
)
_BIT = (
    rf"(?:{OWN}|{_WROTE}|are|is|was|were|there|did|do|does|has|have|had|been|got|you|we|it|in|the|this"
    rf"|your|our|of|all|any|"
    r"collection|corpus|library|database|dataset|index|set|that|which|by|from|at|out|done|made|available"
    r"|indexed|included|"
    r"here|so|far|overall|total|altogether|exists?|ever|and|or|know|contain|hold|include|please|me|now"
    r"|new|else|other|both|"
    r"yet|anything|,)(?![^\s,])"
)
_BITS = rf"(?:\s*+(?<!\w){_BIT})*+"
_TOPIC = rf"(?:\s*\b{_ABOUT}\s+(?P<topic>.+?))?"
_PROPER_NAME = r"[^\W\d_][\w.'-]*+"
_BY = rf"(?P<author>(?: (?!the\b){_PROPER_NAME}){{1,4}})"
_NOBODY = rf"the[iy]?|you|we|it|he|she|people|researchers|authors|anyone|{OWN[0]}"
_SOMEBODY = rf"(?P<author>(?: (?!{_NOBODY}){_PROPER_NAME}){{1,3}}?)"
_ASK = (
    rf"(?:please|can you|could you|would you|list|show|give|tell|find|name|get|display|see|enumerate|search for|"
    rf"look for|look up|me|us|which|what|what's|when|i want(?: to see)?|i need|i'd like(?: to see)?|do you have|"
    rf"do you know(?: of)?|have you(?: got)?|(?:are|is) there|there (?:are|is)|(?:a )?list of|(?:an )?overview of|all|"
    rf"any|every|other|more|some|of|the|your|are|is|were|was|about|and|so|ok|hi|hello|hey|{OWN}|,)"
)
_LEAD = rf"(?:{_ASK}\s+)*+"
_NUMBERS = MappingProxyType(
    {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
)
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
# "How many papers say that debate works" asks what they say.
_SAYS = r"(?:that|says?|shows?|finds?|claims?|argues?|proves?|thinks?|reports? that|papers?|articles?|studies)"
_WORD = rf"(?!{_SAYS} )[^\s,.;:]++"
_DESCRIBED = rf"(?:(?P<described>{_WORD}(?: {_WORD}){{0,3}}?) )??"
_NEWEST = r"(?:newest|latest|(?:most )?recent(?:ly published)?)"
_REST = rf"{_BITS}{_TOPIC}{_BITS}"

_WRITTEN = r"(?:wrote|written|authored|published|released|put out)"
_MADE = (
    r"(?:made|created|developed|invented|introduced|proposed|came up with|come up with|did|done|produced|coined|behind)"
)
_GROUP = r"(?:labs?|organi[sz]ations?|compan(?:y|ies)|institutions?|institutes?|teams?|groups?|people|researchers)"
_HAVE = r"(?:'s|'re| is| are| was| were| has| have)?"
_OUT = r"(?:published|written|released|made public|posted|submitted|put out|out)"
_LINK = r"(?:link|url|doi|arxiv(?: link| id| number| page)?|pdf|web ?site|address|full[ -]text)"

_BIBTEX = r"(?:bib ?tex(?: entry| record)?|bib entry|citation (?:entry|record)|\\?bibitem)"

_SECTION = (
    r"(?:limitations?|related[- ]works?|appendix|appendices|introduction|conclusions?|discussion|references|"
    r"bibliography|acknowledge?ments?|future work|methods?|methodology|experiments?|results|evaluation|"
    r"ablations?|background)"
)
_COPIED = r"(?:tables?|figures?|appendix|appendices|charts?|graphs?|plots?|diagrams?|source code)"

_THIS_PAPER = r"(?:it|this|they|this one|(?:the|this) (?:paper|study|work|article|report|abstract)|the authors)"
_ON = r"(?:(?:and|so|ok|okay|but|then|now|just)[, ]+)*+"
_ALIKE = (
    r"(?:like (?:it|this|that|these|those|them)|similar|comparable|along (?:those|these) lines|"
    r"of (?:this|that|the) (?:kind|sort))"
)
_SAME = (
    rf"(?:(?:something|anything|work|research|stuff|one|ones) {_ALIKE}|"
    r"(?:this|that|it|the same(?: thing)?|(?:this|that) (?:kind|sort) of (?:work|thing|research|study))|similar work)"
)
_DID = (
    r"(?:do|does|did|doing|done|try|tried|make|made|have|had|build|built|publish(?:ed)?|find|found|show|shown|"
    r"stud(?:y|ied|ies)|work(?:s|ed|ing)? on|look(?:s|ed)? (?:at|into))"
)
_AREA = r"(?:direction|area|topic|field|subject|lines?|kind|vein|question|problem)"
_THEREIN = rf"(?: than (?:it|this|that)| (?:in|on|along|of|about) (?:this|that|these|those|the same)(?: {_AREA})?)?"
_AS_WELL = "(?: too| as well| also| before| since)?"
_OTHERS = (
    rf"{_ON}(?:did|does|do|has|have) (?:{OWN}|(?:any(?:one|body)|some(?:one|body)|any {_GROUP}) else|others?"
    rf"|(?:any )?other {_GROUP}) (?:also |ever |too )?{_DID} {_SAME}{_AS_WELL}",
    rf"{_ON}(?:who else|(?:which|what) other {_GROUP})(?: (?:has |have |is )?(?:{_DID}|doing) {_SAME}{_AS_WELL})?",
    rf"{_ON}(?:(?:is|are) there |(?:do |have )?you (?:have |got )|have you (?:got )?)?"
    rf"(?:any(?:thing)?|something|some|more)(?: {_PAPER})?"
    rf" (?:(?P<newer>newer|more recent|later)|(?P<older>older|earlier)|(?:else )?{_ALIKE})"
    rf"(?: {_PAPER})?{_THEREIN}",
    rf"{_ON}(?:(?:what|how) about |anything |something )?(?:from |by )?{OWN}"
    r"(?: (?:version|take|work|paper|equivalent|counterpart|side))?",
)

GRAMMAR = CollectionGrammar(
    forms=WholeForms(
        patterns=(
            (
                "count",
                rf"{_LEAD}(?:how many|(?:total )?(?:number|count) of|count(?: of)?)(?: of| the| these| your| all)*+ "
                rf"{_DESCRIBED}(?:{_PAPERS}|paper){_REST}",
            ),
            (
                None,
                rf"{_LEAD}(?:(?P<n1>{_NUMBER}) )?(?P<order>{_NEWEST}|oldest|earliest|first|last)"
                rf"(?: (?P<n2>{_NUMBER}))?(?: {OWN}(?:'s)?)? {_DESCRIBED}(?P<works>{_PAPER}){_REST}",
            ),
            (None, rf"(?=.*{OWN}){_LEAD}(?P<order>{_NEWEST}|new|oldest|earliest)(?: one| thing)?{_REST}"),
            (
                None,
                rf"(?:what|when) (?:did|has) {OWN} (?P<order>last|most recently) {_WROTE}"
                rf"(?: anything| something)?{_TOPIC}",
            ),
            (None, rf"(?:what|when) (?:did|has) {OWN} {_WROTE}{_TOPIC} (?P<order>last|lately|(?:most )?recently)"),
            ("list", rf"{_LEAD}(?:(?P<n1>{_NUMBER}) )?{_DESCRIBED}(?P<works>{_PAPERS}){_REST}"),
            ("list", rf"{_LEAD}{_PAPERS}(?: written| authored| published)? by{_BY}"),
            ("count", rf"{_LEAD}how many {_PAPERS}(?: (?:are|were|written|authored|published|there))*+ by{_BY}"),
            ("list", rf"(?:what|which {_PAPERS}) (?:did|has|have){_SOMEBODY} {_WROTE}{_REST}"),
            ("list", rf"what(?: else| all)?(?=.* (?:{_WROTE}|done)(?!\S)){_REST}"),
            (
                "list",
                rf"(?=.*{OWN}){_LEAD}"
                rf"(?:anything|something|everything|what(?:'s)?(?: is)?(?: out)? there|what else|there){_REST}",
            ),
        ),
        oldest="oldest|earliest|first",
        several=_PAPERS,
        asks=r"(?:please )?(?:list|show|what|which|do you|give)\b",
        numbers=_NUMBERS,
    ),
    overview=(
        rf"{_LEAD}(?:how many )?(?:different )?(?:organi[sz]ations?|labs?|compan(?:y|ies)|publishers?|institutions?|"
        rf"topics?|categor(?:y|ies)|subjects?|themes?|years|period|time (?:span|range|period))"
        rf"(?:\s+(?:{_BIT}|{_PAPERS}|span|range|cover(?:ed)?|represented|with|most|about))*+"
        rf"|{_LEAD}in (?:this|the|your) (?:collection|corpus|database|library)"
        rf"|what are (?:these|the|your|all the|all these) {_PAPERS} about"
        rf"|what is (?:this|the) (?:collection|corpus|database) about"
        rf"|[^?.!]*+(?:[?.!] [^?.!]*?)?\b(?:main|major) (?:themes|topics|subjects|areas)(?: covered)? (?:in|of) "
        rf"(?:the|your|this) (?:holdings|collection|library|corpus)\b.*"
        rf"|who (?:has )?{_WROTE}(?: the)?(?: most| these| those| all)?(?: of)?(?: the)? {_PAPERS}"
    ),
    similar=(
        rf"(?:{_LEAD}(?:(?:more|other|further) )?(?:(?:{_PAPER}|something|anything|others|ones) )?(?:(?:that|which) )?"
        rf"(?:are |is )?(?:most |very )?(?:like|similar to|related to|close to|comparable to|resembling)|"
        rf"{_LEAD}(?:similar|comparable|related) (?:{_PAPER}|ones) (?:to|with)|"
        rf"(?:what|which)(?: other)?(?: {_PAPER})?(?: else)? (?:are|is|looks?|comes?)(?: most| very)? "
        rf"(?:like|similar to|related to|close(?:st)? to|nearest to))(?: the)?(?: {_PAPER})? (?P<title>.+)"
    ),
    others=_OTHERS,
    refined=(
        rf"(?:(?:and|or|but|what about|how about|only|just|also|then|those|these|them|ones?|same|for|which|what|"
        rf"how many|list|show|{_BIT}|{_PAPERS})(?:\s+|$))*+(?:{_ABOUT} (?P<topic>[^?]+))?"
    ),
    how_many="how many",
    facts=(
        (
            "section",
            rf"{_ON}{_LEAD}(?:the )?{_SECTION} (?:section|part|chapter|paragraph)s? (?:of|in|from) (?P<title>.+)",
        ),
        (
            "section",
            rf"{_ON}{_LEAD}(?P<title>.+?)(?:'s)? {_SECTION} (?:section|part|chapter|paragraph)(?: please| pls)?",
        ),
        (
            "section",
            rf"{_ON}(?:(?:can|could|would) (?:you|i|we) )?(?:please )?"
            rf"(?:(?:copy|paste|reproduce|print)(?: me| us| out)*(?: the| all| a| their)*+ {_COPIED}(?: \S+){{0,4}}|"
            rf"(?:show|give|send|get)(?: me| us)?(?: the| a| all| their)*+ {_COPIED}(?: \d+)?)"
            r" (?:from|of|in) (?P<title>[^,;]+)(?:[,;].*)?",
        ),
        (
            "bibtex",
            rf"{_ON}(?:(?:(?:can|could|may) i (?:have|get)|(?:give|send|show)(?: me)?) )?(?:the |an? |its )?"
            rf"{_BIBTEX}(?P<title>)(?: please| pls)?",
        ),
        ("bibtex", rf"{_ON}{_LEAD}(?:an? |the )?{_BIBTEX}(?: (?:of|for|to))?(?: the)? (?P<title>.+)"),
        ("bibtex", rf"{_ON}(?P<title>.+?)[,:]? {_BIBTEX}(?: please| pls)?"),
        ("bibtex", r"how (?:do|should|can|to)(?: i| we)? cite (?P<title>.+)"),
        ("who", rf"{_LEAD}(?:who|{_GROUP}){_HAVE} (?:{_WRITTEN} (?P<title>.+)|{_MADE} (?P<work>.+))"),
        ("who", rf"(?:who{_HAVE} )?(?:the )?(?:authors? of (?P<title>.+)|(?:creators?|inventors?) of (?P<work>.+))"),
        (
            "who",
            rf"{_ON}{_LEAD}(?:the |an? )?(?:full |complete |whole |entire )?"
            r"(?:author list|authors?(?:['’]s?)? names?|list of (?:the )?authors)"
            r"(?: (?:of|for|on|from))? (?P<title>.+)",
        ),
        ("who", rf"{_LEAD}{_GROUP} (?P<title>.+?) (?:is|was|comes|came) (?:from|by)"),
        ("who", r"(?:whose (?:paper|work|study|idea)|by whom) (?:is|was) (?P<title>.+?)(?: written| made)?"),
        ("who", r"where (?:does|did) (?P<title>.+?) come from"),
        ("when", rf"when (?:was|were|is) (?P<title>.+?) (?:first )?{_OUT}"),
        ("when", r"when did (?P<title>.+?) (?:come out|appear|get published)"),
        ("when", rf"(?:what|which) (?:year|month|date|day) (?:was|is|did) (?P<title>.+?)(?: {_OUT}| from| come out)?"),
        ("when", r"(?:what(?:'s| is) )?(?:the )?(?:publication |release )?(?:date|year) of (?P<title>.+)"),
        ("when", r"how old is (?P<title>.+)"),
        ("where", rf"{_LEAD}(?:where(?:'s| is) )?(?:the |a )?{_LINK}(?: to| for| of) (?P<title>.+)"),
        (
            "where",
            rf"{_ON}where (?:can|do|could) (?:i|we|one) (?:read|find|get|download|see) (?P<title>.+?)(?: online)?",
        ),
        ("where", rf"{_ON}(?:(?:give|send|show)(?: me)? )?(?:the |an? )?{_LINK}(?P<title>)(?: please| pls)?"),
        ("who", rf"{_ON}(?:(?:just |only )?the )?(?:authors?|names)(?P<title>)(?: please| pls)?"),
        ("who", rf"{_ON}(?:who(?:'s| is| are|s)|whos) (?:on|behind) (?P<title>.+)"),
        ("when", rf"{_ON}(?:(?:what|which) )?(?:the )?(?:year|date)(?P<title>)(?: and authors?| and lab)?"),
        ("where", rf"{_ON}(?:the )?{_LINK} (?P<title>.+)"),
        (
            "where",
            rf"{_ON}(?P<title>(?!(?:what|which|how|why|who|is|are|does|do|did)\b).+?)(?: repo| code)? (?:link|url|doi)",
        ),
        ("who", rf"(?:which|what) {_GROUP} (?:has|have|is behind|stands behind|does) (?P<title>.+?)(?: one| paper)?"),
        (
            "summary",
            rf"{_ON}{_LEAD}(?:(?:give|write)(?: me)? )?(?:an? |the )?(?:(?:short|quick|brief) )?(?:tl;?dr|summary|gist|"
            r"abstract|key (?:points?|findings?|takeaways?)|main (?:points?|findings?|ideas?|takeaways?|claims?))"
            rf"(?: (?:of|for|on|from)|:)? (?P<title>.+)",
        ),
        ("summary", rf"{_ON}(?:(?:can|could) you )?(?:please )?(?:summari[sz]e|sum up) (?P<title>.+)"),
        ("summary", rf"{_ON}{_LEAD}(?:just )?(?:one|two|three|four|a few|\d) sentences? (?:on|about) (?P<title>.+)"),
        (
            "summary",
            rf"{_ON}(?:(?:can|could) you )?(?:please )?(?:explain|describe|break down)(?: (?:to )?me)? "
            rf"(?:that|the|this) (?P<title>.+? {_PAPER})(?: to me)?",
        ),
        (
            "summary",
            r"(?!(?:what|how|why|who|when|which|does|do|did|is|are|can|could|explain|define|describe|tell|give)\b)"
            r"(?P<title>.+?),? in (?:just )?(?:a few|[a-z]+|\d+) (?:short |simple )?sentences\b.*",
        ),
        ("summary", rf"{_ON}(?P<title>.+?)[,:]? (?:tl;?dr|summary|summari[sz]ed|in short|in a nutshell)"),
    ),
    fact_nouns=(
        (
            "who",
            r"\b(?:(?:full |complete )?author list|list of authors|(?:first |lead )?authors?(?: names?)?"
            r"|affiliations?|who (?:wrote|made) (?:it|this))\b",
        ),
        ("when", r"\b(?:(?:publication |release )?(?:date|year)|(?:which|what) year|when (?:it|was it|it was) \w+)\b"),
        (
            "where",
            r"\b(?:link|url|doi|pdf|(?:code |github )?repo(?:sitory)?(?: link)?|arxiv(?: (?:id|number|link))?)\b",
        ),
    ),
    beside_facts=(
        r"\b(?:and|plus|also|with|who|what|is|are|was|were|the|an?|full|its|their|please|pls|thanks|need|want|give me"
        r"|send me|show me|i|we|can|could|cite|use|for|of|to|on|licen[cs]e|citation|it|that|appeared|published"
        r"|came out|footnotes?|paper|article)\b|[+&,:;/?!]|[.-](?!\w)"
    ),
    among=(
        # "The first one" alone points at a place in a list.
        rf"(?=.*\b(?:which|what|of (?:them|these|those|the two)|newest|latest|oldest|earliest|most recent)\b)"
        rf"{_ON}(?:which|what)?(?: one| paper)?(?: ?of (?:them|these|those|the two))?"
        r" ?(?:(?:was|is|came|comes|appeared|were)(?: out)? )?(?:the )?"
        r"(?:(?P<oldest>first|oldest|earliest|older|earlier)|newest|newer|latest|later|mo(?:st|re) recent|last)"
        r"(?: one| paper)?(?: of (?:them|these|those|the two|all))?"
    ),
    said_before=(
        r"|(?:it|that|this|they|these|those|them)(?: (?:one|paper|study|work|article|report)s?)?"
        r"|the (?:first |last )?(?:paper|study|work|article|report|one)"
    ),
    this_paper="this paper",
    this_topic="this topic",
    of_content=r"(?:(?:so|and|but|ok|okay|well)[, ]+)*(?:how|why)\b",
    of_whole=(
        rf"{_ON}(?:what (?:does|do|did) {_THIS_PAPER} "
        r"(?:find|find out|say|show|conclude|report|argue|claim|do|discover)|"
        rf"what(?:'s| is| was) {_THIS_PAPER}(?: all)? about|what (?:is|are|was|were) (?:the |its |their )?"
        r"(?:main |key )?(?:points?|findings?|ideas?|takeaways?|results?|conclusions?|claims?|contributions?)|"
        rf"(?:(?:can|could) you )?(?:please )?(?:summari[sz]e|sum up|explain|describe)(?: {_THIS_PAPER})?|"
        rf"tell me (?:more )?about {_THIS_PAPER}|(?:(?:give|tell)(?: me)? )?(?:the |a )?(?:short )?(?:summary|gist|"
        rf"tl;?dr|abstract|(?:main |key )(?:points?|findings?|ideas?|results?))(?: of {_THIS_PAPER})?)(?: please| pls)?"
    ),
    around_title=(
        r"^(?:(?:the|an?|that|this|your|their) )?"
        r"(?:(?:paper|study|work|article|report|preprint|one|thing)s? (?:on|about|called|titled|named|regarding) )?"
        r"(?:the |an? )?(?=\S)| (?:paper|study|work|article|report|preprint|method|abstract|thing|one|stuff)s?$"
    ),
    clause=(
        r"\b(?:how|why|does|do|did|can|could|would|should|compar\w*|explain\w*|summar\w*|differ\w*|between|than|when|"
        r"who|whose|what|which|whether|if|is|are|was|were|has|have|had|not|no)\b"
    ),
)

_TONGUES = MappingProxyType(
    {
        **{"chinese": "zh", "mandarin": "zh", "english": "en", "german": "de"},
        **{"french": "fr", "spanish": "es", "japanese": "ja"},
    }
)
_IN_TONGUES = "|".join(_TONGUES)
_THE_START = "(?:the (?:start|beginning) of |early )?"
FILTERS = FilterWords(
    organisations=MappingProxyType(
        {
            "google deepmind": ("google deep mind", "google's deepmind", "deepmind", "deep mind", "gdm"),
            "google": (),
            "openai": ("open ai", "open-ai", "oai"),
            "anthropic": ("antropic", "anthropics"),
            "nist": ("national institute of standards and technology",),
        }
    ),
    languages=_TONGUES,
    language=(
        rf"(?:\b(?:that are |which are |are )?(?:written |available )?in )({_IN_TONGUES})\b(?: language)?"
        rf"|\b({_IN_TONGUES})(?:[- ]language)?"
        r"(?= (?:papers?|articles?|abstracts?|publications?|ones?|works|stud(?:y|ies)))"
    ),
    months=(
        *("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?"),
        *("aug(?:ust)?", "sep(?:t(?:ember)?)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
    ),
    after_month=r"\.?,? (?:of )?",
    numbers=MappingProxyType({word: _NUMBERS[word] for word in ("two", "three", "four", "five")}),
    dates=MappingProxyType(
        {
            "range": (
                rf"\b(?:between|from|in|during) (?:the year )?{FIRST}"
                rf"(?: and | to | until | till | through |\s*[-–—]\s*)(?:the year )?{SECOND}(?!\d)"
            ),
            "pair": rf"\b(?:in )?{FIRST} (?:and|or) {SECOND}(?!\d)",
            "onwards": (
                rf"\b(?:since|starting (?:in|from|with)|as of|from) {_THE_START}{FIRST} "
                # "From 2024 on debate" names a topic.
                r"(?:onwards?\b|on\b(?! [^\W\d_]))"
            ),
            "since": rf"\b(?:since|starting (?:in|from|with)|as of) {_THE_START}{FIRST}",
            "after": rf"\b(?:after|later than|newer than|past) {FIRST}",
            "before": rf"\b(?:before|prior to|earlier than|older than) {FIRST}",
            "until": rf"\b(?:until|till|up to|through|by the end of|not after) (?:the end of )?{FIRST}",
            "in": rf"\b(?:in|from|of|during|for|dated|within) (?:the year |early |late )?{FIRST}",
            "years": rf"\b(?:in|from|over|during|within|of|for)? ?(?:the )?(?:last|past|previous) {COUNT} years\b",
            "last year": r"\b(?:in |from |during |of )?(?:the )?(?:last|previous|past) year(?:'s)?\b",
            "this year": r"\b(?:in |from |during |of )?(?:this|the current) year(?:'s)?\b",
        }
    ),
)
