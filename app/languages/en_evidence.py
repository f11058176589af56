"""English words by which sentences and what is asked of them are known."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.patterns import EvidenceWords

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

_BRIEFLY = (
    r"(?:only |just )?in (?:only |just )?(?:one|1|a single) (?:short |simple |plain )*(?:sentence|line)|one[- ]liner|"
    r"briefly|in brief|in short|in a nutshell|(?:a |the )?(?:short|quick|brief) (?:answer|version)|"
    r"keep it (?:short|brief)|be brief|tl;?dr"
)

EVIDENCE = EvidenceWords(
    manner=(
        r"[,;.]?\s*\b(?:(?:to me )?(?:like|as if) (?:i'?m|i am|i were|i was)(?: an?)? \w+(?:[ -]years?[ -]olds?)?|eli5|"
        r"in (?:just )?(?:one|two|three|a few|a single|1|2|3) (?:short |simple |plain |single |easy )*"
        r"(?:sentences?|lines?|words?)|"
        r"in (?:plain|simple|normal|everyday) (?:words|terms|english|language)|"
        r"for (?:dummies|beginners|a (?:child|kid|layman|lay ?person))|briefly|for me|please|pls|no jargon|if any|"
        r"in (?:chronological|alphabetical|date) order|if you(?:['’]d| would) be so kind|with thanks|many thanks|"
        r"newest first|latest first|"
        r"so that (?:i|we) can [^?.!]*|with (?:the )?(?:dates?|organi[sz]ations?|labs?)"
        r"(?: and (?:the )?(?:dates?|organi[sz]ations?|labs?))?)(?!\w)"
    ),
    # "Can a backdoor hide in one sentence?" asks for no short answer.
    brief=(
        rf"[,;:.?!] *(?:{_BRIEFLY}|one sentence|short)(?: (?:please|pls|plz|only))*\W*$|^(?:{_BRIEFLY})[,:;]|"
        r"^(?:(?:ok|so|please|(?:can|could) you)[, ]+)*"
        rf"(?:what|explain|describe|tell|summari[sz]e|define|sum up|give)\b[^?!.]* (?:{_BRIEFLY})(?: please| pls)?\W*$|"
        r"^[^?!.]+ (?:in a nutshell|in short|in brief)\W*$"
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
    says_question=(
        r"[?？][\"'”’)\]]*$|"
        r"\bwe (?:\w+ and )?(?:(?:\w+ly|also|then|first|further|attempt to|take|in this \w+) )*(?:study|"
        r"investigate|explore|"
        r"examine|analy[sz]e|revisit|seek|set out|aim|look at|a look|test (?:the hypothesis|whether|if|how)|ask|"
        r"wonder)\b|"
        r"\b(?:and|to) ask (?:whether|if|how|to what extent)\b|\bwe(?:'re| are) (?:interested|focused)\b|"
        r"\b(?:aiming to|to (?:test|see|find out|learn|understand|determine|assess|evaluate)) (?:whether|if|how|"
        r"to what extent|"
        r"the extent)\b(?=.*\bwe\b)|\bwe\b.*\bto (?:test|see|find out|learn|understand|determine|"
        r"investigate) (?:whether|if|"
        r"how|when|to what extent|the (?:hypothesis|factors))\b|\bwe\b.*\baiming to\b|\ba hypothesis that\b|"
        r"\b(?:our|the) (?:\w+ )?(?:goal|aim|question|objective) (?:is|was)\b|"
        r"\b(?:un|not |little (?:is )?)known\b[^.]{0,40}\b(?:whether|if|how|to what extent)\b|\bus to (?:ask|"
        r"investigate|study)\b|"
        r"\bthis (?:paper|work|study|report) (?:asks|studies|investigates|explores|examines|discusses|analy[sz]es)\b"
    ),
    says_doing=(
        r"\bwe (?:(?:then|also|first|further|additionally|finally|therefore|hence|thus|have|\w+ly) )*"
        r"(?:introduce|present|propose|describe|develop|construct|create|build|train|design|outline|apply|"
        r"formali[sz]e|define|"
        r"use|collect|generate|report|survey|compare|experiment|conduct|run|measure|evaluate|benchmark|provide|"
        r"offer|release|"
        r"implement|derive|decompose|replace|categori[sz]e|test|validate|break down|formulate|extend|give|perform|"
        r"argue|answer|"
        r"explain|write|trained|built|used|developed|created|designed)\b|\bwe have (?:models|them|it|people|humans)\b|"
        r"\b(?:this|the present) (?:paper|work|study|report|note|article|essay) (?:\w+ly )?(?:presents?|proposes?|"
        r"introduces?|"
        r"describes?|offers?|provides?|surveys?|summari[sz]es|outlines|develops)\b"
    ),
    says_limit=(
        r"\b(?:identify|find|has|have|with|are|several|important|main|its|our|key|one|some|"
        r"the) (?:\w+ ){0,2}limitations? *(?:[.,:;]|of our|"
        r"of th(?:is|e present)|is|are)|\b(?:our|this) \w+ (?:is|are|was|were) limited to\b|\bcaveats?\b|"
        r"\bdirections for (?:future|further)\b|\b(?:to|for) future (?:work|research)\b|"
        r"\bfurther (?:work|research) (?:is|will be) (?:needed|required|necessary)\b|"
        r"\bremains? (?:unclear|unknown|unsolved|open|an open|to be seen|challenging|difficult)\b|"
        r"\bfar from (?:the |a )?(?:\w+ing|"
        r"complete|solved|perfect|full)\b|\bwe (?:were|are|could) (?:not|un)(?: (?:yet|fully))? ?able to\b|"
        r"\bwe cannot\b|"
        r"\b(?:does|do|did) not (?:eliminate|fully|completely|generali[sz]e)\b|\bonly a partial\b|"
        r"\bmixed results\b|\bresults are mixed\b|\b(?:very|only|still) preliminary\b|\bpreliminary (?:and|"
        r"evidence|results)\b|"
        r"\bhave trouble\b|\bstill (?:fails?|struggles?|makes?)\b"
    ),
    of_others=(
        r"^(?!.*\b(?:we|our|us)\b).*\b(?:prior|previous|earlier|existing|recent|past) (?:\w+ ){0,2}(?:works?|"
        r"research|studies|"
        r"approaches|methods|literature|papers?|analyses)\b|\b(?:months|years) ago\b"
    ),
    says_result=(
        r"\bwe (?:do|did|could|can) ?not find\b|\bour findings\b|\bare preferred\b|\bis preferred\b|\binsights from\b|"
        r"\bstate[- ]of[- ]the[- ]art (?:results?|performance)\b"
    ),
    says_advice=(
        r"\bwe (?:(?:also|therefore|thus|further|strongly) )?(?:recommend|advise|urge|encourage|call (?:for|on))\b|"
        r"\b(?:findings|results|work|analysis) (?:calls? for|underscores? the need|highlights? the need)\b|"
        r"\b(?:we (?:argue|conclude|believe)|therefore|as such|as a result)\b.{0,160}?\b(?:should|must|ought to|"
        r"needs? to|is required|will be required)\b|\bwe hope (?:that|these|this|our)\b|\bour hope is\b|"
        r"\bpropos\w* (?:ways? forward|next steps)|"
        r"\b(?:future (?:work|research)) (?:should|could|needs? to)\b"
    ),
    asks_definition=(
        r"(?:and|or|what about|how about) (?P<next>(?!(?:in|on|for|with|by|at|to|of|from|after|before|since|then|now|"
        r"what|who|how|why|when|where|which|is|are|was|were|do|does|did|can|could|it|that|this|they|those|these|"
        r"the|an?|not|"
        r"no|only|just|also|so|if|shorter|more|other|others|one|ones)\b)\S+(?: \S+){0,2})|"
        r"(?P<named>(?!what|how|why|who|explain|define)\S+(?: \S+){0,3}?),? (?:meaning|definition|explained)|"
        r"what (?:means|mean) (?:an? |the (?:term |word )?)?(?P<means>\S+(?: \S+){0,3})|"
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
        r"the (?:latter|former|resulting|same)|(?:in )?doing so|to (?:this|that) end|"
        r"however|moreover|furthermore|additionally|in addition|also|thus|therefore|hence|consequently|as a result|"
        r"accordingly|instead|otherwise|nevertheless|nonetheless|yet|but|conversely|in contrast|by contrast|"
        r"similarly|likewise|specifically|in particular|for (?:example|instance))\b"
    ),
    about_itself=(r"(?:in )?(?:this|the present) (?:paper|work|article|report|study|survey|post|thesis)\b|that said"),
    announces=(r"(?:in this (?:paper|work|article),? )?we (?:make|offer|give|have) (?:\w+ ){0,3}?contributions\.?"),
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
    asks_openly=(
        r"\b(?:what|whats|who|whos|whose|whom|how|why|when|where|which|list|compare|overview|explain|describe|summar\w+|"
        r"tl;?dr|tell me|give me)\b"
    ),
    asks_whether=(
        r"(?:^|[,.;:?!–—] ?|\b(?:and|but|so|or|then|ok|okay|hey|hi|well|actually|honestly|please|pls|wondering|know|"
        r"asks?|says?) )(?:if )?"
        r"(?:is|are|was|were|do|does|did|ca|can|could|has|have|had|wo|will|would|should|might|must|ai)(?:n['’]?t)? "
        r"(?!(?:you|u) (?:please )?(?:tell|explain|describe|list|give|show|say|name|summar|compare|know)\w*)"
        r"|\bwhether\b|\b(?:true|right|correct|really|or not|or no|yes or no)\W*$"
    ),
    # "Isn't it so?" and "or not" deny nothing.
    denies=(
        r"(?<!\bor )\b(?:not|never|cannot|without|nobody|nothing|none|fail\w*|surviv\w*|persist\w*)\b|"
        r"(?<=\w )(?:do|does|did|is|are|was|were|ca|wo|could|would|has|have|had|should)n['’]?t\b"
    ),
    strict=r"\b(?:only|necessarily|always|reliably|completely|fully|entirely|guarantee\w*|inevitabl\w*|proof|prove\w*)\b"
    # "Does it help, or does it just hide the trouble?" asks which.
    r"|\bor (?:is|are|does|do|did|just|only|merely|rather|simply)\b",
    degree=r"(?:little|a lot|a great deal|hardly|much)(?: of it)?[:;.] ",
    asks_citation=(
        r"\b(?:cit(?:e|es|ed|ing|ation|ations)|references?|sources?|quot(?:e|able)|backs?|point to|footnotes?)\b"
    ),
    asks_source=(
        r"\b(?:which|what) (?:(?!papers )[\w-]+ ){0,2}?(?:paper|study|work|article|report)\b|"
        r"\bfrom a paper\b|\bsource for\b|"
        r"\bwho (?:[\w-]+ ){0,2}?(?:show|found|proved|demonstrat|report|work|did|publish|wrote|discover|came up)\w*|"
        r"\bwhere (?:was|is|did|does|were|has|do)\b.*\b(?:shown?|reported|comes? from|published|said|demonstrated)\b"
    ),
    asks_for=MappingProxyType(
        {
            "papers": r"\b(?:list|which|what(?! (?:do|does|did|is|are))|any|every|all|name|suggest|recommend|show me) "
            r"(?:[\w-]+ ){0,3}(?:papers?|stud(?:y|ies)|articles?|works)\b|\b(?:which|what) (?:to|should i) read\b",
            "why": r"\bwhy\b|\bhow come\b|\bwhat (?:causes?|makes)\b|\breasons?\b",
            "count": r"\bhow (?:many|much|often|big|large|long|far|accurate|well)\b|\bwhat (?:percent\w*|fraction|"
            r"share|number|size|proportion)\b|\bnumber of\b",
            "when": r"\bwhen (?:was|were|did|is)\b|\b(?:what|which) (?:year|month|date)\b",
            "who": r"\bwho(?:se|m)?\b|\b(?:which|what) (?:labs?|compan\w+|organi[sz]ations?|teams?|groups?)\b",
            "how": r"\bhow\b",
            "whether": r"^(?:(?!wh|wat|how)\w+,? ){0,3}?(?:is|are|was|were|do|does|did|can|could|has|have|had|will"
            r"|would|should|might|must)(?:n['’]?t)? "
            r"(?!(?:you|u) (?:please )?(?:tell|explain|describe|list|give|show|say|name))"
            r"|\bwhether\b",
            "what": r"\bwh?at(?:['’]?s| is| are)\b|\bdefin\w+|\bexplain\b|\bmean(?:s|ing)?\b",
        }
    ),
    verdict=r"(?:(?:largely|mostly|cautiously),? )?(?:yes|no)[,.:;] (?!but\b|and\b|not\b|only\b|though\b)|partly[.:] ",
    figure=(
        r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|third|quarter|dozens?|hundreds?|thousands?|"
        r"millions?|billions?|twice|double[sd]?|tripled?|percent|orders? of magnitude)\b"
    ),
    asking=(
        "explain describe summarise mean know talk say work question answer thing find found finding result study "
        "studies research paper papers anybody anyone somebody someone ever exactly actually really"
    ),
)
