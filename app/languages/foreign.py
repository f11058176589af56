"""Questions in a language that is not read: which one it is, and what is told of it in that language.

Letters of their own tell most languages apart. Those that share letters are told apart by
py3langid, a naive Bayes classifier of letter sequences. By itself it takes every other
short query in English for something else, and a list of usual words by itself takes Danish
for Norwegian, so both are asked: each word that a language uses all the time, and English
does not, makes it `_WORD_WEIGHS` times as likely as the classifier has it, each English
word as much less likely. Without such a word the classifier has to be all but certain.
Usual English questions never load it, which takes half a second and 90 MB.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# py3langid has no types of its own; what is used of it is said here.

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import cast

from app.languages.patterns import word_set
from retrieval.lexical.tokens import FUNCTION_WORDS

_LOADING = threading.Lock()
_CHARACTERS_READ = 1_000
_WORD_WEIGHS = 20.0
_SURE, _SURE_WITHOUT_WORDS = 0.6, 0.95
_QUOTED = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|「[^「」]*」|『[^『』]*』|《[^《》]*》|\"[^\"]*\"|`[^`]*`")
_NO_WORDS = re.compile(r"[\d_@/\\=<>|{}]|\w[.:(]\w")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_GREEK_WORD = re.compile("[\u0370-\u03ff\u1f00-\u1fff]{3}")

_ENGLISH_TEXT = """
against am between care come comment con conform die din dont door dos explain find hat hay hoe im leg mal man men mere
met mint non ok par para pas per pls plus plz pour pro sans see show sine sit son ten till ur visa volt war whats yes
"""
_ENGLISH = FUNCTION_WORDS | word_set(_ENGLISH_TEXT)
_IN_NAMES_TEXT = """
ada af aki al als ao apa att au aus aux bei bu ce che chi cho ci co com cos cu cum da dan dari das de dei del dem den
der des di du ei ein el elle er es est et ez fi fra für ha har hol il ile ini ise ja kan kde ke khi ki kim kun la las
le lo los ma mai mas med meg mer mi mig mit na nad nas ne nie nos nous nu od og oli om op os oss ou par pe po sa se sem
sen si sin som su sur tai te tem til um uma un une ut van var ve vi voi von wer wo ya yang ze zou être
"""
_IN_NAMES = word_set(_IN_NAMES_TEXT)
"""Words of other languages that names, abbreviations and Latin phrases have too: "de la", "Kim et al.", "KDE"."""
_USUAL_TEXT = """
de: der die den von was ist sind wie warum welche wer wo wann gibt es ein eine einen einem einer und oder nicht auch ich
    sich wenn dass das dem bei mit nach zu zum zur über für auf aus kann können wird werden wurde haben hat sein seine
    mich uns mehr erkläre vom im am in an um als so also man will war zeig zeige mir vergleiche dafür durch
    gegen ohne unter zwischen diese dieser noch damit werde
fr: de la le les du des un il en et que qui quoi quel quelle quels quelles comment pourquoi combien est-ce sont une dans
    sur pour par avec sans ou où ne pas plus moins je elle nous vous ce cette ça leur aux à au peut peuvent être ont
    quand a-t-il existe-t-il parle entre même aussi chez moi explique si me on or se son est mal donne montre selon
es: de la las los del el un en al qué que cómo como cuál cual cuáles quién quien dónde donde cuándo cuando cuánto por
    para con sin una pero es son está esta están hay su se lo le no nos más mas menos muy sí si porque sobre entre este
    esto estos puede hace hacen tiene tienen alguna existe existen has me mal quiero según segun diferencia
it: di da de la il le un del della delle dei al alla alle nel nella sul sulla che cosa cos come perché perche quale
    quali quanto quanti quando dove chi è sono gli una con per tra fra non più anche si ci mi lo quello questo questa
    questi ha hanno può possono fanno essere stato esiste sua ma in no all nell dammi secondo differenza mostra
pt: de da do dos das um uma que qual quais como quem onde quando quanto quantos por porque para com sem os nas ao ou mas
    não mais menos é está estão há ser tem têm seu sua se isso este esta isto esse essa pode podem faz fazem existe
    existem algum alguma sobre entre pelo pela já também muito explica as no me quero mostre segundo diferença demais
