"""LaTeX of titles, names and abstracts as the text that it prints; mathematics stays as it is written.

Only what stands in references is known: accents, letters, signs, and commands that change how words look. Whatever else
there is stays as it is, so that nothing is lost.
"""

from __future__ import annotations

import re
import unicodedata

_MATHS = re.compile(r"(?<!\\)(\$\$[^$]{1,2000}\$\$|\$[^$]{1,2000}(?<!\\)\$|\\\([^$]{1,500}?\\\)|\\\[[^$]{1,500}?\\\])")
_LIVE = re.compile(r"[\\{}~]|--|``|''")
"""Without any of these a text is what it prints."""
_COMBINING = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
    "h": "\u0309",
    "G": "\u030f",
    "U": "\u030e",
}
_ACCENT = re.compile(
    r"\\(?:([`'^~\"=.])\s*|([uvHckrdbhGU])(?:\s+|(?=[\\{])))"
    r"(?:\{\s*(\\[ij]|[^\W\d_])(?:\s*\{\})?\s*\}|(\\[ij])(?![A-Za-z])\s?|([^\W\d_]))"
)
_WORDS = {
    **{"aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "i": "ı", "j": "ȷ"},
    **{"l": "ł", "L": "Ł", "ng": "ŋ", "NG": "Ŋ", "o": "ø", "O": "Ø", "oe": "œ", "OE": "Œ", "ss": "ß", "th": "þ"},
    **{"TH": "Þ", "P": "¶", "S": "§", "dag": "†", "ddag": "‡", "copyright": "©", "pounds": "£", "euro": "€"},
    **{"textasciicircum": "^", "textasciigrave": "`", "textasciitilde": "~", "textbackslash": "\\", "textbar": "|"},
    **{"textbraceleft": "{", "textbraceright": "}", "textbullet": "•", "textcopyright": "©", "textdegree": "°"},
    **{"textdollar": "$", "textemdash": "—", "textendash": "–", "texteuro": "€", "textgreater": ">", "textless": "<"},
    **{"textmu": "µ", "textnumbersign": "#", "textordfeminine": "ª", "textordmasculine": "º", "textpm": "±"},
    **{"textperiodcentered": "·", "textquotedbl": '"', "textquotedblleft": "“", "textquotedblright": "”"},
    **{"textquoteleft": "‘", "textquoteright": "’", "textquotesingle": "'", "textregistered": "®", "textsection": "§"},
    **{"textsterling": "£", "texttimes": "×", "texttrademark": "™", "textunderscore": "_", "textrightarrow": "→"},
    **{"ldots": "…", "dots": "…", "textellipsis": "…", "lbrace": "{", "rbrace": "}", "quotedblbase": "„"},
    **{"guillemotleft": "«", "guillemotright": "»", "TeX": "TeX", "LaTeX": "LaTeX", "slash": "/"},
    **dict.fromkeys(["quad", "qquad", "newline", "par", "space", "textvisiblespace", "linebreak"], " "),
}
_LOOKS = (
    "textit|textbf|textsc|textsf|texttt|textrm|textsl|textup|textmd|textnormal|emph|mbox|text|url|underline|uppercase|"
    "ensuremath|enquote|protect|noopsort|natexlab|bibinfo|it|bf|em|sc|sf|tt|rm|sl|itshape|bfseries|small|normalfont|"
    "relax|/"
)
"""Commands that change how words look: the words stay."""
_SIGN = re.compile(r"\\([A-Za-z]+|.)(?:\s*\{\}|(?<=[A-Za-z])\s+)?|[{}~]|---?|``|''", re.DOTALL)
_LOOK = re.compile(rf"\\(?:{_LOOKS})(?![A-Za-z])\s*")
_LINK = re.compile(r"\\href\s*\{[^{}]{0,2000}\}\s*(?=\{)")
_SIGNS = {"{": "", "}": "", "~": " ", "---": "—", "--": "–", "``": "“", "''": "”"}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    # A brace with a backslash before it still counts as one to BibTeX, so these are named.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&$#_"},
}
_LIGATURE = re.compile(r"(-(?=-)|`(?=`)|'(?='))")
_SPACES = frozenset(" ,;:>\\\n\t/")
_NONE = frozenset("-!@")


def latex_as_text(text: str) -> str:
    """What the LaTeX prints, mathematics as it is written; commands that are not known stay with their backslash."""
    if not _LIVE.search(text):
        return text
    pieces = _MATHS.split(text)
    # Pieces of odd number are what was split at.
    return "".join(piece if number % 2 else _printed(piece) for number, piece in enumerate(pieces))


def as_latex(text: str) -> str:
    """The LaTeX that prints the text; its braces are balanced, whatever those of the text are."""
    return _LIGATURE.sub(r"\1{}", "".join(_ESCAPES.get(sign, sign) for sign in text))


def _printed(text: str) -> str:
    if not _LIVE.search(text):
        return text
    text = _LOOK.sub("", _LINK.sub("", text))
    return unicodedata.normalize("NFC", _SIGN.sub(_sign, _ACCENT.sub(_accented, text)))


def _accented(found: re.Match[str]) -> str:
    letter = (found[3] or found[4] or found[5]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _COMBINING[found[1] or found[2]])


def _sign(found: re.Match[str]) -> str:
    written, name = found[0], found[1]
    if name is None:
        return _SIGNS[written]
    if name in _WORDS:
        return _WORDS[name]
    if len(name) == 1 and not name.isalpha():
        return " " if name in _SPACES else "" if name in _NONE else name
    # What it is given loses its braces.
    return written.replace("{}", "") + (" " if found.string[found.end() : found.end() + 1] == "{" else "")
