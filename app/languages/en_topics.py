"""English questions about the papers of a topic, and what answers to them say."""

from __future__ import annotations

from app.languages.patterns import OWN, TopicForms
from app.languages.phrases import TopicPhrases

PHRASES = TopicPhrases(
    near=("1 paper{scope}, or close to it", "{count} papers{scope}, or close to it, the closest first"),
    yes=("Yes, 1 paper{scope}", "Yes, {count} papers{scope}, the closest first"),
    tried="Perhaps no paper says so outright; nearest by content",
    works=("1 paper here is{scope}", "{count} papers here are{scope}, the closest first"),
    by="; by {names}",
    reading="To read{scope}, in this order",
    reading_all="To begin with, one paper of each of the largest categories",
    nearest=" – the closest to the topic",
    earlier=" – the earliest of these",
    later=" – next, {date}",
    newest=" – the newest of these",
    shelf=" – for {category}, of which there are {count} here",
    ours=" – in this project's words: {summary}.",
    strands="What was found{scope}, a sentence of each paper",
    read_first="To read first: {paper}.",
    nothing_later=" The newest with a date is {paper}.",
    without_date=" Without a date: {count}.",
    no_date="without a date",
    reference="BibTeX of “{title}”",
)

_PAPERS = r"(?:papers?|articles?|studies|study|publications?|work|works|research|preprints?|stuff|things?)"
_ANYONE = (
    r"(?:any ?one|any ?body|some ?one|some ?body|people|"
    r"(?:any|one|some)(?: of)?(?: the| these| those| your)?(?: other)?"
    r" (?:labs?|groups?|teams?|authors?|researchers?|compan(?:y|ies)|people|organi[sz]ations?|papers?))"
)
_WHO = (
    r"(?:who(?: all| else| tf| the (?:hell|fuck|heck)| on earth| exactly)?|(?:which|what)(?: of)?(?: the| these|"
    r" those| your)?(?: other)?"
    r" (?:labs?|groups?|teams?|authors?|researchers?|compan(?:y|ies)|people|organi[sz]ations?))"
)
_EVER = (
    r"(?: (?:is|are|was|were|has|have|had|here|there|else|that|who|which|ever|also|already|been|actually|really|"
    r"currently|do|does|did|in here|of them)\b)*+"
)
_WORKS = (
    r"(?:work(?:s|ed|ing)?(?: any| much)? (?:on|with|in)|stud(?:y|ies|ied|ying)|research(?:es|ed|ing)?(?: on|"
    r" into| in)?|"
    r"look(?:s|ed|ing)? (?:at|into)|investigat(?:es?|ed|ing)|explor(?:es?|ed|ing)|deal(?:s|ing)? with|dealt with|"
    r"car(?:es?|ing) about|think(?:s|ing)? about|"
    rf"(?:do|does|did|done|doing|publish(?:ed|es)?|have|has|got|had|wrote|written|writ(?:es?|ing))"
    rf"(?: (?:anything|something|any|some|much|more|a lot of|ever)\b)*+(?: {_PAPERS})*+ (?:on|about|in|into|"
    rf"with|regarding))"
)
_OPEN = (
    r"(?:(?:hi|hello|hey|ok|okay|so|and|but|well|please|can you tell me|do you know(?: if| whether)?|tell me|"
    r"i(?:'d| would) like to know|i (?:want|need) to know|i wonder|is it true that|,)(?: if| whether)?[, ]+)*+"
)
_ASKED_FOR = (
    r"(?:please|pls|plz|thanks|thx|here|at all|in here|in this (?:collection|library)|or not|yet|so far|too|again)"
)
_TWO = r"(?!.* (?:and|or) (?:who|what|which|where|when|why|how|is|are|do|does|did|has|have)\b)"
_WHOLE_TOPIC = rf"{_TWO}(?P<topic>\S[^?!;]{{1,80}}?)(?:[, ]+{_ASKED_FOR})*+$"
_CUT = (
    r"(?=$| *[,.;:?!(]| (?:overall|in general|generally|as a whole|altogether|all in all|in total|here|in here|"
    r"please|pls|"
    r"for (?:me|my|an?|the|us|our)|and (?:what|why|which|where|how|in|who)|what|which|why|first|because|since|before|"
    r"from (?:here|"
    r"this|these|the)|in (?:this|these|the (?:papers|collection|library))|if|so that|to (?:begin|start)|then)\b)"
)
_TOPIC = rf"(?P<topic>[^,.;:?!()]{{2,80}}?)(?: (?:research|papers|literature|stuff))?{_CUT}"
_GIVE = (
    r"(?:(?:give|show|send|make|write|get|build)(?: me| us)? |i(?:'d| would)? (?:need|want|like) |"
    r"(?:what is|what's|what are|whats|(?:is|are) there|do you have|(?:can|could) (?:i|you|we) (?:have|get|give me)) )?"
)
_ENDS = r"(?=$| *[,.;:?!(]| and\b| or\b| as\b| if\b)"
_ON = r"(?:on|about|of|in|into|to|for|with|regarding|around|concerning|behind)"
_TO = (
    rf"(?:(?:to|for|when) (?:learn(?:ing)?(?: more)?(?: about)?|know(?:ing)?(?: more)?(?: about)?|"
    rf"understand(?:ing)?|get(?:ting)? into)|{_ON})"
)
_THEN = r"(?:[, ]+(?:here|first|best|there|next|if i(?: am|'m) new))*+"
_ONE = r"(?:i|we|you|u|one|somebody|someone|a (?:\w+ )?\w+|my \w+|our \w+|(?:the |a )?new \w+)"
_OF_THESE = rf"(?: one)? of(?: (?:these|those|them|your|the|all)\b)++(?: {_PAPERS})?"
# Who is to read it is no topic.
_FOR_READERS = (
    r"(?: for (?:an?|my|our|your|me|us|somebody|someone|people|beginners?|newcomers?|students?)\b"
    r"[^,.;:?!]*?(?= (?:on|about|regarding) |[,.;:?!]|$))?"
)
_SHOULD = r"(?:should|shd|shud|do|can|could|would|must|shall|to|might|ought)"
_READ = (
    r"(?:read|start(?: with| off with| reading)?|begin(?: with| reading)?|hand|give|recommend|suggest|look at|"
    r"look into|"
    r"pick up|tackle)"
)

