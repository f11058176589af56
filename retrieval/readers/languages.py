"""The language of a paper, as sources name it, as a short code."""

from __future__ import annotations

import re

from retrieval.lexical.han import HAN

_CODE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,2}", re.IGNORECASE)
_NAMED = {
    "ar": "ara arabic",
    "cs": "cze ces czech",
    "da": "dan danish",
    "de": "ger deu german deutsch ngerman",
    "en": "eng english american british usenglish ukenglish",
    "es": "spa spanish espanol español castellano",
    "fa": "per fas persian farsi",
    "fi": "fin finnish",
    "fr": "fre fra french francais français",
    "hi": "hin hindi",
    "it": "ita italian italiano",
    "ja": "jpn japanese",
    "ko": "kor korean",
    "nl": "dut nld dutch",
    "no": "nor norwegian",
    "pl": "pol polish",
    "pt": "por portuguese portugues português",
    "ru": "rus russian",
    "sv": "swe swedish",
    "tr": "tur turkish",
    "uk": "ukr ukrainian",
    "zh": "chi zho chinese",
}
_BY_NAME = {name: code for code, names in _NAMED.items() for name in names.split()}
_HAN = re.compile(f"[{HAN}]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_MOSTLY = 0.3


def language_code(named: str | None, text: str = "") -> str:
    """The code of a language that is named so, such as "en" of "English" and "de" of "ger".

    Where none is named, or it is not known, that of `text` where its script tells it, else "en".
    """
    written = (named or "").strip()
    # A list of them begins with the paper's own.
    first = re.split(r"[;,/ ]", written, maxsplit=1)[0].casefold()
    if code := _BY_NAME.get(first):
        return code
    if _CODE.fullmatch(written):
        # Of en-US the language counts, not the country.
        language = re.split("[-_]", written, maxsplit=1)[0].casefold()
        return _BY_NAME.get(language, language)
    return "zh" if _is_chinese(text) else "en"


def _is_chinese(text: str) -> bool:
    return bool(text) and len(_HAN.findall(text)) > _MOSTLY * len(text) and not _KANA_OR_HANGUL.search(text)