nl: van de den der die een en wat is zijn hoe waarom welke wie waar wanneer hoeveel het of niet ook je jij dat dit deze
    er wordt worden werd kan kunnen zou heeft hebben had met voor naar bij uit over om te op aan als dan maar geen meer
    zo wel nog iets iemand ze door tussen leg in was we me laat volgens verschil mij nieuwste
sv: de den en ett det är vad hur varför vilka vilken vem var när finns och eller inte också jag man som att för till
    från med om på har kan blir sin sitt mer något någon vi oss så men under in at visa berätta enligt skillnaden
da: de den en et det er hvad hvordan hvorfor hvilke hvilken hvilket hvem hvor hvornår findes der og eller ikke også jeg
    man som at for til fra med om på af har havde kan skal ville bliver sin sit sine dem mere noget nogen nogle vi os så
    når deres mellem ud ved være står men under mig fortæl ifølge forskellen nyeste over
no: de den en et det er hva hvordan hvorfor hvilke hvilken hvilket hvem hvor når finnes og eller ikke også jeg man som
    at for til fra med om på har hadde kan skal ville blir sin sitt sine dem mer noe noen vi oss så deres mellom ut ved
    være står men under meg fortell ifølge forskjellen nyeste over
fi: mikä mitä mitkä mikään miten miksi missä milloin kuinka onko on ovat oli olla ei eivät ja tai että kun myös voi
    voiko voidaan voivat se ne tämä he mutta kuin joka jotka sen minulle kerro näytä entä mukaan eroa uusimmat
pl: co to jest są czy jaki jaka jakie dlaczego które ktore który ktory która których kto gdzie kiedy ile nie oraz albo
    lub we ze na do od po przez dla przy nad się sie może moze mogą można mozna być był jego jej ich mnie tym ten te
    tego tych już tylko bardziej niż jeśli gdy aby pokaż by my według różnica najnowsze
cs: co je to jsou jaký jaky jaká jaké jake proč který která které ktere kdo kde kdy kolik ne nebo ve ze na do od po pro
    při nad se si může muze mohou lze dá da být byl jeho její mě tím ten těch už více než jestli když aby že existuje
    nějaký nějaká nějaké on my by ukaž podle rozdíl nejnovější
hu: az egy mi és vagy nem hogyan hogy miért miert milyen melyik ki hol mikor mennyi hány van vannak volt lehet lehetnek
    kell ha is csak még már amely aki ez ezek mint több között meg el szerint ne most mutasd különbség legújabb
ro: de la un al în in ce cum care când cand cât câți câtă este sunt unui unei și si sau nu mai cu pe din pentru prin
    despre dacă daca că să sa se îi îl cine poate pot fi există exista cele să-și are arată-mi conform diferența
tr: ne nedir neden nasıl nasil kim hangi nerede kaç mi mı mü ve veya ya ile için icin bir bu şu da de değil degil var
    yok daha çok cok en kadar gibi göre olan olarak olur mümkün ise her nelerdir hakkında sonra göster fark peki
vi: là gì thế nào làm tại vì ở đâu khi có không của và hay các những một trong cho với về được bị đã đang sẽ này đó như
    từ đến hơn nếu giải thích khác mới nhất do con người
id: apa itu apakah bagaimana mengapa kenapa siapa berapa yang dan atau di ke dari untuk dengan dalam oleh ini adalah ada
    adakah tidak bukan bisa bisakah dapat akan sudah telah saya tentang karena tunjukkan jelaskan menurut terbaru
