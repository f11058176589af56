"""English words by which written sentences are held against their quotes."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.patterns import NAME, AttributionWords, ClaimWords, MarkerWords, word_set

MARKERS = MarkerWords(
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

ATTRIBUTION = AttributionWords(
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
CLAIMS = ClaimWords(
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
