"""What titles, names, dates and languages read as: LaTeX, tags, and the many ways to write a day or a person."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.dates import date_in, date_of, date_of_mail
from retrieval.readers.languages import language_code
from retrieval.readers.latex import as_latex, latex_as_text
from retrieval.readers.markup import without_markup
from retrieval.readers.names import in_order, names_in


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"G{\"o}del, {\'E}tale, \v{S}i{\v s}, \~n, \^{o}", "Gödel, Étale, Šiš, ñ, ô"),
        (r"na\"{\i}ve Mart\'{\i}nez Mart\'\i nez {\`\i}", "naïve Martínez Martínez ì"),
        (r"\O stergaard, {\aa}rhus, \L{}ukasz, Stra\ss e, {\ss}", "Østergaard, århus, Łukasz, Straße, ß"),
        (r"\c{c}a, Fran{\c c}ois, \H{o}, \k{a}, \r{a}, \u{g}, \d{s}", "ça, François, ő, ą, å, ğ, ṣ"),
        (r"50\% of \$5 \& \#3 a\_b \{c\}", "50% of $5 & #3 a_b {c}"),
        (r"5% of b_c & d^e #f", "5% of b_c & d^e #f"),
        (r"\emph{one} \textbf{two} {\it three} {\em{four}} \textsc{Five}", "one two three four Five"),
        (r"``quoted'' -- and --- so~on", "“quoted” – and — so on"),
        (r"{GPT}-4 and {{LLM}}s", "GPT-4 and LLMs"),
        (r"of $\alpha_{1}$ and \(x^2\) and $$y$$", r"of $\alpha_{1}$ and \(x^2\) and $$y$$"),
        (r"{\"o} costs $5", "ö costs $5"),
        (r"\url{https://x.org/a} and \href{https://x.org}{here}", "https://x.org/a and here"),
        (r"\textasciitilde{} \textbackslash{} \textbraceleft{}x\textbraceright{}", r"~ \ {x}"),
        (r"\unknown{kept} and \other", r"\unknown kept and \other"),
        ("one\\\\two\\,three", "one two three"),
        ("a trailing \\", "a trailing \\"),
        ("nothing to do", "nothing to do"),
    ],
)
def test_latex(latex: str, text: str) -> None:
    assert latex_as_text(latex) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_what_is_written_as_latex_prints_the_same(text: str) -> None:
    import unicodedata

    assert unicodedata.normalize("NFC", latex_as_text(as_latex(text))) == unicodedata.normalize("NFC", text)


@given(st.text("\\{}$\"'`~^-=.cuvHij ab", max_size=40))
def test_any_latex_is_some_text(latex: str) -> None:
    assert len(latex_as_text(latex)) <= 2 * len(latex) + 2


@pytest.mark.parametrize("sign", ['\\"', "{", "\\emph{", "\\href{", "$", "\\(", "$a", "\\", "-", "\\c ", "{\\'"])
def test_signs_that_repeat_take_no_longer_than_their_number(sign: str) -> None:
    began = time.perf_counter()
    latex_as_text(sign * (100_000 // len(sign)))
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<i>In vivo</i> H<sub>2</sub>O", "In vivo H2O"),
        ("<jats:title>Abstract</jats:title><jats:p>One.</jats:p>\n<jats:p>Two.</jats:p>", "One. Two."),
        ("<p class='x'>One.<br/>Two.</p>", "One. Two."),
        ('<span class="nocase">LLM</span>s', "LLMs"),
        ("<mml:math><mml:mi>x</mml:mi></mml:math>", "x"),
        ("a &lt; b &amp;amp; c&#8217;s", "a < b &amp; c’s"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("List<T> and vector<int>", "List<T> and vector<int>"),
        ("x<y and z>w", "x<y and z>w"),
        ("&lt;b&gt;kept&lt;/b&gt;", "<b>kept</b>"),
        ("one\n  two\t three", "one two three"),
        ("<b", "<b"),
    ],
)
def test_markup(markup: str, text: str) -> None:
    assert without_markup(markup) == text


@pytest.mark.parametrize("sign", ["<", "<b ", "<b a=", '<b a="', "</", "&", "<b a=1 "])
def test_markup_that_repeats_takes_no_longer_than_its_length(sign: str) -> None:
    began = time.perf_counter()
    without_markup(sign * (100_000 // len(sign)))
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-05-12", date(2023, 5, 12)),
        ("2023-05-12T10:00:00Z", date(2023, 5, 12)),
        ("2023/05/12/", date(2023, 5, 12)),
        ("2023/05//", date(2023, 5, 1)),
        ("2023", date(2023, 1, 1)),
        ("2023-05", date(2023, 5, 1)),
        ("20230512", date(2023, 5, 12)),
        ("12 May 2023", date(2023, 5, 12)),
        ("May 12, 2023", date(2023, 5, 12)),
        ("May 2023", date(2023, 5, 1)),
        ("JAN-FEB 2023", date(2023, 1, 1)),
        ("Spring 2023", date(2023, 3, 1)),
        ("25.12.2023", date(2023, 12, 25)),
        ("12/25/2023", date(2023, 12, 25)),
        ("2023年5月12日", date(2023, 5, 12)),
        ("2023-02-31", date(2023, 2, 1)),
        ("in press", None),
        ("12345", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(written: str | None, day: date | None) -> None:
    assert date_in(written) == day


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_a_day_is_read_as_it_was_written(day: date) -> None:
    assert date_in(day.isoformat()) == date_in(day.strftime("%Y/%m/%d")) == day
    assert date_in(day.strftime("%d %B %Y")) == day
    assert date_of(day.year, day.month, day.day) == day


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_any_text_is_a_date_or_none(text: str, month: str, day: str) -> None:
    assert isinstance(date_in(text), date | None)
    assert isinstance(date_of(f"2023 {text}", month, day), date | None)
    assert isinstance(date_of_mail(text), date | None)


def test_the_dates_of_mails() -> None:
    assert date_of_mail("Mon, 2 Apr 2007 19:18:42 GMT") == date(2007, 4, 2)
    assert date_of_mail("Mon, 42 Apr 2007 19:18:42 GMT") is None


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("Ng, Ana; Berg, Bo", ("Ana Ng", "Bo Berg")),
        ("Ng, Ana (57190000001); Berg, Bo (57190000002)", ("Ana Ng", "Bo Berg")),
        ("Ana Ng and Bo Berg", ("Ana Ng", "Bo Berg")),
        ("Ana Ng, Bo Berg, and Cy Day", ("Ana Ng", "Bo Berg", "Cy Day")),
        ("Ana Ng, Bo Berg and Cy Day", ("Ana Ng", "Bo Berg", "Cy Day")),
        ("Ana Ng, Bo Berg", ("Ana Ng", "Bo Berg")),
        ("Ng A., Berg B.", ("Ng A.", "Berg B.")),
        ("Ng, Ana", ("Ana Ng",)),
        ("Ana Ng|Bo Berg", ("Ana Ng", "Bo Berg")),
        ("Ana Ng, et al.", ("Ana Ng",)),
        ("Ng, Ana; et al.", ("Ana Ng",)),
        ("", ()),
        (" ; ;", ()),
    ],
)
def test_lists_of_names(listed: str, names: tuple[str, ...]) -> None:
    assert names_in(listed) == names


def test_names_with_suffixes() -> None:
    assert in_order("King, Jr., Martin Luther") == in_order("King, Martin Luther, Jr.") == "Martin Luther King, Jr."
    assert in_order("Martin Luther King, Jr.") == "Martin Luther King, Jr."
    assert in_order("The Institute") == "The Institute"


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("en", "en"),
        ("English", "en"),
        ("eng", "en"),
        ("en-US", "en"),
        ("ngerman", "de"),
        ("ger", "de"),
        ("zh_Hans", "zh"),
        ("Chinese; English", "zh"),
        ("gsw", "gsw"),
        ("no such language", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_languages(named: str | None, code: str) -> None:
    assert language_code(named) == code


def test_the_language_of_a_text_by_its_script() -> None:
    assert language_code(None, "我们研究语言模型的潮汐。") == "zh"
    assert language_code(None, "言語モデルの潮汐を研究する") == "en"
    assert language_code("en", "我们研究语言模型的潮汐。") == "en"