ru: что как почему какой какая какие кто где когда сколько есть ли или не на из для при по это может можно если также
uk: що як чому який яка які хто де коли скільки чи або не та на із від для при по це ці може можуть можна якщо також є
"""
_USUAL = MappingProxyType({entry[:2]: word_set(entry[3:]) for entry in re.split(r"\n(?=\w\w:)", _USUAL_TEXT.strip())})
"""What each language uses all the time, also as it is typed without accents."""
# Latin takes up mottoes; the others after it would be taken for their neighbours.
_LATIN = (*sorted({*_USUAL} - {"ru", "uk"}), "la", "ca", "et", "gl", "hr", "lt", "lv", "sk", "sl")
_LETTERS_TEXT = """
ARABIC ar fa ps ur, ARMENIAN hy, BENGALI bn, CYRILLIC be bg kk ky mk mn ru sr uk, DEVANAGARI hi mr ne, ETHIOPIC am,
GEORGIAN ka, GREEK el, GUJARATI gu, GURMUKHI pa, HANGUL ko, HEBREW he, HIRAGANA ja, KANNADA kn, KHMER km, LAO lo,
MALAYALAM ml, MYANMAR my, SINHALA si, TAMIL ta, TELUGU te, THAI th
"""
_LETTERS = MappingProxyType({name: codes for name, *codes in map(str.split, _LETTERS_TEXT.split(","))})
"""The languages that are written in letters, by what begins the letters' names in Unicode."""


_BEGINNINGS_TEXT = """
de: was ist, was sind, was bringt, was bringen, was heißt, was heisst, was bedeutet, was macht, was machen, was sagt,
    was sagen, was taugt, was kann, was versteht man, wer hat, wie funktioniert, wie geht, wie gut, wie kann, wie macht,
    wozu, gibt es, gibts, gibt's, hilft, helfen, welche, welches, warum, wieso, weshalb, kennst du, erkläre, erklär,
    arbeiten zu, arbeiten über, studien zu, artikel zu, artikel über
fr: c est quoi, c'est quoi, qu est, qu'est, comment marche, comment fonctionne, pourquoi, à quoi sert, a quoi sert,
    articles sur, études sur, y a t il, y a-t-il, existe-t-il, quels articles, que signifie, que veut dire,
    le débat, les modèles
es: que es, qué es, que son, qué son, que significa, qué significa, como funciona, cómo funciona, para que sirve,
    para qué sirve, articulos sobre, artículos sobre, estudios sobre, hay papers, hay articulos, hay artículos, explica,
    explícame, por qué, por que los, por que las
pt: o que é, o que e, o que são, o que sao, o que significa, como funciona, para que serve, artigos sobre,
    estudos sobre, explica, explique, existem artigos, há artigos, por que os, por que as
it: cos è, cos'è, cosa è, cosa e, che cos, cosa sono, cosa significa, come funziona, spiegami, spiega, articoli su,
    studi su, a cosa serve, ci sono, perché, quali articoli
nl: wat is, wat zijn, wat betekent, hoe werkt, hoe werken, zijn er, artikelen over, studies over, waarom, welke, leg uit
"""
_BEGINNINGS = MappingProxyType(
    {
        entry[:2]: tuple(f"{beginning} " for beginning in " ".join(entry[3:].replace("'", " ").split()).split(", "))
        for entry in re.split(r"\n(?=\w\w:)", _BEGINNINGS_TEXT.strip())
    }
)
"""How questions begin in a language, and in no other nor in English; two languages that share one are told apart."""
BEGINNING_WORDS = 4
_ONLY_OWN = ("HIRAGANA", "HANGUL")
"""Letters that English questions do not have, however few there are among terms in English."""


def foreign_language(text: str) -> str | None:
    """The language that a question is in, by its ISO 639-1 code; None where it is English or Chinese, or not sure.

    What it quotes does not count, nor do addresses, identifiers and abbreviations.
    """
    own = _QUOTED.sub(" ", unicodedata.normalize("NFKC", text[:_CHARACTERS_READ]))
    pieces = [piece for piece in own.split() if not _NO_WORDS.search(piece)]
    small = [piece for piece in pieces if not piece.isupper()]
    said = " ".join(small if small or len(pieces) < 3 else pieces)
    words = frozenset(word for word in _WORD.findall(said.lower()) if len(word) > 1 or not word.isascii())
    letters = _letters(own)
    name, chinese = max(_LETTERS, key=letters.__getitem__), letters["CJK"]
    mostly = letters[name] > chinese + sum(map(str.isascii, filter(str.isalpha, said)))
    asian = name in _ONLY_OWN
    but_for_terms = letters[name] > (0 if asian else 5) and not chinese and not words & _ENGLISH
    a_word = letters[name] > (0 if asian else 1) and (name != "GREEK" or _GREEK_WORD.search(own))
    if a_word and (mostly or but_for_terms):
        return _by_letters(said, words, _LETTERS[name])
    if chinese:
        return None
    # No other language opens its questions with a sign.
    return "es" if words and "¿" in own else _by_beginning(said, words) or _by_words(said, words)


