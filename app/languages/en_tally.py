"""English words of questions that count the records, and what answers to them say."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.tally_words import TallyPhrases, TallyWords

WORDS = TallyWords(
    does=MappingProxyType(
        {
            "count": (
                "how many|how much|how may|number of|number|numbers|count|counts|counted|amount of|tally|quantity"
            ),
            "each": (
                "each|per|every|split|split up|broken down|break down|breakdown|distribution|distributed|divided|"
                "spread|respectively|apiece"
            ),
            "most": (
                "most|best represented|most represented|most common|most frequent|strongest represented|busiest|"
                "most prolific|most productive|most often|highest number of|most of all"
            ),
            "biggest": (
                "biggest|most popular|largest|top|dominates|dominate|dominating|dominant|leads|leading|number one"
            ),
            "least": "fewest|least|least represented|lowest number of|rarest|least often|least common",
            "smallest": "smallest",
            "more": "more|fewer|less",
            "share": "percentage|ratio|percent|percentages|share|proportion|fraction|what part",
            "rest": (
                "rest|the rest|others|the others|other labs|other companies|other organisations|"
                "other organizations|everyone else|everybody else|anyone else|somebody else|someone else|"
                "elsewhere|other people|all others|remaining|other years|other ones|the other"
            ),
            "papers": (
                "paper|papers|article|articles|publication|publications|study|studies|work|works|report|reports|"
                "preprint|preprints|document|documents|entries|entry|research papers|texts|pieces"
            ),
            "one": (
                "the paper|this paper|that paper|the article|this article|that article|the study|this study|"
                "that study|this report"
            ),
            "wrote": (
                "publish|published|publishes|wrote|written|write|writes|released|release|put out|produced|"
                "contributed|contributes|represented|covered|cover|covers|authored|appears|appear|came out|"
                "come out|appeared|included"
            ),
            "here": (
                "here|in here|collection|library|database|corpus|dataset|archive|this thing|these|those|"
                "your data|your material|your stuff|your information|your info|your knowledge|your sources|"
                "your content|you have|you've got|you got|do you have|data|material|materials|sources"
            ),
            "newest": "newest|latest|most recent|last|youngest|freshest|newer",
            "oldest": "oldest|earliest|first|older",
            "recent": (
                "how recent|how new|how fresh|how current|how up to date|how old|how outdated|how dated|recency|"
                "how recently|outdated|out of date|up to date|stale"
            ),
            "until": (
                "up to|until|till|up until|go up to|how far|up to when|until when|till when|through what|cutoff|"
                "cut off|ends|end|stop|stops|reach|reaches|start|starts|begin|begins|go back|go back to|"
                "goes back|since"
            ),
            "period": (
                "time span|timespan|time range|time period|period|date range|range of dates|timeframe|time frame|"
                "from when to when|range of years|year range|years range"
            ),
            "lack": (
                "without|except|besides|other than|apart from|excluding|no|not|missing|lack|lacks|lacking|don't|"
                "doesn't|do not|does not|haven't|hasn't|isn't|aren't|have no|has no|none|dont|doesnt|havent|"
                "hasnt|isnt|arent"
            ),
            "undated": "undated|unknown date|date unknown|not known date",
            "which": "which|what|list|show|name|names|tell|give|enumerate|whats",
            "who": "who|whose|whos",
            "where": "where|how do i|how can i|can i|could i|may i",
            "when": "when",
            "read": ("read|reads|reading|find|get|download|see|open|access|obtain|view|skim|skimmed|look at|look into"),
            "whole": (
                "whole|entire|full|full text|full texts|fulltext|complete|whole thing|actual paper|actual papers|"
                "pdf|pdfs|whole paper|whole papers|full paper|full papers|entire paper|entire papers"
            ),
            "by": "from|by|of|at",
            "you": "you|u|your|ur|yours",
            "review": (
                "peer review|peer reviewed|peer reviews|refereed|reviewed by peers|reviewed by other scientists|"
                "reviewed by experts|peerreviewed"
            ),
            "fill": (
                "how is|how are|the|a|an|in|on|about|are|is|was|were|be|been|being|do|does|did|have|has|had|"
                "having|got|there|and|or|vs|versus|than|compared|compare|to|with|me|i|we|us|our|it|its|it's|that|"
                "this|them|they|their|all|any|some|only|just|pls|please|plz|so|ok|okay|hi|hey|hello|then|now|"
                "actually|total|in total|altogether|overall|exactly|among|between|for|out|lol|ffs|thx|thanks|"
                "thank|different|distinct|recorded|listed|indexed|contain|contains|contained|include|includes|"
                "stuff|thing|things|anything|something|ai|ai safety|research|r|s|re|ve|ll|d|m|go|goes|going|come|"
                "comes|came|but|if|up|can|could|would|as|well|also|both|inside|available|exist|exists|ones|"
                "one of|real|really|ever|even|much|many|in fact|want|like|need|dates|quick question|question|"
                "by the way|btw|ya|yall|mostly|mainly|case|records|record|present|at all|yet|within|across|hm|"
                "hmm|roughly|around|kind of|sort of|main|together|combined|in all|guys|original|originals|page|"
                "online|somewhere|known|unknown"
            ),
        }
    ),
    fields=MappingProxyType(
        {
            "organisation": (
                "organisation|organisations|organization|organizations|lab|labs|laboratory|laboratories|company|"
                "companies|institution|institutions|institute|institutes|university|universities|firm|firms|"
                "publisher|publishers|org|orgs|research group|research groups|affiliation|affiliations"
            ),
            "category": (
                "category|categories|topic|topics|subject|subjects|theme|themes|subject area|subject areas|area|"
                "areas|field|fields"
            ),
            "year": "year|years|date|dated|publication date|publication dates|publication year",
            "language": "language|languages",
            "author": "author|authors|researcher|researchers",
            "abstract": "abstract|abstracts|summary text",
            "link": "link|links|url|urls|web address|web addresses|doi|arxiv link|arxiv links",
        }
    ),
    plural=(
        "organisations|organizations|labs|laboratories|companies|institutions|institutes|universities|firms|"
        "publishers|orgs|research groups|categories|topics|subjects|themes|subject areas|areas|fields|years|"
        "languages|authors"
    ),
    countries=(
        "china|chinese|america|american|usa|united states|us american|europe|european|britain|british|uk|"
        "united kingdom|germany|german|france|french|japan|japanese|korea|korean|india|indian|canada|canadian|"
        "russia|russian|israel|israeli|australia|australian|switzerland|swiss|singapore|asia|asian|africa|"
        "african|italy|italian|spain|spanish|western|eastern|foreign|country|countries|nationality|nationalities|"
        "continent|continents"
    ),
    generic=(
        "institute|of|and|the|for|university|lab|labs|laboratory|research|center|centre|ai|national|"
        "international|standards|technology|technologies|science|sciences|school|college|department|group|team|"
        "inc|ltd|corporation|open|safety|alignment|deep|mind|new|us|united|states|academy|state|foundation"
    ),
)

PHRASES = TallyPhrases(
    fields=MappingProxyType(
        {
            "organisation": "organisation",
            "category": "category",
            "year": "date",
            "language": "language",
            "author": "author",
            "abstract": "abstract",
            "link": "link",
        }
    ),
    counted_by=MappingProxyType(
        {
            **{"organisation": "organisation", "category": "category", "year": "year", "language": "language"},
            **{"author": "author", "abstract": "abstract", "link": "link"},
        }
    ),
    of_papers="Of the {papers}{scope}: {counts}.",
    group="{count}{scope}",
    rest="{count} by others",
    rest_of="{count} others",
    details=" ({counts})",
    share=" ({percent} %)",
    not_recorded="0 by “{name}”, which no record names",
    recorded="The {papers}{scope} by {field} ({number} recorded): {counts}.",
    unnamed="not recorded",
    others="{number} others together",
    most=(
        "{names} has the most of the {papers}{scope}: {count}.",
        "As many as each other, and the most of the {papers}{scope}, have {names}: {count} each.",
    ),
    least=(
        "{names} has the fewest of the {papers}{scope}: {count}.",
        "As many as each other, and the fewest of the {papers}{scope}, have {names}: {count} each.",
    ),
    then=" By {field}: {counts}.",
    none_has="No record of the {papers}{scope} has this: {field}.",
    span="The dates of the papers{scope} go from {dates}.",
    one_date="The dates of the papers{scope} are of one month: {dates}.",
    newest=" The newest is {paper}.",
    oldest=" The oldest is {paper}.",
    undated=" Without a date: {count} of {papers}.",
    lacking=("The record of 1 paper{scope} has no {field}", "The records of {count} papers{scope} have no {field}"),
    none_lacks="All of the {papers}{scope} have this in their record: {field}.",
    having="Of the {papers}{scope}, {count} have this in their record: {field}. {lacking} have none.",
    whole="Only abstracts are read here, never whole papers: of the {papers}{scope}, {abstracts} have one. "
    "To read on, follow the link on a paper's card: {links} have one.",
    whole_texts="Abstracts are read here, and of papers with a full text that too: of the {papers}{scope}, {abstracts} "
    "have an abstract. To read on, follow the link on a paper's card: {links} have one.",
    country="No record says which country an organisation is of, so I cannot tell by country. {recorded}",
    by_name=" Its name alone has that word: {names}.",
    review="No record says whether a paper was peer reviewed. What the records of the {papers}{scope} have: "
    "{organisations} an organisation, {dates} a date, and {links} a link to where it was published.",
    between_counts=", ",
    between_groups="; ",
)  # fmt: skip
