"""English questions about this program, each with how it reads plainly."""

from __future__ import annotations

_SO = r"(?:(?:so|and|but|ok|okay|hi|hey|hello|well|wait|please|tell me|honestly|lol|no|just|by the way|btw)[, ]+)*+"
_TAIL = (
    r"(?:[, ]+(?:lol|then|or (?:what|not|no)|right|huh|pls|please|though|anyway|actually|really|exactly|bro|dude|mate|"
    r"now|here|at all|aren'?t (?:you|u)|isn'?t it|are (?:you|u)|do (?:you|u)|don'?t (?:you|u)))*+"
)
_EVEN = r"(?:(?:even|actually|really|truly|also|just|only|secretly|basically|being|officially|ever)\b ?)*+"
_YOU = r"(?:you|u|ya)"
_BOT = r"(?:bot|chatbot|thing|site|program|page|tool|app|website|chat|library|collection)"
_THIS = rf"this(?: {_BOT})?"
_ARE_YOU = (
    rf"(?:are (?:you|u)|r (?:you|u)|you are|you're|ur|you r|u r|u are|aren'?t (?:you|u)|were (?:you|u)|you were|"
    rf"(?:is|was) {_THIS})"
)
_MADE = (
    r"(?:made|makes|buil[dt]s?|created|creates|developed|develops|own(?:s|ed)?|r[ua]ns?|programmed|trained|wrote|"
    r"written|coded|designed|published|operate[sd]|pays? for|financed|maintains?)"
)
_COMPANY = (
    r"(?:open ?ai|anthropic|google(?: deepmind)?|deepmind|microsoft|meta|facebook|apple|amazon|nvidia|nist|mistral|xai|"
    r"deepseek|alibaba|tencent|baidu|bytedance|(?:elon )?musk|sam altman)"
)
_COMPANIES = (
    r"(?:one of (?:the|these|those)(?: \w+)? (?:labs?|companies|firms)|(?:the|these|those|any of (?:the|these|those)|"
    rf"some|a|any)(?: (?:ai|tech|big))*+ (?:labs?|compan(?:y|ies)|firms?|corporations?)|{_COMPANY})"
)
_ASSISTANT = (
    r"(?:chat ?-?gpt|gpt(?: ?-?\d\S*)?|claude|gemini|bard|copilot|grok|deep ?seek|llama|mistral|qwen|kimi|perplexity|"
    r"siri|alexa|ernie)(?:-?\d\S*)?"
)
_OR_LIKE_IT = (
    rf"(?: (?:{_ASSISTANT}|or|and|with|under|in|on|a|an|another|the|different|new|skin|disguise|wrapper|clone|copy|"
    r"version|model|bot|extra|steps|"
    r"itself|something|other|similar|assistant|behind|underneath|powered|based)(?![^ ]))*+"
)
_PERSON = r"(?:person|human(?: being)?|man|woman|bot|robot|chatbot|machine|real|alive|conscious)"
_WHO = r"(?:who|(?:which|what) (?:company|lab|team|people))(?:'s|s| is| are| was| has)?"
_WHAT_I_SAY = (
    r"(?:me|what (?:i|we)(?:'m| am| are)? (?:ask|mean|say|type|write|want|asking|saying|typed|asked|said|"
    r"talking about)(?: (?:you|u|to know))?|(?:my|the|this|our|a) questions?|anything|a (?:single )?word(?: i say)?|"
    r"language|english)"
)
_COPYING = (
    r"(?:copy(?:ing)?(?:(?: and |[- &/]+|)past(?:e|ing))?|cut(?:ting)? and past(?:e|ing)|copypast[ai]|pasting|"
    r"parroting|stitching together)"
)
_PIECES = (
    r"(?: (?:random|some|the|whole|other people's|existing|together|out|single|from|of|abstracts?|papers?|sentences?|"
    r"texts?|stuff|things|quotes?|lines?|words|and)\b)*+"
)