SHORTER = (
    # German, French, Spanish, Italian, Portuguese, Dutch.
    r"(?:bitte |etwas |noch |geht es |geht's |auch |mach (?:es|das) |sag (?:es|das) )*+(?:kürzer|kurz gesagt|in kürze"
    r"|in einem satz)(?: bitte)?"
    r"|(?:un peu |encore |en |fais |dis-le )*+(?:plus (?:court|bref|brièvement)|bref|une phrase)"
    r"(?: s'il (?:te|vous) pla[iî]t)?"
    r"|(?:un poco |algo |dilo |en )*+(?:más (?:corto|breve)|breve|una (?:frase|oración)|resumen)(?: por favor)?"
    r"|(?:un po' |in )*+(?:più (?:corto|breve)|breve|una frase)(?: per favore)?"
    r"|(?:um pouco |em )*+(?:mais (?:curto|breve)|resumo|uma frase)(?: por favor)?"
    r"|(?:iets |nog |graag |in )*+(?:korter|het kort|één zin)(?: graag| alstublieft)?"
)
"""Whole texts that want the last answer in fewer words, in small letters."""


def usual_words(code: str) -> frozenset[str]:
    """Words that a language uses all the time."""
    return _USUAL.get(code, frozenset())


def cannot_read(code: str) -> str:
    """Tells in a language that questions in it are searched by their English words alone; in English where unknown."""
    return _CANNOT_READ.get(code, _CANNOT_READ["en"])


