"""English questions of several parts, and comparisons."""

from __future__ import annotations

from app.languages.patterns import ComparisonWords, PartWords

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
PARTS = PartWords(
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
    rf"(?:(?:which|what|who)(?: one)? (?:wins|(?:is|are|was|works?|performs?|does|do|scales?|should \w+ "
    rf"(?:use|choose|pick))"
    rf"(?: \w+)?? {_BETTER}|should \w+ (?:use|choose|pick|trust)|(?:do|would) \w+ (?:recommend|prefer))(?: .{{1,60}})?"
    rf"|(?:which|what)(?:['’]s|s) {_BETTER}(?: .{{1,60}})?)"
)
COMPARISON = ComparisonWords(
    plain=(
        rf"{_COMPARES}(?:compare|contrast) {_SIDE_A},? (?:and|with|to|vs\.?|versus|against) {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}(?:(?:what|where)(?:['’]?s| is| are) )?(?:the )?(?:main |key |real |exact |actual )?"
        rf"(?:differences?|distinction|contrast|comparison) between {_SIDE_A} and {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}how (?:do|does|did|is|are) {_SIDE_A} (?:differ|different) (?:from|to|than) {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}how (?:do|does|did) {_SIDE_A} compare (?:to|with|against) {_SIDE_B}{_IN_WHAT}",
        rf"{_COMPARES}how (?:do|does|did|are) {_SIDE_A} and {_SIDE_B} (?:differ|compare|different)"
        rf"(?: from each other)?{_IN_WHAT}",
        rf"{_COMPARES}{_SIDE_A} (?:vs\.?|versus) {_SIDE_B}(?:(?:,|:|\?| -| –)? (?:(?:what(?:['’]?s| is"
        rf"| are) )?(?:the )?differences?|compare[ds]?|comparison)"
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
