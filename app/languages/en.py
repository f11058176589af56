"""English."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.en_topics import FORMS, PHRASES
from app.languages.language import Language
from app.languages.patterns import (
    COUNT,
    FIRST,
    NAME,
    OWN,
    SECOND,
    AttributionWords,
    ClaimWords,
    CollectionGrammar,
    ComparisonWords,
    ConversationWords,
    CourtesyPatterns,
    EvidenceWords,
    FilterWords,
    MarkerWords,
    PartWords,
    WholeForms,
    word_set,
)
from app.languages.phrases import AnswerPhrases, CollectionPhrases

_PHRASES = AnswerPhrases(
    language="en",
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    month_year="{month} {year}",
    lead_in="{paper} says: ",
    nearest="This may not be the whole answer. The nearest to it: ",
    no_figure="No paper here gives that figure. The nearest to it: ",
    in_plain="In this project's words: {text}",
    otherwise="The papers say otherwise. ",
    goes_on="It goes on: ",
    further=("{paper} adds: ", "And {paper}: ", "{paper} says: "),
    according="According to {paper}, ",
    also="It also says that ",
    translated="“{gloss}” (in the original: “{quote}”)",
    summed_up="In this project's words: {summary}\n\n",
    refusal="",
    closest="Closest to it: {papers}.",
    read_on="Read on in {papers}.",
    follow_up="What does “{title}” find?",
    between_papers="; ",
    bracketed="{name} ({facts})",
    between_facts=", ",
    between_names=", ",
    references="References:",
    unbacked="Not supported by the quotes:",
    denied="The quotes say the opposite of:",
    part_unsaid="I found no sentence here that says it.",
    part_mark="? ",
    side_mark=": ",
    said_above="The quote above says it [{number}].",
    near_above="No paper here says this outright. The nearest to it is the quote above [{number}].",
    same_paper="The same paper says: ",
    more_parts="You asked more than {count} things; these are the first {count}.",
    what_is="What is {term}?",
    compare_both="How does {one} compare with {other}?",
    none_of_both="I found no sentence that compares the two.",
    side_unsaid="No paper here says what that is.",
    table_columns=("Compared", "Paper", "What it says"),
    not_said="not said",
    courtesies=MappingProxyType(
        {
            "greeting": "Hello. Ask me about the papers: I answer in their own words, every sentence with its quote.",
            "help": "I answer questions about the papers in their own words, every sentence with its quote, and say so "
            "where they do not answer. I also know what the collection has: count, list or date its papers by "
            "organisation, topic, year or language, or ask for papers like one of them.",
            "thanks": "You are welcome. Ask on whenever you like.",
            "farewell": "Goodbye.",
            "task": "I answer questions about the papers, with a quote for every sentence, and do nothing else.",
            "agreement": "Good. What would you like to know next?",
        }
    ),
    scope=" The collection has {scope}.",
    papers="{count} papers",
    one_paper="1 paper",
    dated="from {first} to {last}",
    mostly_by="most of them by {names}",
    for_example="\n\nFor example: {questions}",
    subjects="The papers here are about {categories}.",
    ask_category="Which papers are about {category}?",
    ask_newest="What is the newest paper by {organisation}?",
)
_COLLECTION = CollectionPhrases(
    languages=MappingProxyType(
        {"en": "English", "zh": "Chinese", "de": "German", "fr": "French", "es": "Spanish", "ja": "Japanese"}
    ),
    found=("The collection has 1 paper{scope}", "The collection has {count} papers{scope}"),
    newest=("The newest paper{scope} is", "The {count} newest papers{scope} are"),
    oldest=("The oldest paper{scope} is", "The {count} oldest papers{scope} are"),
    similar="Nearest to “{title}” by content",
    by_whom="“{title}” is by {names}",
    other_authors="and {count} others",
    in_short="“{title}” in short, in this project's words: {summary}",
    in_its_words="“{title}” in its own words",
    by_nobody="The record of “{title}” does not say by whom it is",
    dated="“{title}” is from {date}",
    undated="The record of “{title}” gives no date",
    at_address="“{title}” can be read at {url}",
    no_address="The record of “{title}” gives no link",
    by_content="No record names {topic}; nearest by content",
    nothing="The collection has no paper{scope}.",
    none_chosen="Among the papers that your filters let through there is none{scope}.",
    they_reach=" What it has{scope} is from {dates}.",
    reach="{first} to {last}",
    organisations=" Its papers are by {names}.",
    unlisted="{count} more are not listed: name a year or a topic to see them.",
    no_abstract="{paper}; the collection has no abstract of it",
    listed_newest=", newest first",
    overview="The collection has {scope}. By organisation: {organisations}. By category: {categories}.",
    in_order="{by}{author}{about}{language}{category}{dates}",
    by=" by {names}",
    author=" by “{name}”",
    about=" about {topic}",
    language=" in {names}",
    category=" in the category {names}",
    year="{year}",
    since=" since {date}",
    until=" until {date}",
    within=" from {date}",
    between=" from {first} to {last}",
    counted_from=" (counted from the newest paper, of {month})",
    either=" or ",
    colon=":",
    before_quote=": ",
    topics=PHRASES,
    summed_up=": {summary} ",
)

_PAPERS = r"(?:(?:research )?papers|articles|publications|studies|works|reports|preprints|abstracts|documents|entries)"
_PAPER = rf"(?:{_PAPERS}|(?:research )?paper|article|publication|study|work|report|preprint|research|thing)"
_ABOUT = (
    r"(?:about|on|regarding|concerning|covering|addressing|discussing|studying|mentioning|around|relat(?:ed|ing) to|"
    r"deals? with|dealing with|discuss(?:es)?|mentions?|address(?:es)?|covers?|stud(?:y|ies)|under|"
    r"(?:area|field|category|topic|subject) of)"
)
_WROTE = (
    r"(?:publish(?:ed|es)?|releas(?:e|ed|es)|wr(?:ite|ote|itten)|produced?|author(?:ed)?|put out|c[oa]me out|"
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
_BITS = rf"(?:\s*+{_BIT})*+"
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
_DESCRIBED = r"(?:(?P<described>[^\s,.;:]++(?: [^\s,.;:]++){0,3}?) )??"
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

_ON = r"(?:(?:and|so|ok|okay|but|then|now|just)[, ]+)*+"

_GRAMMAR = CollectionGrammar(
    forms=WholeForms(
        patterns=(
            (
                "count",
                rf"{_LEAD}(?:how many|(?:total )?(?:number|count) of|count(?: of)?)(?: of| the| these| your| all)*+ "
                rf"{_DESCRIBED}{_PAPERS}{_REST}",
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
        rf"topics?|categor(?:y|ies)|subjects?|themes?|languages?|years|period|time (?:span|range|period))"
        rf"(?:\s+(?:{_BIT}|{_PAPERS}|span|range|cover(?:ed)?|represented|with|most|about))*+"
        rf"|{_LEAD}in (?:this|the|your) (?:collection|corpus|database|library)"
        rf"|what are (?:these|the|your|all the|all these) {_PAPERS} about"
        rf"|what is (?:this|the) (?:collection|corpus|database) about"
        rf"|who (?:has )?{_WROTE}(?: the)?(?: most| these| those| all)?(?: of)?(?: the)? {_PAPERS}"
    ),
    similar=(
        rf"(?:{_LEAD}(?:(?:more|other|further) )?(?:(?:{_PAPER}|something|anything|others|ones) )?(?:(?:that|which) )?"
        rf"(?:are |is )?(?:most |very )?(?:like|similar to|related to|close to|comparable to|resembling)|"
        rf"{_LEAD}(?:similar|comparable|related) (?:{_PAPER}|ones) (?:to|with)|"
        rf"(?:what|which)(?: other)?(?: {_PAPER})?(?: else)? (?:are|is|looks?|comes?)(?: most| very)? "
        rf"(?:like|similar to|related to|close(?:st)? to|nearest to))(?: the)?(?: {_PAPER})? (?P<title>.+)"
    ),
    refined=(
        rf"(?:(?:and|or|but|what about|how about|only|just|also|then|those|these|them|ones?|same|for|which|what|"
        rf"how many|list|show|{_BIT}|{_PAPERS})(?:\s+|$))*+(?:{_ABOUT} (?P<topic>[^?]+))?"
    ),
    how_many="how many",
    facts=(
        ("bibtex", rf"{_ON}{_LEAD}(?:an? |the )?{_BIBTEX}(?: (?:of|for|to))?(?: the)? (?P<title>.+)"),
        ("bibtex", rf"{_ON}(?P<title>.+?)[,:]? {_BIBTEX}(?: please| pls)?"),
        ("bibtex", rf"{_ON}(?:(?:give|send|show)(?: me)? )?(?:the |an? |its )?{_BIBTEX}(?P<title>)(?: please| pls)?"),
        ("bibtex", r"how (?:do|should|can|to)(?: i| we)? cite (?P<title>.+)"),
        ("who", rf"{_LEAD}(?:who|{_GROUP}){_HAVE} (?:{_WRITTEN} (?P<title>.+)|{_MADE} (?P<work>.+))"),
        ("who", rf"(?:who{_HAVE} )?(?:the )?(?:authors? of (?P<title>.+)|(?:creators?|inventors?) of (?P<work>.+))"),
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
        ("who", rf"(?:which|what) {_GROUP} (?:has|have|is behind|stands behind|does) (?P<title>.+?)(?: one| paper)?"),
        (
            "summary",
            rf"{_ON}{_LEAD}(?:(?:give|write)(?: me)? )?(?:an? |the )?(?:(?:short|quick|brief) )?(?:tl;?dr|summary|gist|"
            r"abstract|key (?:points?|findings?|takeaways?)|main (?:points?|findings?|ideas?|takeaways?|claims?))"
            rf"(?: (?:of|for|on|from)|:)? (?P<title>.+)",
        ),
        ("summary", rf"{_ON}(?:(?:can|could) you )?(?:please )?(?:summari[sz]e|sum up) (?P<title>.+)"),
        (
            "summary",
            r"(?!(?:what|how|why|who|when|which|does|do|did|is|are|can|could|explain|define|describe|tell|give)\b)"
            r"(?P<title>.+?),? in (?:just )?(?:a few|[a-z]+|\d+) (?:short |simple )?sentences\b.*",
        ),
        ("summary", rf"{_ON}(?P<title>.+?)[,:]? (?:tl;?dr|summary|summari[sz]ed|in short|in a nutshell)"),
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
    around_title=r"^(?:the|an?) | (?:paper|study|work|article|report|preprint|method|abstract)s?$",
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
_FILTERS = FilterWords(
    organisations=MappingProxyType(
        {
            "google deepmind": ("google deep mind", "google's deepmind", "deepmind", "deep mind", "gdm", "google"),
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

_POLITE = (
    r"(?:please|pls|kindly|hey|hi|hello|ok|okay|so|now|just|quick|quickly|can you|could you|would you|will you|"
    r"can u|help me(?: to)?|i need you to|i want you to|i'd like you to|let's)"
)
_SOME = r"(?:a|an|some|five|ten|three|\d+)"
_COURTESIES = CourtesyPatterns(
    said=MappingProxyType(
        {
            "help": (
                r"(?:please |can you |could you )?help(?: me)?(?: please)?",
                r"(?:so )?what (?:all )?(?:can|do|could) you (?:do|answer|know|offer)(?: for me)?",
                r"what (?:can|should|could|do) i ask(?: you)?(?: about)?",
                r"are you (?:a |an )?(?:real |human )?(?:person|human|bot|robot|chatbot|ai|machine|model|llm)"
                r"(?: or (?:a |an )?(?:real )?(?:person|human|bot|robot|chatbot|ai|machine|model))?",
                r"(?:who|what) are you|what(?:'s| is) (?:this|paperbacked)|tell me (?:about yourself|what you can do)",
                r"how (?:do|does|can|should) (?:i use )?(?:this|it|you)(?: work)?|introduce yourself"
                r"|examples?(?: please)?",
            ),
            "greeting": (
                r"(?:hi+|hello+|hey+|hiya|howdy|greetings|yo|hallo|good (?:morning|afternoon|evening|day))"
                r"(?: (?:there|again|all|everyone|folks|bot|paperbacked|to you))?",
                r"how are you(?: doing)?(?: today)?|how do you do|what's up|nice to meet you",
                r"(?:(?:hi|hello|hey)(?: there)? )?(?:are you (?:there|here|awake|online|listening)|anybody there)",
            ),
            "thanks": (
                r"(?:(?:ok|okay|great|perfect|cool|nice|good|super|no|yes) )?(?:many )?(?:thanks?|thx|ty|cheers)"
                r"(?: (?:you|u))?(?: (?:so|very) much| a lot| a (?:ton|bunch|million)| again)?"
                r"(?: for (?:the |your |all the )?\w+)?",
                r"(?:that|this|it) (?:really |already )?help(?:s|ed)(?: me)?(?: a lot)?",
                r"(?:that|this)(?:'s| is| was)? (?:very |really |so )?(?:helpful|useful|great|perfect|all)"
                r"|much appreciated",
            ),
            "farewell": (
                r"(?:(?:ok|okay|alright|well|great) )?(?:(?:thanks|thank you|thx|ty) )?"
                r"(?:good ?)?bye(?:[ -]bye)?(?: now)?|see (?:you|ya)(?: later| soon)?",
                r"farewell|good night|take care|ciao",
            ),
            "agreement": (
                r"(?:(?:ok|okay|great|cool|nice|perfect|awesome|good|got it|i see|understood|interesting|wow|alright)"
                r"(?: |$))+",
                r"makes sense|fair enough|never ?mind",
            ),
        }
    ),
    joined_by="and|but",
    tasks=(
        rf"(?:{_POLITE}[,.!]? +)*+(?:"
        r"(?:write|compose|draft|sketch|sing|rap|debug|proofread|rewrite|rephrase|reword|shorten|translate"
        r"|roast|recite|"
        r"invent|imagine|generate|refactor|rename|come up with|role-?play|pretend|act as|act like|play the|remind|"
        r"polish|do my|(?:calculate|compute) (?:the|me|my|this|a)|make (?:me|us|up|a|an|my|five|ten)|"
        r"fix (?:my|the|this)|repeat (?:after|everything|the|your)|"
        r"(?:code|program|design|post|book|order|draw|email|send|schedule|prepare|convert|solve|correct) "
        r"(?:me|us|a|an|my|this|some|in)|"
        r"say (?:only|just|after|the word)|tell (?:me|us) a (?:joke|story|riddle)|"
        r"(?:put|turn|pack) (?:this|these|it|that|the following)|"
        r"summari[sz]e (?:this|the following|my|the (?:\w+ )?(?:e-?mails?|text|minutes)))"
        rf"|(?:i(?:'d| would)? (?:need|want|like)(?: you to)?(?: {_SOME})?|give me {_SOME}|{_SOME})"
        r"(?: (?:working|short|catchy|funny|polite|rhyming|new|good|nice|quick|full|title|baby))* "
        r"(?:poem|haiku|limerick|song|story|essay|e-?mail|letter|recipe|script|slogan|title|headline|tweet|post|cv|"
        r"resume|joke|translation|name|jailbreak|exploit|summary of (?:my|this)|write)s?"
        r")\b(?!-| (?:is|are|was|were|does|do|did|to)\b)"
    ),
    takes_over=(
        r"(?:^|[.,:;!?] |\b(?:and|then|please|also|now|to) )(?:ignore|forget|disregard|override|bypass|drop|turn off|"
        r"switch off|disable)(?: (?:all|any|every|everything|your|the|these|those|of|previous|prior|earlier|above|"
        r"other|own))*+ (?:instructions?|rules?|guidelines?|filters?|restrictions?|safeguards?|orders|sources|papers|"
        r"abstracts|you were told|you (?:have|had) been told|what you were told|above(?= and))\b"
        r"|\byour (?:system|hidden|secret|initial|original|first) "
        r"(?:prompt|instructions?|message|settings|orders|rules)\b"
        r"|\b(?:print|reveal|show|repeat|output|leak|list|tell me|write down|begin your reply with)(?: me)?(?: out)?"
        r"(?: word for word| literally)? "
        r"(?:the (?:system|hidden|initial|first line of your)|your (?:own |raw )?(?:prompt|rules|instructions?)|"
        r"(?:the text|everything|all|what)(?: that| which)?(?: you were| stands| is| was)?(?: given)?"
        r"(?: to you)?(?: at the start)?(?: above| before this| of this))"
        r"|\b(?:developer|maintenance|debug) mode\b"
        r"|\byou(?: are|'re) now (?:a |an |dr|doc|dan|[a-z]+bot|[a-z]+-free|in )"
        r"|\bfrom (?:now|here) on,? (?:you|answer|reply|only|act)\b|\bfrom the next line on\b"
        r"|(?:^|\W)(?:\[system\]|<?/?(?:system|context|question)>|system(?: note| message)?:)"
        r"|\bnew (?:system|instructions?)(?: message)?:"
    ),
    of_what_was_said=r"\b(?:this|it|examples?)\b",
)

_PLEASE = r"(?:(?:ok|okay|and|please|pls|thanks|thank you|thx|can you|could you|now|but)[, ]+)*+"
_THAT = r"(?: (?:it|that|this))?"
_CONVERSATION = ConversationWords(
    new_topic=(
        r"(?:(?:ok|okay|so|now|and|well|thanks|thank you)[, ]+)*+(?:(?:for )?(?:something|sth) (?:else|different)|"
        r"(?:an?)? ?(?:new|different|another|other) (?:topic|question|subject|thing)|"
        r"(?:changing|change of) (?:the )?(?:topic|subject)|(?:now )?forget (?:it|that)|"
        r"(?:going )?back to (?!it\b|that\b|this\b)|last (?:one|question|thing))\b"
    ),
    goes_on=(
        r"(?:and|but|so|also|then|ok|okay|yes|no|right|hm+|fine|what about|how about|what if|why not|how come|only|"
        r"besides|apart from|(?:what|who|where|any(?:thing|one|body)?) else|any other|"
        r"(?:at|by|for|from|in|on|to|under|with) (?:how|what|which))\b"
    ),
    refers_back=(
        r"\b(?:they|them|theirs?|those|these|its|he|she|his|her|former|latter|same|else)\b"
        r"|(?<!\ball )\bthe (?:first|second|third|last|two|others?|rest|thing|later work|authors?|paper|study|"
        r"results?)\b"
        r"|\bthe whole \w+|\b(?:this|that) the (?:one|paper|study|work)\b"
        # "It is true that …" and "is it safe to …" point forward.
        r"|\bit\b(?! (?:is |was |be )?(?:true|safe|possible|enough|easy|hard|common|known|likely|legal|worth)\b)"
        # "That" and "this" for a thing, not before a clause.
        r"|(?:^|\b(?:about|and|at|by|can|close|could|did|do|does|for|from|how|in|is|isn't|like|made|makes?|of|on|"
        r"outside|than|to|was|why|will|with|would) )(?:that|this)\b(?! (?:an?|the|all|any|most|some)\b)"
        r"|\b(?:there|then|though|yet|anyway|instead|either|too|that|this|ones?)(?=[?.,!]|$)"
    ),
    ends_back=r"\b(?:that|this|those|these|there|then)(?: \w+)?\W*$",
    again=(
        rf"{_PLEASE}(?:(?:tell me |say |any)?more(?: (?:about|on) (?:it|that|this))?|go on|(?:an? )?examples?|simpler|"
        rf"(?:explain|say|tell me){_THAT} again|explain{_THAT}|what do you mean|"
        rf"(?:explain|say|put){_THAT} (?:(?:more )?(?:simply|plainly)|in (?:simple|plain|other) (?:words|terms)|"
        rf"like i'?m \w+)|i (?:still )?(?:don'?t|do not) (?:get|understand){_THAT})(?: please| pls)?"
    ),
    shorter=(
        rf"{_PLEASE}(?:(?:(?:make|say|put|tell me) (?:it|that|this) |a (?:bit|little) |even |much )*+"
        r"(?:shorter|briefer|in short|in brief|(?:in )?(?:just )?(?:one|a single|two|1|2) (?:sentence|line|word)s?)|"
        rf"tl;?dr|summar(?:y|i[sz]e)(?: them|{_THAT})|sum (?:it|that|this) up)(?: please| pls)?"
    ),
    contracted=r"n['’]t\b|['’](?:d|ll|m|re|s|t|ve)\b",
    ordinal=(r"\bthe (first|second|third|fourth|fifth|last)(?: (?:one|paper|study|work|of (?:them|these|those)))?\b"),
    ordinals=MappingProxyType({"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}),
    several=r"\b(?:they|them|their|these|those|both|each|all)\b",
)

_AT_FIRST = (
    r"^(?:\W*\b(?:ok|okay|so|hi|hey|hello|please|pls|sorry|well|and|but|now|wait|um|dude|man|guys|lol|yo|"
    r"seriously)\b)*+\W*"
)
_TO_KNOW = r"(?:explain|tell|told|know|understand|understood|describe|define|clear|clue|idea|wonder(?:ing|ed)?|out)"
_A_CURSE = r"(?:the (?:hell|heck|fuck|devil)|on earth|in the world|even|exactly|actually|really)"
# Some words that may name a thing, and what the sentence may go on with where no more is asked of it than what it is.
_SOME_TERM = (
    r"(?:an? |the (?:(?:term|word|concept of|idea of) )?)?[\"“‘']?"
    r"(?P<term>(?!(?:it|that|this|they|those|these|there|your?|we|i|my|his|her|their|the|an?|to|me|how|why|what|do|did|"
    r"does|is|are|exactly)\b)[\w*+'’-]+(?: [\w*+'’-]+){0,4}?)[\"”’']?"
)
_TERM_ENDS = (
    r"(?:(?: (?:means?|actually|anyway|exactly|again|is|are|to me|thing|stuff|all about|about))*+"
    r"(?:\s*[.?!;:,—–-]*\s*$| (?:when|like|as if|so that|so i|in (?:words|terms|plain|simple|normal)|please)\b))"
)

_EVIDENCE = EvidenceWords(
    manner=(
        r"[,;.]?\s*\b(?:(?:to me )?(?:like|as if) (?:i'?m|i am|i were|i was)(?: an?)? \w+(?:[ -]years?[ -]olds?)?|eli5|"
        r"in (?:just )?(?:one|two|three|a few|1|2|3) (?:short |simple )?(?:sentences?|lines?|words?)|"
        r"in (?:plain|simple|normal|everyday) (?:words|terms|english|language)|"
        r"for (?:dummies|beginners|a (?:child|kid|layman|lay ?person))|briefly|please|pls)(?!\w)"
    ),
    says_aim=(
        r"\b(?:in this (?:paper|work|article|report|post|study)|this (?:paper|work|study|report)|here,? we|our goal|"
        r"we(?:'re| are) (?:interested|focused)|we (?:study|present|introduce|propose|investigate|explore|describe|"
        r"develop|examine|ask|test|outline|aim|consider|analy[sz]e|create|formally|apply|experiment|compare|survey|"
        r"train))\b"
    ),
    says_finding=(
        r"\bwe (?:(?:also|then|further|generally|thus|first) )?(?:find|found|show|demonstrate|observe|discover|"
        r"conclude|prove|identif|uncover|establish|confirm|reveal)\w*"
        r"|\b(?:our |these |the )?(?:results?|findings?|experiments?|evaluations?|analysis)(?: \w+){0,4}? "
        r"(?:show|suggest|indicate|demonstrate|reveal|confirm)\w*"
        r"|\b(?:outperform|achiev)\w*|\b(?:surprisingly|strikingly)\b|\b(?:showing|finding|proving) that\b"
    ),
    asks_definition=(
        r"(?P<named>(?!what|how|why|who|explain|define)\S+(?: \S+){0,3}?),? (?:meaning|definition|explained)|"
        r"what (?:does|do|did) (?:an? |the (?:term |word )?)?"
        r"(?P<said>(?!(?:it|that|this|they|you)\b)\S+(?: \S+){0,4}?)"
        r" (?:really |actually |even )?(?:mean|stand for|refer to)|"
        r"(?:(?:ok|okay|so|hi|hello|please|and|but|now|sorry|well)[, ]+)*+"
        r"(?:what(?:'s|’s|s| is| are| was)|(?:(?:can|could) you (?:please )?)?(?:explain|define)|describe|"
        r"(?:the )?(?:meaning|definition) of|tell me (?:about|what))(?: (?:to me|me))?"
        r"(?: (?:meant by|the meaning of))?(?: (?:an?|the|all this))?"
        r" (?P<term>(?!(?:an?|the|it|that|this|they|those|these|there|your|you|my|his|her|their|wrong|best|new)\b)"
        r"\S+(?: \S+){0,4}?)"
        r"(?: (?:means?|actually|anyway|exactly|again|is|are|to me|thing|stuff))*+"
    ),
    asking_what="What does “{term}” mean?",
    wants_explained=(
        rf"{_AT_FIRST}what(?: {_A_CURSE})? (?:is|are|was) (?:meant (?:by|with) )?{_SOME_TERM}{_TERM_ENDS}",
        rf"\b{_TO_KNOW}\b.{{0,80}}?\bwhat {_SOME_TERM} (?:is|are|was|means?|refers? to)\b(?! (?:used|for)\b)",
        rf"(?:{_AT_FIRST}|\b(?:you|somebody|someone|anybody|anyone|please|to) )(?:explain|define|describe)"
        rf"(?: to)?(?: me)? {_SOME_TERM}{_TERM_ENDS}",
        r"\b(?:explain|define|what (?:is|are|does)) .{0,20}?[\"“‘'](?P<term>[^\"“”‘’']{2,60})[\"”’'](?!s\b)",
        r"[\"“‘'](?P<term>[^\"“”‘’']{2,60})[\"”’'](?!s\b).{0,80}?\b(?:explain|define|what (?:it|that) (?:is|means))\b",
    ),
    leans=(
        r"(?:this|these|those|that|it|its|itself|they|their|them|he|she|such|here|both|neither|"
        r"we (?:call|name|term|refer to) (?:this|these|that|those|it|them)|"
        r"the (?:latter|former|resulting|same)|doing so|to (?:this|that) end|"
        r"however|moreover|furthermore|additionally|in addition|also|thus|therefore|hence|consequently|as a result|"
        r"accordingly|instead|otherwise|nevertheless|nonetheless|yet|but|conversely|in contrast|by contrast|"
        r"similarly|likewise|specifically|in particular|for (?:example|instance))\b"
    ),
    about_itself=(r"(?:in )?(?:this|the present) (?:paper|work|article|report|study|survey|post|thesis)\b|that said"),
    asks_for_several=(
        r"\b(?:compar(?:e[ds]?|ing|isons?)|contrast(?:s|ed|ing)?|versus|vs|side by side|differ(?:s|ed|ing)?|"
        r"dis ?agree(?:s|d|ment)?|each of (?:them|these)|in common|"
        r"(?:which|what|any|other|several|different|various|two|three|four|more than one|all) "
        r"(?:\w+ )?(?:papers|works|studies|articles|labs|groups|teams|authors|researchers|companies)|"
        r"(?:what|which|different|various|several|other|alternative|name|list|collect\w*) (?:\w+ ){0,2}"
        r"(?:approaches|methods|ways|techniques|routes|options|alternatives|frameworks|takes|tricks|views)|"
        r"^list|who (?:else|all)|overview|and (?:who|what|which|how|when|where) \w+)\b"
    ),
    asks_figure=(
        r"\bhow (?:many|much|long|often|large|big|small|fast|far|old)\b|"
        r"\b(?:what|which) (?:percentage|per ?cent|share|fraction|proportion|number|size|score|rate|year|date|amount)\b"
    ),
    figure=(
        r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|third|quarter|dozens?|hundreds?|thousands?|"
        r"millions?|billions?|twice|double[sd]?|tripled?|percent|orders? of magnitude)\b"
    ),
    asking=(
        "explain describe summarise mean know talk say work question answer thing find found finding result study "
        "studies research paper papers anybody anyone somebody someone ever exactly actually really"
    ),
)

_AUX = r"(?:is|are|was|were|does|do|did|can|could|will|would|should|has|have|had|might)"
_PRONOUN = r"(?:it|they|he|she|we|you|i|this|that|these|those|there)"
_SUBJECT = rf"(?:{_PRONOUN}|anyone|anybody|someone|somebody|people|humans|models|llms|authors|researchers)"
_WHOSE = rf"(?:{_SUBJECT}|the|an?|any|its|their|such|one|real)"
# In the order of a question: "how it works" and "which are large" ask nothing by themselves.
_WH_QUESTION = (
    rf"(?:(?:what|who)(?:['’](?:s|re)|s)?|(?:how|why|when|where|whom)(?:['’]s)?) {_AUX}(?:n['’]t)? (?!not\b)\S"
    r"|(?:what|who|how|why|where|when)['’](?:s|re) \S|whats \S|what happen(?:s|ed)\b"
    r"|who (?:wrote|made|invented|published|proposed|introduced|came|found|created|developed|built|coined)\b"
    rf"|(?:what|which)(?: (?!{_AUX}\b|(?:an?|the|its|their|my|your)\b|{_PRONOUN}\b)[\w-]+){{1,3}} {_AUX}\b"
    rf"|which {_AUX} (?:the|it|they|better|best)\b"
    rf"|which (?:of (?:them|these|those)|one) (?:{_AUX}|wins?|works?|performs?)\b"
    rf"|how (?:many|much|often|long|large|big|small|far|old|well|good|bad|fast|safe|sure|expensive|reliabl[ey]|likely)"
    rf"\b(?: (?!{_AUX}\b)[\w-]+){{0,3}} {_AUX}\b"
)
_QUESTION = (
    rf"{_WH_QUESTION}|(?:is|are|was|were|has)(?:n['’]t)? {_SUBJECT}\b|(?:do|have)(?:n['’]t)? (?!it\b"
    rf"|this\b|that\b){_SUBJECT}\b"
    rf"|(?:does|did|can|could|will|would|should)(?:n['’]t)? {_WHOSE}\b|(?:does|did) (?!not\b|so\b)\w"
)
_PARTS = PartWords(
    opens=r"(?:(?:so|ok|okay|and|but|now|also|hi|hello|hey|please|pls|then|well|first)[, ]+)*+",
    begins=(
        rf"(?:what|how|why|who|whom|whose|which|(?:when|where) {_AUX}|{_AUX}\b(?:n['’]t)? \w|whats|where['’]s|when['’]s"
        r"|(?:(?:can|could) you )?(?:please )?(?:explain|describe|define|tell me)\b|please (?:give|list|name|show)\b)"
    ),
    asks=_QUESTION,
    asks_on=_WH_QUESTION,
    item=r"(?:if|whether)\b",
    condition=r"\b(?:if|when|while|once|because|although|given|suppose)\b[^,]*$",
    unfinished=rf"(?:which|what|how (?:many|much))(?: (?!{_AUX}\b)[\w-]+){{1,3}}",
    joint=(
        r"(?:\? |; |, |\? ?- )(?:(?:and|also|plus|then|but|finally)(?: also)?,? )+|\? |; "
        r"| (?:and|&|plus) (?:(?:also|then|if so),? )?"
    ),
    comma=r", ",
    incomplete=r"(?:on|in|by|for|with|from|at|to) (?:which|what|whom|how)\b \w",
    announces=(
        r"(?:(?:i have|i(?:['’]ve)? got|here are|just) )?(?:two|three|four|five|several|some|a few"
        r"|a couple of|2|3|4|5) "
        r"(?:quick |short |related |separate )?(?:things|questions|points|parts)(?: (?:please|here|for you"
        r"|about this))?|(?:(?:one|a|my|quick) )*+question"
    ),
    says_what=r"what (?:an?|the)? ?(?P<term>\S+(?: \S+){0,4}?) (?:is|are|means?)",
    # "It is true that …" and "is it safe to …" point forward.
    pronoun=r"\bit\b(?! (?:is |was |be )?(?:true|possible|common|known|likely|legal|worth)\b)",
    plural=r"\b(?:they|them)\b",
    possessive=r"\b(?:its|their)\b",
    of_term="{term}'s",
)

_SIDE_A, _SIDE_B = r"(?P<a>\S(?:.*?\S)??)", r"(?P<b>\S(?:.*?\S)??)"
_IN_WHAT = (
    r"(?:,? (?:on|in terms of|regarding|about|with (?:respect|regard) to|when it comes to|at|in|for"
    r"|during) (?P<on>.+))?"
)
_COMPARES = r"(?:(?:so|ok|okay|and|but|now|hi|hello|please|pls|well|can you|could you|tell me|explain|briefly)[, ]+)*+"
_BETTER = (
    r"(?:better|worse|safer|cheaper|stronger|weaker|faster|best|preferable|superior|more (?:\w+)|less (?:\w+)|"
    r"(?:easier|harder)(?: to \w+)?)"
)
_WINS = (
    rf"(?:which|what|who)(?: one)? (?:wins|(?:is|are|was|works?|performs?|does|do|scales?|should \w+ "
    rf"(?:use|choose|pick))"
    rf"(?: \w+)?? {_BETTER}|should \w+ (?:use|choose|pick|trust)|(?:do|would) \w+ (?:recommend|prefer))(?: .{{1,60}})?"
    rf"|(?:which|what)(?:['’]s|s) {_BETTER}(?: .{{1,60}})?"
)
_COMPARISON = ComparisonWords(
    plain=(
        rf"{_COMPARES}(?:compare|contrast) {_SIDE_A},? (?:and|with|to|vs\.?|versus|against) {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}(?:(?:what|where)(?:['’]?s| is| are) )?(?:the )?(?:main |key |real |exact |actual )?"
        rf"(?:differences?|distinction|contrast|comparison) between {_SIDE_A} and {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}how (?:do|does|did|is|are) {_SIDE_A} (?:differ|different) (?:from|to|than) {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}how (?:do|does|did) {_SIDE_A} compare (?:to|with|against) {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}how (?:do|does|did|are) {_SIDE_A} and {_SIDE_B} (?:differ|compare|different)"
        rf"(?: from each other)?{_IN_WHAT}",
        rf"{_COMPARES}{_SIDE_A} (?:vs\.?|versus) {_SIDE_B}(?:(?:,|:| -| –) (?:what(?:['’]?s| is"
        rf"| are) the differences?|difference|compare)"
        rf"|{_IN_WHAT})",
    ),
    judging=(
        rf"{_COMPARES}(?:is |are )?{_SIDE_A} or {_SIDE_B}(?:[,:;?–—-]+ ?| ){_WINS}",
        rf"{_COMPARES}{_SIDE_A} (?:vs\.?|versus) {_SIDE_B}(?:[,:;?–—-]+ ?| ){_WINS}",
        rf"{_COMPARES}(?:which|what)(?: one)?(?:['’]?s| is| are| works?| performs?) {_BETTER}(?: (?P<on>(?:for"
        rf"|at|in) [^,:?]+))?"
        rf"[,:;?–—-]+ ?{_SIDE_A},? or {_SIDE_B}",
        rf"{_COMPARES}(?:is|are) {_SIDE_A} (?:any |really |actually |much )?{_BETTER} than {_SIDE_B}"
        r"(?: (?P<on>(?:at|for|in|when) .+))?",
        rf"{_COMPARES}(?:is|are) {_SIDE_A} or {_SIDE_B} {_BETTER}(?: (?P<on>(?:at|for|in|when) .+))?",
        rf"{_COMPARES}(?:do|does) {_SIDE_A} and {_SIDE_B} (?:really |actually )?(?:dis)?agree"
        r"(?: (?:on|about|that|over)(?: whether)? (?P<on>.+?)(?:,? or (?:do|are|is|not).*)?)?",
        rf"{_COMPARES}(?:do|does) {_SIDE_A} (?:dis)?agree with {_SIDE_B} (?:on|about|over)(?: whether)? (?P<on>.+)",
    ),
    around=(
        r"^(?:both|the|an?|using|plain|normal|regular|ordinary) (?=\w)|^(?:papers?|views?|positions?) (?:of|from|by) "
        r"|['’]s?(?: (?:papers?|people|folks|researchers|work|view|position|approach))*$"
        r"| (?:papers?|people|folks|researchers|guys|approach(?:es)?|methods?)$"
    ),
    no_side=(
        r"\b(?:it|this|that|they|them|these|those|i|we|us|you|me|my|your|other|others|one|ones|nothing"
        r"|anything|something|"
        r"before|usual|what|which|how|why|who|when|where|whether|if|because|does|do|did|is|are|was|were|can"
        r"|could|would|"
        r"should|will|has|have|had|not|no)\b|[?;:()]|, "
    ),
)

_MARKERS = MarkerWords(
    sources=word_set(
        "source sources quote quotes ref refs reference references citation citations cite evidence passage "
        "passages excerpt excerpts doc docs document documents paper papers"
    ),
    joints=word_set("and see from no nos n"),
    to=word_set("to"),
    # "seven (1)", "Table (1)", "in (1)".
    naming=(
        r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eqs?\.?|equations?|figs?\.?|figures?|tables?|sections?"
        r"|chapters?|steps?|items?|versions?|of|in|by|and|or)"
    ),
)

_ATTRIBUTION = AttributionWords(
    verdict=r"(?P<word>yes|no)(?:\s*[,:;–—]\s*|\s*\.\s+|\s+-+\s+)(?=\w)",
    own_frame=(
        r"according to (?:the|this|these) (?:\w+ )?(?:papers?|authors?|stud(?:y|ies)|researchers|works?|articles?|"
        r"abstract|passages?|quotes?|texts?)\s*[,:]\s*"
        rf"|according to [“\"]?{NAME}[”\"]?(?: \([^()]*\))?\s*[,:]\s*"
    ),
    papers_do=(
        "says|states|writes|reports|claims|argues|finds|shows|demonstrates|concludes|suggests|explains|describes|"
        "discusses|presents|introduces|proposes|studies|examines|investigates|compares|evaluates"
    ),
    openers=word_set("according although among because besides despite however instead rather several since unlike"),
    names_too=word_set("i may us will"),
)

_FIGURES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CLAIMS = ClaimWords(
    denying=word_set(
        "not no never neither nor none cannot without hardly fail fails failed failing unable lack lacks lacked "
        "lacking absence absent refuse refuses avoid avoids prevent prevents prevented insufficient"
    ),
    denying_endings=("n't",),
    more=word_set(
        "increase increases increased increasing rise rises rose rising raise raises raised grow grows grew "
        "growing more higher greater larger bigger better best most improve improves improved improving "
        "improvement strengthen strengthens strengthened gain gains exceed exceeds exceeded outperform "
        "outperforms outperformed outperforming beat beats above over faster stronger strong enhance enhances "
        "enhanced boost boosts promote promotes promoted upregulated elevated aggravate aggravates"
    ),
    less=word_set(
        "decrease decreases decreased decreasing reduce reduces reduced reducing reduction fall falls fell "
        "falling drop drops dropped lower less fewer smaller worse worst least worsen worsens worsened worsening "
        "decline declines declined weaken weakens weakened degrade degrades degraded mitigate mitigates mitigated "
        "mitigating diminish diminished diminishes shrink shrinks shrank slower weaker inhibit inhibits inhibited "
        "suppress suppresses suppressed underperform underperforms underperformed underperforming loses lost "
        "downregulated impair impairs impaired"
    ),
    opposites=frozenset(
        (
            *(("easier", "harder"), ("easy", "hard"), ("easy", "difficult"), ("safe", "dangerous")),
            *(("harmful", "harmless"), ("over", "under"), ("above", "below"), ("up", "down"), ("many", "few")),
            *(("high", "low"), ("strong", "weak"), ("before", "after"), ("with", "without"), ("always", "never")),
            *(("all", "none"), ("same", "different"), ("cheap", "expensive"), ("true", "false")),
            *(("positive", "negative"), ("succeed", "fail")),
        )
    ),
    denying_prefixes=("un", "in", "im", "ir", "dis", "mis", "non", "non-"),
    frame=word_set("according paper papers author authors study studies researchers"),
    answer=r"\s*(?:yes|no)\b\s*[,.:;–—-]",
    joint=(
        r"[,;]\s+(?:and|but|while|whereas|so|which|where)\s+|;\s+"
        r"|\s(?:and|but)\s+(?=(?:it|they|the|this|that|there|he|she|we|an?)\b)"
    ),
    numbers=MappingProxyType(
        {word: str(number) for number, word in enumerate(_FIGURES) if number > 1}
        | {
            **{"half": "0.5", "twice": "2", "double": "2", "thirteen": "13", "fifteen": "15", "twenty": "20"},
            **{"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80"},
            **{"ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"},
        }
    ),
    percent=r"per\s?cent\b|percentage points?\b|pp\b",
    between_figures="to|and|or",
)

LANGUAGE = Language(
    code="en",
    phrases=_PHRASES,
    collection=_COLLECTION,
    # What no other language recognises is English.
    recognises=lambda letters: False,
    quotation_marks=(("“", "”"), ('"', '"')),
    grammar=_GRAMMAR,
    topic_forms=FORMS,
    filters=_FILTERS,
    courtesies=_COURTESIES,
    conversation=_CONVERSATION,
    evidence=_EVIDENCE,
    parts=_PARTS,
    comparison=_COMPARISON,
    markers=_MARKERS,
    attribution=_ATTRIBUTION,
    claims=_CLAIMS,
)
