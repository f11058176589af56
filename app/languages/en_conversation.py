"""English courtesies and tasks, and how questions go on from what was said."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.en_program import ADDRESSES, PROGRAM
from app.languages.patterns import ConversationWords, CourtesyPatterns

_POLITE = (
    r"(?:please|pls|kindly|hey|hi|hello|ok|okay|so|now|just|quick|quickly|can you|could you|would you|will you|"
    r"can u|help me(?: to)?|i need you to|i want you to|i'd like you to|let's)"
)
_SOME = r"(?:a|an|some|five|ten|three|\d+)"
COURTESIES = CourtesyPatterns(
    said=MappingProxyType(
        {
            "help": (
                r"(?:please |can you |could you )?help(?: me)?(?: please)?",
                r"(?:so )?what (?:all )?(?:can|do|could) you (?:do|answer|know|offer)(?: for me)?",
                r"what (?:can|should|could|do) i ask(?: you)?(?: about)?",
                r"tell me what you can do|how (?:do|can|should) i use (?:this|it|you)|examples?(?: please)?",
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
    program=PROGRAM,
    addresses=ADDRESSES,
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
CONVERSATION = ConversationWords(
    new_topic=(
        r"(?:(?:ok|okay|so|now|and|well|thanks|thank you)[, ]+)*+(?:(?:for )?(?:something|sth) (?:else|different)|"
        r"(?:an?)? ?(?:new|different|another|other) (?:topic|question|subject|thing)|"
        r"(?:changing|change of) (?:the )?(?:topic|subject)|(?:now )?forget (?:it|that)|"
        r"(?:going )?back to (?!it\b|that\b|this\b)|last (?:one|question|thing))\b"
    ),
    goes_on=(
        r"(?:and|but|so|also|then|ok|okay|yes|no|right|hm+|fine|what about|how about|what if|why not|how come|only|"
        r"just (?:the|that|those|these)|"
        r"besides|apart from|(?:what|who|where|any(?:thing|one|body)?) else|any other|"
        r"(?:at|by|for|from|in|on|to|under|with) (?:how|what|which))\b"
    ),
    turns_to=r"(?:(?:ok|okay|so|now|and|but|well)[, ]+)*+(?:what|how) about (.{3,60})",
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
    called=(
        r"\bthe (?!(?:first|second|third|fourth|fifth|last|next|previous|other|same|whole|best|right|wrong|only)\b)"
        r"((?:[\w-]+ ){1,4}?)(?:one|paper|study|work|article|report)\b"
    ),
    ordinal=(r"\bthe (first|second|third|fourth|fifth|last)(?: (?:one|paper|study|work|of (?:them|these|those)))?\b"),
    ordinals=MappingProxyType({"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}),
    several=r"\b(?:they|them|their|these|those|both|each|all)\b",
)
