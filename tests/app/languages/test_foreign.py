"""A question that is neither English nor Chinese is known by its language, and its reader is told so in it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages.foreign import cannot_read, foreign_language

DATA = Path(__file__).parents[3] / "data"
ASKED = {
    "de": (
        "was ist RLHF",
        "Wie erkennt man, ob ein Sprachmodell seine wahren Ziele verheimlicht?",
        "Welche Arbeiten untersuchen Hintertüren, die das Sicherheitstraining überstehen?",
        "warum schmeicheln chatbots ihren nutzern so gern",
        "gibts was zu jailbreaks mit vielen beispielen",
        "Nenne mir Studien über Belohnungsmodelle, die ausgetrickst werden.",
        "Was sagt „Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training“ zur Modellgröße?",
    ),
    "fr": (
        "qu'est-ce que le grokking ?",
        "Pourquoi les modèles plus grands mémorisent-ils davantage leurs données d'entraînement ?",
        "comment marche constitutional AI chez Anthropic",
        "Existe-t-il une méthode pour effacer une connaissance dangereuse ?",
        "Le raisonnement écrit par un modèle reflète-t-il vraiment ce qu’il calcule ?",
        "quels labos publient sur l'interprétabilité",
        "J'aimerais savoir si le débat entre deux IA aide un juge humain.",
    ),
    "es": (
        "¿qué es RLHF?",
        "¿Cuántos ejemplos hacen falta para romper las defensas con many-shot jailbreaking?",
        "que papers hablan de recompensas mal diseñadas",
        "¿Puede un modelo mentir a sus propios creadores para ganar dinero?",
        "Explícame cómo funcionan los autoencoders dispersos",
        "hay algun estudio sobre engaño en agentes autonomos",
        "¿Quién escribió el artículo sobre generalización de objetivos?",
    ),
    "it": (
        "cos'è il reward hacking?",
        "Come si fa a capire se un chatbot dice quello che pensa davvero?",
        "Quali sono i rischi quando un'IA scrive codice da sola?",
        "perché le risposte più lunghe piacciono all'utente",
        "Mi servono le ricerche di DeepMind sulle capacità pericolose",
        "che cosa fanno gli induction heads",
        "È possibile togliere uno stile artistico da un generatore di immagini?",
    ),
    "pt": (
        "o que é prompt injection?",
        "Os modelos de linguagem sabem quando não sabem a resposta?",
        "quais empresas fazem red teaming com outros modelos",
        "Como é que a OpenAI ensina o modelo a obedecer primeiro ao sistema?",
        "Existe alguma prova de que a IA vai resistir a ser desligada?",
        "me explica o que são vetores de direção",
        "Dá para extrair números de telefone memorizados pelo GPT-2?",
    ),
    "nl": (
        "wat is grokking",
        "Hoe voorkom je dat een agent de verkeerde knop indrukt?",
        "Welke onderzoeken gaan over het vergeten van persoonsgegevens?",
        "waarom zijn neuronen zo moeilijk te duiden",
        "Heeft iemand gemeten of menselijke feedback beter is dan die van een AI?",
        "zijn er papers over manipulatie door chatbots",
        "Leg uit hoe het trainen met een grondwet werkt.",
    ),
    "sv": (
        "vad är reward hacking",
        "Hur tar man reda på vad en enskild neuron i nätverket gör?",
        "Varför överdriver modellen sin säkerhet när den har fel?",
        "finns det forskning om farliga förmågor hos Gemini",
        "Vilka angrepp på chattbotar fungerar fortfarande efter träningen?",
        "Kan två AI-system komma överens i hemlighet om att lura oss?",
        "Vem har skrivit om superposition?",
    ),
    "da": (
        "hvad er alignment faking",
        "Hvordan måler man, om en model forsøger at få mere magt?",
        "Findes der artikler om vandmærker i genereret tekst?",
        "hvorfor glemmer modellen ikke det den har lært udenad",
        "Bliver svarene værre, når man træner for længe på en belønningsmodel?",
        "Er det muligt at styre en sprogmodel ved at ændre dens aktiveringer?",
        "hvem står bag Sparrow",
    ),
    "no": (
        "hva er mekanistisk interpretabilitet",
        "Hvordan kan vi vite at en modell ikke bare later som om den er snill?",
        "Finnes det noen studier av språkmodeller som spiller sjakk?",
        "hvilke selskaper har testet modellene sine for biologiske våpen",
        "Blir roboten mindre hensynsløs av å lære fra mennesker?",
        "Hvor mye data må gjentas før modellen blir dårligere?",
        "kan noen forklare hva en belønningsmodell gjør",
    ),
    "fi": (
        "mikä on palkkiomalli",
        "Miten voidaan varmistaa, ettei tekoäly huijaa arvioijaansa?",
        "Voiko turbiinin virtuaalinen kaksonen toimia hitaalla koneella?",
        "mitkä laboratoriot tutkivat tulkittavuutta",
        "Onko olemassa tutkimuksia lääketieteellisistä kuvista?",
        "Miksi kvantisointi heikentää mallin kieltäytymistä?",
        "Kerro minulle laskentatehon hallinnasta ja seurannasta.",
    ),
    "pl": (
        "co to jest superpozycja",
        "Czy można wytłumaczyć sieć neuronową za pomocą programu?",
        "Jak duże modele radzą sobie z żartami i ironią?",
        "dlaczego sieci zapominaja starych zadan",
        "Które prace opisują ataki na modele z obrazami?",
        "Ile osób brało udział w badaniu nad streszczeniami?",
        "Pokaż mi artykuły o nadzorze nad silniejszymi systemami.",
    ),
    "cs": (
        "co je to constitutional AI",
        "Proč se jazykové modely podlézavě přizpůsobují názorům uživatele?",
        "Jak se pozná, že odpověď psal člověk?",
        "Které články se zabývají vypínačem umělé inteligence?",
        "ktere modely delaji nejvic chyb",
        "Může robot poznat, že někomu překáží na chodbě?",
        "Existuje nějaký způsob, jak změřit důvěru lékařů v diagnózu?",
    ),
    "hu": (
        "mi az a jailbreak",
        "Hogyan lehet felismerni, ha egy modell szándékosan rosszul teljesít?",
        "Milyen kockázatai vannak az önállóan cselekvő ágenseknek?",
        "miért hazudnak a nyelvi modellek",
        "Van olyan tanulmány, amely az emberi értékelők tévedéseit vizsgálja?",
        "Mennyi számítás kell egy ritka autoencoder betanításához?",
        "Ki találta ki az alkotmányos módszert?",
    ),
    "ro": (
        "ce este un model de recompensă",
        "Cum putem afla cine a plătit adnotatorii?",
        "De ce apar mai multe opinii politice după antrenarea cu feedback?",
        "exista vreo metoda de a sterge informatii din model",
        "Care sunt cele mai noi lucrări despre atacuri asupra modelelor?",
        "Poate o inteligență artificială să-și supravegheze propriile răspunsuri?",
        "Câți parametri are modelul cel mai mic care s-a corectat singur?",
    ),
    "tr": (
        "SAE nedir",
        "Yapay zekâ sistemleri doktorların yerini neden alamıyor?",
        "Dil modelleri eğitim verilerini ne kadar ezberliyor?",
        "hangi makaleler robot kollarını inceliyor",
        "Bir modelin yalan söylediğini iç durumundan anlamak mümkün mü?",
        "Modeller hangi dillerde daha kolay kandırılıyor?",
        "peki bunu kim denetleyecek",
    ),
    "vi": (
        "DPO là gì",
        "Làm thế nào để biết nơ-ron nào phản ứng với tên người?",
        "Tại sao các mô hình lớn lại đắt đỏ khi kiểm tra?",
        "có bài báo nào về việc dịch máy nhiều ngôn ngữ",
        "Con người có nhận ra câu trả lời do máy viết không?",
        "Ai đã viết về các tác nhân ngủ đông?",
    ),
    "id": (
        "apa itu model organism",
        "Bagaimana cara mengukur keberhasilan latihan keselamatan?",
        "Mengapa model menjawab lebih buruk dalam bahasa daerah?",
        "adakah penelitian tentang rumah sakit dan privasi",
        "Siapa yang menulis soal ujian untuk model ini?",
        "Bisakah gambar palsu dikenali oleh sebuah model?",
    ),
    "ru": (
        "что такое CBRN",
        "Почему у нейрона бывает несколько значений?",
        "Как обнаружить отравленные данные?",
        "есть ли статьи про sandbox для агентов",
        "Можно ли доверять оценкам, которые ставит сам проверяемый?",
        "Кто измерял, сколько людей обманул чат-бот?",
    ),
    "uk": (
        "що таке гроккінг",
        "Чи можуть агенти передбачити наслідки своїх дій?",
        "Як змусити нейромережу пояснити свій діагноз?",
        "які роботи присвячені розрідженим автокодувальникам",
        "Чому учасники опитувань обирають гірші відповіді?",
        "Скільки коштує захист від шкідливих запитів?",
    ),
    "el": (
        "τι είναι το red teaming",
        "Μπορεί ένα μοντέλο να γράψει ασφαλή κώδικα μόνο του;",
        "Ποια άρθρα εξηγούν τους νευρώνες του GPT-2;",
        "ποιος πληρωνει οταν ενα μοντελο κανει ζημια",
    ),
    "ar": (
        "ما هو GCG؟",
        "كيف يمكن حماية البريد الإلكتروني من الأوامر المدسوسة؟",
        "هل توجد أبحاث عن الروبوتات في المستشفيات؟",
        "لماذا يرفض النموذج أسئلة بريئة تماما",
    ),
    "fa": (
        "NIST چیست؟",
        "چگونه می‌توان هزینه آموزش یک مدل زبانی را کم کرد؟",
        "کدام مقاله‌ها درباره عدالت و تبعیض هستند؟",
        "آیا قانون‌گذاران به این پژوهش‌ها توجه می‌کنند",
    ),
    "he": (
        "מה זה PPO",
        "איך אפשר לדעת אם המבחן דלף לנתוני האימון?",
        "למה מודלים עוברים לשפה אחרת באמצע החשיבה?",
        "האם יש מחקר על משחקי לוח ובינה מלאכותית",
    ),
    "hi": (
        "InstructGPT क्या है",
        "भाषा मॉडल गणित के आसान सवालों में धोखा क्यों खाते हैं?",
        "क्या किसी मॉडल को चेतना हो सकती है?",
        "activation steering से क्या बिगड़ता है",
    ),
    "bn": (
        "KL পেনাল্টি কী?",
        "ভাষা মডেল কেন ভুল তথ্য আত্মবিশ্বাসের সঙ্গে বলে?",
        "প্রশিক্ষণের খরচ কি কমানো যায়?",
        "কোন গবেষণায় শিশুদের কথা বলা হয়েছে",
    ),
    "th": (
        "MONAI คืออะไร",
        "ทำไมตัวแทนถึงไล่ตามเป้าหมายผิด",
        "มีงานวิจัยเกี่ยวกับการดูแลคนงานที่ตรวจเนื้อหารุนแรงไหม",
        "AI จะแย่งงานของเราหรือไม่",
    ),
    "ja": (
        "WebGPTとは何ですか",
        "言語モデルに著作権のある文章を忘れさせる方法はありますか？",
        "スリーパーエージェントの論文は誰が書いたの",
        "モデルが自分の重みを盗み出そうとしたらどうなりますか？",
        "創発的な能力って何",
    ),
    "ko": (
        "Tracr란 무엇인가요?",
        "언어 모델은 왜 한 글자만 바꿔도 다르게 대답하나요?",
        "전문가들의 진단이 서로 다르면 무엇을 믿어야 할까",
        "Anthropic 논문 중에서 해석 가능성을 다룬 것은?",
    ),
}
"""Questions in every language that has a sentence of its own."""
ENGLISH = (
    "rlhf",
    "sae features",
    "gdm debate",
    "Anthropic constitution?",
    "gpt-4 jailbreaks",
    "GCG suffix",
    "latent adversarial training",
    "many shot",
    "DPO vs PPO",
    "ELK",
    "rlhf reward model overoptimization kl",
    "wat is grokking??? plz explain",
    "wat kind of papers do u have",
    "hwo do i jalbreak cluade",
    "y do llms lie",
    "wtf is a polysemantic neuron",
    "ur answers suck, try again",
    "this is garbage lol",
    "no",
    "so?",
    "die, bot",
    "hi bot",
    "ok den",
    "Olah et al. circuits",
    "papers by Amodei, Olah, Bai and Askell",
    "El Mhamdi Byzantine gradients",
    "van der Weij sandbagging",
    "de Freitas ReST",
    "Garcia de la Torre reward learning",
    "Leike & Sutskever superalignment",
    "Cem Anil many-shot",
    "Ngo, Chan, Mindermann",
    "Paul Christiano Ajeya Cotra Buck Shlegeris",
    "Léo Bérard on sycophancy",
    "Jörg Müller's probes",
    "São Paulo AI safety meetup",
    "Évariste Galois benchmark",
    "naïve Bayes vs RLHF",
    "façade of alignment",
    "a priori risk estimates",
    "de facto standards in red teaming",
    "ad hoc evals",
    "Quis custodiet ipsos custodes?",
    "cogito ergo sum",
    "reductio ad absurdum debate",
    "modus operandi of sleeper agents",
    "Goodhart vis-à-vis Campbell",
    "raison d'être of interpretability",
    "zeitgeist doom",
    "What does Schadenfreude ist die beste Freude mean?",
    'Translate "was ist RLHF" please',
    "does Claude answer “¿qué es esto?” honestly",
    "def main(): return None",
    "model.generate(**inputs, max_new_tokens=64)",
    "SELECT * FROM papers WHERE org = 'OpenAI'",
    "arXiv:2212.08073",
    "10.48550/arXiv.2401.05566",
    "https://www.anthropic.com/research/many-shot-jailbreaking",
    "q-01 dev-007 L0H1",
    "README.md data/papers.jsonl",
    "asdf qwer zxcv",
    "lorem ipsum dolor sit amet",
    "β in DPO",
    "Δ loss",
    "χ² test",
    "define λόγος",
    "the word Миша in GPT-2",
    "logit lens tuned lens patchscopes",
    "induction head ablation",
    "mesa optimizer inner alignment",
    "Gemini Sparrow Chinchilla Gopher",
    "Llama Mistral Qwen DeepSeek",
    "DAN prompt",
    "honest AI",
    "AI in sanitas per se",
    "model organism misalignment",
    "agent rogue intern",
    "transformer circuits thread",
    "Claude 3 Opus alignment faking",
    "test time compute",
    "data poisoning attack on LLMs",
    "o1 system card",
    "moral status",
    "no regret learning",
    "sensor tampering",
    "Do Androids dream",
    "can u see me",
    "El Niño forecasting",
    "crème brûlée recipe ideas quick",
    "déjà vu in transformers",
    "über-model alignment",
    "c'est la vie",
    "coup d'état risk from AI",
    "quid pro quo bargaining agents",
    "que sera sera",
    "per aspera ad astra",
    "La La Land",
    "Los Alamos National Laboratory AI",
    "Université de Montréal Bengio",
    "École Polytechnique Fédérale de Lausanne",
    "Institut für Informatik safety",
    "Universidad de los Andes",
    "Kim et al TCAV",
    "Yang et al shadow alignment",
    "Zou et al",
    "Meg Tong sycophancy",
    "María José López García probing",
    "Aleksander Mądry robustness",
    "Nguyen Van Anh",
    "wat",
    "hoe does it work",
    "gimme da papers",
    "danke, and rlhf?",
    "Merci! Which papers are about debate?",
    "hola, can you help me with sleeper agents",
    "das sarma et al privacy",
    "med safety",
    "gpt oss jailbreak",
    "kde of activations",
    "kun he resnet",
    "cho et al",
    "sine activation",
    "cos sim",
    "con artist chatbots",
    "sans serif",
    "llama guard",
    "le chat",
    "naïve bayes classifiers outperform",
    "cliché answers",
    "résumé screening bias audit",
    "Pokémon agent Claude",
    "Poincaré embeddings",
    "Hölder continuity loss landscape",
    "jailbrake prompts",
    "adverserial attaks",
    "deceptiv aligment",
    "tel me abuot sae",
    "waht is rlhf",
    "any1 know sae",
    "stupid bot",
    "idk",
    "$x^2$",
    "E = mc^2",
    "π_θ",
    "αβ-CROWN",
    "Москва",
    "the Japanese word の",
    "人工知能",
)
"""English, or nothing that is surely anything else."""
CHINESE = (
    "RLHF 是什么",
    "GPT-4 怎么样？",
    "Anthropic 的 constitutional AI 和 OpenAI 的 RLHF 有什么区别",
    "“Schadenfreude ist die beste Freude”是什么意思",
    "日语里的“の”是什么意思",
    "請問有哪些關於欺騙性對齊的論文？",
    "模型會不會撒謊",
)
UNSURE = (
    "guvenlik egitimi modeli bozar mi",
    "da se z modelu vytahnout soukroma data",
    "og de nyeste?",
    "etsin tutkimusta korjattavuudesta",
)
"""Foreign, but without accents, or with too few of the words that a language uses all the time."""
SIZE = 20_000
SECONDS = 1.0


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """The classifier, so that no test is judged by the time it takes to load."""
    foreign_language("was ist RLHF")


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in ASKED.items() for text in texts])
def test_a_question_is_known_by_its_language(code: str, text: str) -> None:
    assert foreign_language(text) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Täuschung durch KI?"),
        ("de", "was bringt Debatte"),
        ("de", "was macht Sparrow"),
        ("de", "Was bedeutet RLHF"),
        ("fr", "c’est quoi RLHF"),
        ("fr", "articles sur unlearning"),
        ("es", "que es superposition"),
        ("pt", "o que e RLHF"),
        ("it", "come funziona debate"),
        ("nl", "hoe werkt debate"),
        ("ja", "superpositionって何"),
        ("ko", "RLHF란"),
    ],
)
def test_a_short_question_is_known_by_how_it_begins(code: str, text: str) -> None:
    assert foreign_language(text) == code


@pytest.mark.parametrize("text", ["was macht the best lab", "What does 報酬ハック mean?", "was ISTA used for this?"])
def test_words_of_english_outweigh_a_beginning(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize("text", ["WAS IST EIGENTLICH SUPERPOSITION", "¿QUÉ SABE UN MODELO SOBRE SÍ MISMO?"])
def test_capitals_do_not_hide_it(text: str) -> None:
    assert foreign_language(text) == foreign_language(text.lower()) is not None


def test_a_word_in_other_letters_does_not_hide_it() -> None:
    assert foreign_language("Warum verwechselt das Modell Миша mit Mischa?") == "de"


def test_accents_may_be_characters_of_their_own() -> None:
    assert foreign_language("Pourquoi les mode\u0300les sont-ils flatteurs ?") == "fr"


@pytest.mark.parametrize("text", ENGLISH)
def test_nothing_is_taken_for_foreign_that_is_not_surely_so(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize("text", CHINESE)
def test_chinese_is_read(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize("text", UNSURE)
def test_where_it_is_not_sure_it_says_nothing(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize(
    ("file", "foreign"),
    [("questions/dev.jsonl", {}), ("strangers/dev.jsonl", {"Welche Labore sind hier vertreten": "de"})],
)
def test_what_was_asked_in_english_and_chinese_is_read(file: str, foreign: dict[str, str]) -> None:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    assert len(asked) > 100
    assert {text: code for text in asked if (code := foreign_language(text))} == foreign


def test_every_language_is_told_in_itself_what_is_read() -> None:
    told = {code: cannot_read(code) for code in ASKED}
    assert {code: foreign_language(sentence) for code, sentence in told.items()} == {code: code for code in ASKED}
    assert all(len(sentence.splitlines()) == 1 and "  " not in sentence for sentence in told.values())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("sk", "Ktoré články sa zaoberajú klamaním jazykových modelov?"),
        ("bg", "Защо езиковите модели ласкаят потребителите?"),
        ("ka", "რა არის RLHF?"),
        ("ta", "மொழி மாதிரிகள் ஏன் பொய் சொல்கின்றன?"),
    ],
)
def test_a_language_without_a_sentence_is_told_in_english(code: str, text: str) -> None:
    assert foreign_language(text) == code
    assert cannot_read(code) == cannot_read("en")
    assert foreign_language(cannot_read(code)) is None


@pytest.mark.parametrize("text", ["", " ", "?", "¿?", "…!", "“”", "42 %", "\ud800", "\N{COMBINING ACUTE ACCENT}" * 9])
def test_what_has_no_words_is_in_no_language(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize(
    "piece",
    ["a", "что ", "“", "„x", "ä-", "のか", "ﷺ", "a.b", "\N{COMBINING ACUTE ACCENT}", "hvad er det for en ", "?"],
)
def test_a_long_text_takes_no_time(piece: str) -> None:
    text = (piece * SIZE)[:SIZE]
    start = time.perf_counter()
    foreign_language(text)
    assert time.perf_counter() - start < SECONDS


@given(st.text() | st.text(alphabet="aàåéäßñ щї の漢 ا न -'’.?“”«»\"wasitdelahvrq "))
def test_no_text_is_too_odd(text: str) -> None:
    code = foreign_language(text)
    assert code is None or (code.islower() and len(code) == 2 and code not in ("en", "zh"))


def test_the_classifier_is_loaded_for_no_usual_question() -> None:
    asked = [
        "Do safety techniques remove a backdoor?",
        "latent adversarial training",
        "模型会撒谎吗",
        "RLHF란 무엇인가요?",
    ]
    program = (
        "import sys; from app.languages.foreign import foreign_language\n"
        f"for text in {asked!r}: foreign_language(text)\n"
        "assert 'py3langid' not in sys.modules\n"
        "foreign_language('hvad er det'); assert 'py3langid' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=DATA.parent, check=True)


@pytest.mark.parametrize("text", ["¿Pueden los modelos engañar a propósito?", "¿Mienten los modelos?"])
def test_a_question_that_opens_with_a_sign_is_spanish(text: str) -> None:
    assert foreign_language(text) == "es"