FORMS = TopicForms(
    asked=(
        # Whether anybody works on it.
        (
            "whether",
            rf"^{_OPEN}(?:(?:is|are|was|were|does|do|did|has|have|had)(?: there)? )?{_ANYONE}(?:'s|'re|'ve)?{_EVER} "
            rf"{_WORKS} {_WHOLE_TOPIC}",
        ),
        ("who works", rf"^{_OPEN}{_WHO}(?:'s|'re|'ve)?{_EVER} {_WORKS} {_WHOLE_TOPIC}"),
        (
            "whether",
            rf"^{_OPEN}(?:did|has|have|does|do|is|are|was) (?:the )?{OWN}(?: (?:people|team|lab|guys|folks|"
            rf"researchers))?"
            rf"(?: (?:ever|also|already|actually|really|been|currently|even)\b)*+ {_WORKS} {_WHOLE_TOPIC}",
        ),
        (
            "whether",
            rf"^{_OPEN}(?:did|has|have|does|do) (?:the )?{OWN}(?: (?:ever|also|already|actually|really|even)\b)*+ "
            rf"(?:do|does|did|done)(?: any| some| much)++ {_WHOLE_TOPIC}",
        ),
        (
            "whether",
            rf"^{_OPEN}(?:is there|are there|do you have|have you(?: got)?|you got|got|do we have|does it have|any)"
            rf"(?: (?:anything|something|stuff|any|some|ever|been|{_PAPERS}))*+ "
            rf"(?:here |in here |in this (?:collection|library) |out there |done |that (?:is|are) )?"
            rf"(?:on|about|regarding|into) {_WHOLE_TOPIC}",
        ),
        # Whether it was done somewhere; what the papers say of it is at best near.
        (
            "tried",
            rf"^{_OPEN}(?:has|have|did|does|is|was) {_ANYONE}{_EVER} (?:tried|try|trying|tested|used|deployed|"
            rf"applied|run|"
            rf"put|done)(?: [^ ?!;,.]+){{0,6}} (?:in|at) (?:(?:an?|the|any|some|real|actual|live|"
            rf"working)\b ?)++{_WHOLE_TOPIC}",
        ),
        (
            "tried",
            rf"^{_OPEN}(?:has|have|did|does|do) {_ANYONE}{_EVER} (?:let|lets|allow(?:s|ed)?|invit(?:e|es|ed)|"
            rf"hir(?:e|es|ed)|ask(?:s|ed)?|brought(?: in)?) {_WHOLE_TOPIC}",
        ),
        # What to read of it first.
        (
            "reading",
            rf"\b(?:(?:what|which)(?: {_PAPERS}|{_OF_THESE})? {_SHOULD} (?:{_ONE} )?(?:first |best )?read|"
            rf"(?:what|which|where)(?: {_PAPERS}|{_OF_THESE})? {_SHOULD} (?:{_ONE} )?(?:first |best )?"
            rf"(?:start|begin)(?: off)?(?: with| reading)?)\b{_THEN}(?: {_TO} {_TOPIC}|{_ENDS})",
        ),
        (
            "reading",
            rf"\b(?:what|which)(?: (?:\S+ (?:or|to) )?\S+)? {_PAPERS}(?: from here| here)? "
            rf"(?:{_SHOULD} {_ONE}|{_ONE} {_SHOULD}) "
            rf"(?:first )?{_READ}(?: (?:her|him|them|me|us|somebody|someone|a (?:\w+ )?\w+|my \w+))?{_THEN}"
            rf"(?: {_TO} {_TOPIC}|{_ENDS})",
        ),
        (
            "reading",
            rf"^{_OPEN}{_GIVE}(?:(?:a|an|the|some|any|short|quick|good|best) )*+"
            rf"(?:reading list|syllabus|reading order|starter pack|entry points?|starting points?|first reads?|"
            rf"must[- ]reads?|intro(?:duction)?(?= (?:to|into))|(?:introductory|intro|beginner) (?:{_PAPERS}|"
            rf"reading))(?: please)?(?: {_ON} {_TOPIC}|$)",
        ),
        (
            "reading",
            rf"\b(?:recommend|suggest)(?: me)?(?: (?:some|a few|a|two|three|four|five|\d))*+ "
            rf"(?:{_PAPERS}|reading|to read)\b{_FOR_READERS}(?: {_ON} {_TOPIC})?",
        ),
        (
            "reading",
            rf"\b(?:good|best|easiest|first) (?:first |introductory |intro )?"
            rf"(?:(?:paper|one|thing|place|introduction|intro) to (?:read|start|begin)(?: with)?(?: first)?(?: {_ON})?|"
            rf"(?:paper|introduction|intro) {_ON}) {_TOPIC}",
        ),
        (
            "reading",
            rf"\b(?:what(?:'s| is)|anything|something) worth (?:reading|a read)(?: {_ON} {_TOPIC}|{_ENDS}| before\b)",
        ),
        (
            "reading",
            rf"^{_OPEN}(?:(?:what|which)(?:'s| is)? )?(?:the )?(?:easiest|simplest|gentlest|most accessible|"
            rf"most readable) (?:{_PAPERS}|one)\b(?: {_ON} {_TOPIC}| here|{_ENDS})",
        ),
        (
            "reading",
            rf"^{_OPEN}(?:in )?(?:what|which) order {_SHOULD} {_ONE} (?:best )?{_READ}(?: (?:the|these|those|your))?"
            rf"(?: (?P<topic>[^,.;:?!()]{{2,60}}?)(?: {_PAPERS})?(?: in)?(?=$| *[,.;:?!(]))?",
        ),
        (
            "reading",
            rf"^{_OPEN}(?:\d|two|three|four|five|a few|some) (?:{_PAPERS})(?: that)? (?:i|we) "
            rf"(?:should|must|ought to|have to|need to) {_READ}(?: {_TO} {_TOPIC}|{_ENDS}| before\b)",
        ),
        (
            "reading",
            rf"^{_OPEN}{_GIVE}(?:something|anything|a paper|an? \w+ paper) (?:that is )?(?:(?:easy|simple|short|light|"
            rf"gentle|accessible|good)\b ?)++(?:to (?:start|begin|read)(?: with)?(?: first)?)(?: {_ON} {_TOPIC})?",
        ),
        # Which strands it has.
        ("strands", rf"\b(?:big(?:ger)? picture|lay of the land|bird'?s[- ]eye view) {_ON} {_TOPIC}"),
        (
            "strands",
            rf"^{_OPEN}{_GIVE}(?:(?:a|an|the|quick|brief|short|good|rough) )*+(?:overview|landscape|survey|rundown|"
            rf"state of (?:the art|play|research|knowledge)|round-?up|main (?:ideas|lines|results|findings|"
            rf"points|takeaways))"
            rf" {_ON} (?:(?:the )?(?:work|research|papers|literature) {_ON} )?{_TOPIC}",
        ),
        (
            "strands",
            rf"\b(?:which|what|the|main|different|any)(?: (?:main|different|other))?"
            rf" (?:strands?|threads?|research lines|lines|branches|schools)(?: of (?:work|research|thought))?"
            rf"(?: (?:of )?(?:work|research))?(?: (?:are|is|do|does|there|exist|here|you|have|see|it|in here|"
            rf"this collection))*+"
            rf"(?: {_ON} {_TOPIC})?",
        ),
        (
            "strands",
            r"\bwhat (?:do|does|did) (?:this|the|your|these|all these|all the) (?:\w+ )?"
            r"(?:library|collection|corpus|papers|database|literature|research|field)(?: here)? (?:have to )?"
            rf"(?:say|know|tell us|find|found|think|conclude) (?:about|on|of) {_TOPIC}"
            r"(?=.*\b(?:overall|big picture|in general|as a whole|generally|taken together|all in all|on the whole)\b)",
        ),
        (
            "strands",
            rf"\b(?:overall|in general|on the whole),? what (?:do|does) (?:this|the|your|these) "
            rf"(?:library|collection|corpus|papers|database|literature) say (?:about|on) {_TOPIC}",
        ),
        # Its papers.
        (
            "list",
            rf"^{_OPEN}(?:(?:list|show|give)(?: me)? )?(?:everything|all|anything|"
            rf"whatever)(?: the)?(?: {_PAPERS})?(?: (?:that|which))? "
            rf"(?:you|u|we|it|there)(?:'ve|'s)?(?: (?:have|has|is|are|got|here))*+ (?:on|about|"
            rf"regarding) {_WHOLE_TOPIC}",
        ),
        (
            "list",
            rf"^{_OPEN}(?:(?:list|show|give|find)(?: me)? )?(?:all |any |some |the |which |what )*+{_PAPERS}(?: here)? "
            rf"(?:(?:that|which)(?: are| is)? )?(?P<topic>(?:critici[sz](?:e|es|ing)|critiqu(?:e|es|ing)|"
            rf"critical of|against|"
            rf"attack(?:s|ing)?|question(?:s|ing)|defend(?:s|ing)?(?: against)?|compar(?:es?|ing)|improv(?:es?|ing)|"
            rf"evaluat(?:es?|ing)|measur(?:es?|ing)|detect(?:s|ing)?|prevent(?:s|ing)?|reduc(?:es?|ing)|us(?:e|es|ing)|"
            rf"propos(?:es?|ing)|with) [^?!;]{{2,80}}?)(?:[, ]+{_ASKED_FOR})*+$",
        ),
    ),
    elsewhere=(
        rf"\b(?:new to|know (?:nothing|little|not much) (?:of|about)|interested in|curious about|"
        rf"learn(?:ing)? about|get into|"
        rf"getting into|understand|never (?:heard of|looked (?:at|inside|into)|read about)|(?:page|section|"
        rf"paragraph|chapter|"
        rf"intro|introduction|survey|essay|thesis|talk|report|something|review|writing|papers?|work) (?:on|"
        rf"about)) {_TOPIC}"
    ),
    titles_only=(
        r"[,;.]?\s*\b(?:(?:just|only)(?: the)? (?:titles?|names)|(?:the )?titles? (?:only|alone|(?:is|"
        r"are) (?:enough|fine|ok))|"
        r"no (?:prose|quotes|text|blurbs?)(?: please)?)(?!\w)"
    ),
    alternative=r" or (?:not\b|is |are |was |were |nothing|none|no )",
    no_topic=(
        r"(?:(?:any|all|the|some|of|this|that|these|those|it|them|here|there|your|collection|library|papers?|"
        r"topics?|area|"
        r"field|stuff|things?|research|work|subjects?|ai safety|first|safety|you|people|in|else|anything|"
        r"something)\b\s*)+|with an? .*"
    ),
)