PROGRAM: tuple[tuple[str, str], ...] = (
    (
        "who are you",
        rf"{_SO}(?:(?:who|what)(?: the (?:hell|fuck)| tf)? (?:{_ARE_YOU}|{_YOU})|(?:whats?|what's)(?: is)? "
        rf"(?:{_THIS}|paperbacked|your name)|introduce yourself|tell me about yourself){_TAIL}",
    ),
    (
        "are you a human",
        rf"{_SO}{_ARE_YOU} {_EVEN}(?:an? )?(?:real |human |actual |live )?{_PERSON}"
        rf"(?: or (?:just )?(?:an? )?(?:real )?(?:{_PERSON}|ai|computer|program))?{_TAIL}",
    ),
    (
        "are you an LLM",
        rf"{_SO}{_ARE_YOU} {_EVEN}(?:an? )?(?:ai|model|llm|(?:large )?language model|artificial intelligence|"
        rf"neural net(?:work)?)(?: model)?{_TAIL}",
    ),
    (
        "are you chatgpt",
        rf"{_SO}(?:{_ARE_YOU}|am i (?:talking|speaking|chatting) (?:to|with)|is it) {_EVEN}"
        rf"(?:(?:like|some|the same as|based on|an?)\b ?)*+{_ASSISTANT}{_OR_LIKE_IT}{_TAIL}",
    ),
    (
        "are you made by anthropic",
        rf"{_SO}(?:{_ARE_YOU}|do (?:you|u)|does {_THIS}) {_EVEN}(?:(?:an?|the|official|work(?:ing)? for)\b ?)*+"
        rf"(?:(?:{_MADE}|from|part of|belong(?:s|ing)? to|with|related to|affiliated with|connected to|paid|funded|"
        rf"sponsored|backed)(?: by)? )?{_COMPANIES}(?:'s)?(?: (?:product|project|{_BOT}))?{_TAIL}",
    ),
    (
        "are you made by anthropic",
        rf"{_SO}(?:(?:did|does) {_COMPANY} (?:make|build|create|develop|train|write|pay for|program|own|run)"
        rf"|is {_COMPANY} behind) (?:{_YOU}|{_THIS}){_TAIL}",
    ),
    ("who made you", rf"{_SO}{_WHO} (?:{_MADE}|behind|responsible for)(?: by)? (?:{_YOU}|{_THIS}|paperbacked){_TAIL}"),
    (
        "who made you",
        rf"{_SO}(?:(?:whos|who's|who(?: is| are)?) (?:your|ur) (?:makers?|creators?|developers?|owners?|programmers?|"
        rf"boss|designers?)|by whom (?:were you|was {_THIS}) {_MADE}){_TAIL}",
    ),
    (
        "do you actually understand what you read",
        rf"{_SO}(?:do(?:es)? (?:you|u|{_THIS})|did (?:you|u)|can (?:you|u)|are (?:you|u) able to|(?:you|u) (?:don'?t|"
        rf"do not|can'?t|cannot)) {_EVEN}(?:understand|get|comprehend|follow|grasp)(?: {_WHAT_I_SAY})?{_TAIL}",
    ),
    (
        "how do you work",
        rf"{_SO}how (?:do|does|did) (?:{_YOU}|{_THIS}|it|paperbacked) (?:work|function|answer(?: (?:my )?questions?)?|"
        rf"find (?:the |your )?(?:answers?|quotes?)|do (?:it|this|that)){_TAIL}",
    ),
    (
        "how do you work",
        rf"{_SO}(?:(?:{_ARE_YOU}|do (?:you|u)|(?:you|u)|isn'?t {_THIS}|this is|it'?s|(?:all )?(?:you|u) do is) )?"
        rf"{_EVEN}{_COPYING}{_PIECES}{_TAIL}",
    ),
)
"""The first that fits counts."""

ADDRESSES = (
    r"\b(?:you|u|ur|your|yours|yourself|(?:chat)?bot|paperbacked|this (?:site|thing|program|page|tool|app|website|"
    r"machine))\b"
)