def _letters(text: str) -> Counter[str]:
    """How many letters of each kind there are; all of a Japanese text count as kana."""
    names = (unicodedata.name(letter, "") for letter in text if unicodedata.category(letter)[0] in "LM")
    letters = Counter(re.split("[ -]", name, maxsplit=1)[0] for name in names)
    letters["HIRAGANA"] += letters.pop("KATAKANA", 0)
    if letters["HIRAGANA"] > max(1, letters["CJK"] // 5):
        letters["HIRAGANA"] += letters.pop("CJK", 0)
    return letters


def _by_letters(said: str, words: frozenset[str], codes: list[str]) -> str | None:
    """The one of these languages, of the same letters, that a text is in."""
    if len(codes) == 1:
        return codes[0]
    likely = dict(_classifier()(said))
    weights = {code: likely[code] * _WORD_WEIGHS ** len(words & _USUAL.get(code, frozenset())) for code in codes}
    best = max(weights, key=weights.__getitem__)
    return best if 2 * weights[best] > sum(weights.values()) else None


def _by_beginning(said: str, words: frozenset[str]) -> str | None:
    """The language of a text that begins as questions of one do, and has no words of English."""
    begins = f"{' '.join(_WORD.findall(said.lower())[:BEGINNING_WORDS])} "
    codes = [
        code
        for code, beginnings in _BEGINNINGS.items()
        if begins.startswith(beginnings) and not (words & _ENGLISH) - _USUAL[code] - {*begins.split()[:2]}
    ]
    if len(codes) < 2:
        return codes[0] if codes else None
    likely = dict(_classifier()(said))
    return max(codes, key=likely.__getitem__)


def _by_words(said: str, words: frozenset[str]) -> str | None:
    """The language of a text in Latin letters."""
    usual = {code: words & _USUAL.get(code, frozenset()) for code in _LATIN}
    # Three words that are in names too are worth one that is not.
    own = {code: len(usual[code] - _ENGLISH - _IN_NAMES) + len(usual[code] & _IN_NAMES) // 3 for code in _LATIN}
    english = {code: len((words & _ENGLISH) - usual[code]) for code in _LATIN}
    plain = {word for word in _WORD.findall(said) if word[0].islower()} - _IN_NAMES
    long, accented = len(words) > 3 and len(plain) > 1, not all(map(str.isascii, plain))

    def possible(code: str) -> bool:
        if own[code] or english[code]:
            return own[code] > english[code]
        return long and (accented or len(usual[code]) > 1)

    if not any(map(possible, _LATIN)):
        return None
    likely = dict(_classifier()(said))
    weights = {code: likely[code] * _WORD_WEIGHS ** (own[code] - english[code]) for code in _LATIN}
    best = max(weights, key=weights.__getitem__)
    share = weights[best] / (sum(weights.values()) + likely["en"])
    sure = possible(best) and share >= (_SURE if own[best] else _SURE_WITHOUT_WORDS)
    return best if sure and best != "la" else None


def _classifier() -> Callable[[str], list[tuple[str, float]]]:
    with _LOADING:
        return _loaded_classifier()


@cache
def _loaded_classifier() -> Callable[[str], list[tuple[str, float]]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    classifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    classifier.set_languages([*_LATIN, "en", *(code for codes in _LETTERS.values() for code in codes)])
    return cast("Callable[[str], list[tuple[str, float]]]", classifier.rank)


_CANNOT_READ_TEXT = """
en: I read questions in English and Chinese only, so I searched with the words that this question shares with English;
    please ask in English for a better answer.
ar: لا أقرأ إلا الأسئلة المكتوبة بالإنجليزية أو الصينية، لذلك بحثتُ بالكلمات المشتركة بين هذا السؤال والإنجليزية؛
    للحصول على إجابة أفضل يُرجى طرح السؤال بالإنجليزية.
bn: আমি কেবল ইংরেজি ও চীনা ভাষার প্রশ্ন পড়তে পারি, তাই এই প্রশ্নের যে শব্দগুলো ইংরেজিতেও আছে সেগুলো দিয়ে খুঁজেছি;
    আরও ভালো উত্তরের জন্য অনুগ্রহ করে ইংরেজিতে প্রশ্ন করুন।
cs: Čtu jen otázky v angličtině a čínštině, a proto se hledalo podle slov, která má tato otázka s angličtinou
    společná; pro lepší odpověď se prosím zeptejte anglicky.
da: Jeg læser kun spørgsmål på engelsk og kinesisk og har derfor søgt med de ord, som spørgsmålet har til fælles med
    engelsk; spørg gerne på engelsk, så bliver svaret bedre.
de: Ich kann nur Fragen auf Englisch und Chinesisch lesen und habe mit den Wörtern gesucht, die diese Frage mit dem
    Englischen gemeinsam hat; bitte auf Englisch fragen, dann wird die Antwort besser.
el: Διαβάζω μόνο ερωτήσεις στα αγγλικά και στα κινεζικά, γι’ αυτό έψαξα με τις λέξεις που η ερώτηση αυτή έχει κοινές
    με τα αγγλικά· για καλύτερη απάντηση, ρωτήστε παρακαλώ στα αγγλικά.
es: Solo leo preguntas en inglés y en chino, así que he buscado con las palabras que esta pregunta comparte con el
    inglés; para obtener una respuesta mejor, haz la pregunta en inglés, por favor.
fa: من فقط پرسش‌های انگلیسی و چینی را می‌خوانم و با واژه‌هایی جست‌وجو کردم که میان این پرسش و زبان انگلیسی مشترک‌اند؛
    برای پاسخ بهتر لطفاً به انگلیسی بپرسید.
fi: Luen vain englannin- ja kiinankielisiä kysymyksiä, joten hain niillä sanoilla, jotka ovat tässä kysymyksessä
    samoja kuin englannissa; kysythän englanniksi, niin saat paremman vastauksen.
fr: Je ne lis que les questions en anglais et en chinois, et j’ai donc cherché avec les mots que cette question
    partage avec l’anglais ; pour une meilleure réponse, posez-la en anglais, s’il vous plaît.
he: ביכולתי לקרוא שאלות באנגלית ובסינית בלבד, ולכן חיפשתי לפי המילים המשותפות לשאלה הזאת ולאנגלית; לקבלת תשובה טובה
    יותר, נא לשאול באנגלית.
hi: मुझे केवल अंग्रेज़ी और चीनी के प्रश्न समझ में आते हैं, इसलिए मैंने उन्हीं शब्दों से खोज की जो इस प्रश्न और
    अंग्रेज़ी में एक जैसे हैं; बेहतर उत्तर के लिए कृपया अंग्रेज़ी में पूछें।
hu: Csak angol és kínai nyelvű kérdéseket olvasok, ezért azokkal a szavakkal kerestem, amelyek ebben a kérdésben az
    angollal közösek; jobb válaszért, kérem, tegye fel a kérdést angolul.
id: Saya hanya bisa membaca pertanyaan dalam bahasa Inggris dan Mandarin, jadi saya mencari dengan kata-kata pertanyaan
    ini yang juga ada dalam bahasa Inggris; untuk jawaban yang lebih baik, silakan bertanya dalam bahasa Inggris.
it: Leggo solo domande in inglese e in cinese, perciò ho cercato con le parole che questa domanda ha in comune con
    l’inglese; per una risposta migliore, prova a chiedere in inglese.
ja: 英語と中国語の質問しか読めず、質問の中で英語と共通する語で検索しましたので、よりよい回答には英語でご質問ください。
ko: 저는 영어와 중국어 질문만 읽을 수 있어서 이 질문과 영어에 공통된 단어로 검색했으니,
    더 나은 답변을 원하시면 영어로 질문해 주세요.
nl: Ik lees alleen vragen in het Engels en het Chinees en heb daarom gezocht met de woorden die deze vraag met het
    Engels gemeen heeft; stel je vraag alsjeblieft in het Engels voor een beter antwoord.
no: Jeg leser bare spørsmål på engelsk og kinesisk og har derfor søkt med de ordene som spørsmålet har felles med
    engelsk; spør gjerne på engelsk, så blir svaret bedre.
pl: Rozumiem tylko pytania po angielsku i po chińsku, więc w wyszukiwaniu użyto słów, które to pytanie ma wspólne z
    angielskim; aby otrzymać lepszą odpowiedź, zapytaj, proszę, po angielsku.
pt: Só leio perguntas em inglês e em chinês, por isso pesquisei com as palavras que esta pergunta tem em comum com o
    inglês; para uma resposta melhor, pergunte em inglês, por favor.
ro: Citesc doar întrebări în engleză și chineză, așa că am căutat după cuvintele pe care această întrebare le are în
    comun cu engleza; pentru un răspuns mai bun, vă rog să întrebați în engleză.
ru: Я читаю вопросы только на английском и китайском, поэтому поиск шёл по словам, которые есть и в этом вопросе, и в
    английском языке; чтобы получить более точный ответ, спросите, пожалуйста, по-английски.
sv: Jag läser bara frågor på engelska och kinesiska och har därför sökt med de ord som frågan har gemensamt med
    engelskan; fråga gärna på engelska, så blir svaret bättre.
th: ระบบนี้อ่านคำถามได้เฉพาะภาษาอังกฤษและภาษาจีน จึงค้นหาด้วยคำในคำถามนี้ที่ตรงกับภาษาอังกฤษ
    หากต้องการคำตอบที่ดีกว่านี้ โปรดถามเป็นภาษาอังกฤษ
tr: Yalnızca İngilizce ve Çince soruları okuyabiliyorum, bu yüzden bu sorunun İngilizceyle ortak sözcükleriyle arama
    yaptım; daha iyi bir yanıt için lütfen İngilizce sorun.
uk: Я читаю запитання лише англійською та китайською, тому пошук ішов за словами, спільними для цього запитання й
    англійської мови; щоб отримати кращу відповідь, запитайте, будь ласка, англійською.
vi: Tôi chỉ đọc được câu hỏi bằng tiếng Anh và tiếng Trung, nên tôi đã tìm bằng những từ mà câu hỏi này có chung với
    tiếng Anh; để có câu trả lời tốt hơn, vui lòng hỏi bằng tiếng Anh.
"""
_CANNOT_READ = MappingProxyType(
    {entry[:2]: " ".join(entry[3:].split()) for entry in re.split(r"\n(?=\w\w:)", _CANNOT_READ_TEXT.strip())}
)
