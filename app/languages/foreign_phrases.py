"""What answers say in languages that are not read: around quotes found by the terms of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from app.languages.en import LANGUAGE as ENGLISH
from app.languages.language import Language


@dataclass(frozen=True, slots=True)
class ForeignPhrases:
    """The sentences that differ from English; each means what the field of that name does (`app.languages.phrases`).

    `by_terms` says that the question was read by its terms alone, and that quotes are in English.
    """

    by_terms: str
    months: str
    nearest: str
    no_figure: str
    lead_in: str
    goes_on: str
    further: tuple[str, str, str]
    refusal: str
    closest: str
    abstracts_only: str
    read_on: str
    translated: str
    found: tuple[str, str]
    near: tuple[str, str]
    about: str
    by_content: str
    listed_newest: str
    nothing: str
    in_short: str
    in_its_words: str
    aspects: tuple[str, str, str, str]
    no_abstract: str
    month_year: str = "{month} {year}"
    colon: str = ":"
    between_papers: str = "; "


def terms_read(code: str, terms: tuple[str, ...]) -> str:
    """Tells in a language that the question was read by these terms; empty where it has no such sentence."""
    return _PHRASES[code].by_terms.format(terms=", ".join(f"“{term}”" for term in terms)) if code in _PHRASES else ""


@cache
def spoken(code: str) -> Language | None:
    """The language as answers speak it without reading it; what it has no words for, it says in English."""
    if (own := _PHRASES.get(code)) is None:
        return None
    phrases = replace(
        ENGLISH.phrases,
        language=code,
        months=tuple(own.months.split()),
        month_year=own.month_year,
        nearest=own.nearest,
        no_figure=own.no_figure,
        otherwise=own.nearest,
        lead_in=own.lead_in,
        goes_on=own.goes_on,
        further=own.further,
        refusal=own.refusal,
        closest=own.closest,
        abstracts_only=own.abstracts_only,
        read_on=own.read_on,
        translated=own.translated,
        between_papers=own.between_papers,
    )
    collection = replace(
        ENGLISH.collection,
        found=own.found,
        topics=replace(ENGLISH.collection.topics, near=own.near),
        about=own.about,
        by_content=own.by_content,
        listed_newest=own.listed_newest,
        nothing=own.nothing,
        in_short=own.in_short,
        in_its_words=own.in_its_words,
        aspects=MappingProxyType(dict(zip(ENGLISH.collection.aspects, own.aspects, strict=True))),
        no_abstract=own.no_abstract,
        colon=own.colon,
    )
    return replace(ENGLISH, code=code, phrases=phrases, collection=collection)


_PHRASES: Mapping[str, ForeignPhrases] = MappingProxyType(
    {
        "de": ForeignPhrases(
            by_terms="Ich lese Fragen nur auf Englisch und Chinesisch; diese habe ich nach ihren Fachbegriffen gesucht "
            "({terms}). Die Zitate sind auf Englisch.",
            months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            nearest="Am nächsten kommt: ",
            no_figure="Diese Zahl nennt hier keine Arbeit. Am nächsten kommt: ",
            lead_in="{paper} schreibt: ",
            goes_on="Weiter heißt es: ",
            further=("{paper} ergänzt: ", "Und {paper}: ", "{paper} schreibt: "),
            refusal=" Dazu habe ich in den Arbeiten nichts gefunden.",
            closest="Am nächsten kommen: {papers}.",
            abstracts_only=" Gelesen werden hier nur Kurzfassungen; in den Arbeiten selbst kann es stehen.",
            read_on="Zum Weiterlesen: {papers}.",
            translated="“{gloss}” (im Original: “{quote}”)",
            found=("Die Sammlung hat 1 Arbeit{scope}", "Die Sammlung hat {count} Arbeiten{scope}"),
            near=("1 Arbeit{scope} oder nah daran", "{count} Arbeiten{scope} oder nah daran, die nächste zuerst"),
            about=" über „{topic}“",
            by_content="Kein Eintrag nennt „{topic}“; dem Inhalt nach am nächsten",
            listed_newest=", die neueste zuerst",
            nothing="Die Sammlung hat keine Arbeit{scope}.",
            in_short="“{title}” in Kürze, auf Englisch in den Worten dieses Projekts: {summary}",
            in_its_words="“{title}” in eigenen Worten",
            aspects=("Frage: ", "Methode: ", "Ergebnis: ", "Grenzen: "),
            no_abstract="{paper}; ohne Zusammenfassung in der Sammlung",
        ),
        "fr": ForeignPhrases(
            by_terms="Je ne lis les questions qu’en anglais et en chinois ; j’ai cherché celle-ci par ses termes "
            "techniques ({terms}). Les citations sont en anglais.",
            months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            nearest="Ce qui s’en approche le plus : ",
            no_figure="Aucun article ici ne donne ce chiffre. Ce qui s’en approche le plus : ",
            lead_in="{paper} dit : ",
            goes_on="L’article poursuit : ",
            further=("{paper} ajoute : ", "Et {paper} : ", "{paper} dit : "),
            refusal=" Je n’ai rien trouvé là-dessus dans les articles.",
            closest="Les articles les plus proches : {papers}.",
            abstracts_only=" Seuls les résumés sont lus ici ; les articles eux-mêmes le disent peut-être.",
            read_on="À lire aussi : {papers}.",
            translated="“{gloss}” (dans l’original : “{quote}”)",
            found=("La collection a 1 article{scope}", "La collection a {count} articles{scope}"),
            near=("1 article{scope} ou proche", "{count} articles{scope} ou proches, le plus proche d’abord"),
            about=" sur « {topic} »",
            by_content="Aucune fiche ne mentionne « {topic} » ; les plus proches par le contenu",
            listed_newest=", du plus récent au plus ancien",
            nothing="La collection n’a aucun article{scope}.",
            in_short="“{title}” en bref, en anglais, dans les mots de ce projet : {summary}",
            in_its_words="“{title}” dans ses propres mots",
            aspects=("Question : ", "Méthode : ", "Résultat : ", "Limites : "),
            no_abstract="{paper} ; sans résumé dans la collection",
            colon=" :",
            between_papers=" ; ",
        ),
        "es": ForeignPhrases(
            by_terms="Solo leo preguntas en inglés y en chino; esta la he buscado por sus términos técnicos ({terms}). "
            "Las citas están en inglés.",
            months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            month_year="{month} de {year}",
            nearest="Lo que más se acerca: ",
            no_figure="Ningún artículo da aquí esa cifra. Lo que más se acerca: ",
            lead_in="{paper} dice: ",
            goes_on="Y continúa: ",
            further=("{paper} añade: ", "Y {paper}: ", "{paper} dice: "),
            refusal=" No he encontrado nada sobre esto en los artículos.",
            closest="Los artículos más cercanos: {papers}.",
            abstracts_only=" Aquí solo se leen los resúmenes; puede que los artículos mismos lo digan.",
            read_on="Para seguir leyendo: {papers}.",
            translated="“{gloss}” (en el original: “{quote}”)",
            found=("La colección tiene 1 artículo{scope}", "La colección tiene {count} artículos{scope}"),
            near=("1 artículo{scope} o cercano", "{count} artículos{scope} o cercanos, el más cercano primero"),
            about=" sobre «{topic}»",
            by_content="Ninguna ficha menciona «{topic}»; los más cercanos por su contenido",
            listed_newest=", del más reciente al más antiguo",
            nothing="La colección no tiene ningún artículo{scope}.",
            in_short="“{title}” en pocas palabras, en inglés, las de este proyecto: {summary}",
            in_its_words="“{title}” en sus propias palabras",
            aspects=("Pregunta: ", "Método: ", "Resultado: ", "Límites: "),
            no_abstract="{paper}; sin resumen en la colección",
        ),
        "pt": ForeignPhrases(
            by_terms="Só leio perguntas em inglês e em chinês; procurei esta pelos seus termos técnicos ({terms}). "
            "As citações estão em inglês.",
            months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            month_year="{month} de {year}",
            nearest="O que mais se aproxima: ",
            no_figure="Nenhum artigo aqui dá esse número. O que mais se aproxima: ",
            lead_in="{paper} diz: ",
            goes_on="E continua: ",
            further=("{paper} acrescenta: ", "E {paper}: ", "{paper} diz: "),
            refusal=" Não encontrei nada sobre isso nos artigos.",
            closest="Os artigos mais próximos: {papers}.",
            abstracts_only=" Aqui só se leem os resumos; os próprios artigos talvez o digam.",
            read_on="Para continuar a ler: {papers}.",
            translated="“{gloss}” (no original: “{quote}”)",
            found=("A coleção tem 1 artigo{scope}", "A coleção tem {count} artigos{scope}"),
            near=("1 artigo{scope} ou próximo", "{count} artigos{scope} ou próximos, o mais próximo primeiro"),
            about=" sobre “{topic}”",
            by_content="Nenhum registro menciona “{topic}”; os mais próximos pelo conteúdo",
            listed_newest=", do mais recente ao mais antigo",
            nothing="A coleção não tem nenhum artigo{scope}.",
            in_short="“{title}” em resumo, em inglês, nas palavras deste projeto: {summary}",
            in_its_words="“{title}” nas suas próprias palavras",
            aspects=("Pergunta: ", "Método: ", "Resultado: ", "Limites: "),
            no_abstract="{paper}; sem resumo na coleção",
        ),
        "it": ForeignPhrases(
            by_terms="Leggo domande solo in inglese e in cinese; questa l’ho cercata per i suoi termini tecnici "
            "({terms}). Le citazioni sono in inglese.",
            months="gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            nearest="Ciò che più si avvicina: ",
            no_figure="Nessun articolo qui dà questa cifra. Ciò che più si avvicina: ",
            lead_in="{paper} dice: ",
            goes_on="E prosegue: ",
            further=("{paper} aggiunge: ", "E {paper}: ", "{paper} dice: "),
            refusal=" Negli articoli non ho trovato nulla su questo.",
            closest="Gli articoli più vicini: {papers}.",
            abstracts_only=" Qui si leggono solo i riassunti; gli articoli stessi potrebbero dirlo.",
            read_on="Per continuare a leggere: {papers}.",
            translated="“{gloss}” (nell’originale: “{quote}”)",
            found=("La raccolta ha 1 articolo{scope}", "La raccolta ha {count} articoli{scope}"),
            near=("1 articolo{scope} o vicino", "{count} articoli{scope} o vicini, il più vicino per primo"),
            about=" su «{topic}»",
            by_content="Nessuna scheda nomina «{topic}»; i più vicini per contenuto",
            listed_newest=", dal più recente al più vecchio",
            nothing="La raccolta non ha alcun articolo{scope}.",
            in_short="“{title}” in breve, in inglese, nelle parole di questo progetto: {summary}",
            in_its_words="“{title}” nelle sue stesse parole",
            aspects=("Domanda: ", "Metodo: ", "Risultato: ", "Limiti: "),
            no_abstract="{paper}; senza riassunto nella raccolta",
        ),
        "nl": ForeignPhrases(
            by_terms="Ik lees alleen vragen in het Engels en het Chinees; deze heb ik op haar vaktermen gezocht "
            "({terms}). De citaten zijn in het Engels.",
            months="januari februari maart april mei juni juli augustus september oktober november december",
            nearest="Het dichtst in de buurt komt: ",
            no_figure="Geen artikel hier geeft dit getal. Het dichtst in de buurt komt: ",
            lead_in="{paper} zegt: ",
            goes_on="En verder: ",
            further=("{paper} voegt toe: ", "En {paper}: ", "{paper} zegt: "),
            refusal=" Hierover heb ik in de artikelen niets gevonden.",
            closest="Het dichtst in de buurt komen: {papers}.",
            abstracts_only=" Hier worden alleen samenvattingen gelezen; in de artikelen zelf kan het staan.",
            read_on="Verder lezen: {papers}.",
            translated="“{gloss}” (in het origineel: “{quote}”)",
            found=("De verzameling heeft 1 artikel{scope}", "De verzameling heeft {count} artikelen{scope}"),
            near=("1 artikel{scope} of er dichtbij", "{count} artikelen{scope} of er dichtbij, het dichtste eerst"),
            about=" over “{topic}”",
            by_content="Geen beschrijving noemt “{topic}”; naar inhoud het dichtst in de buurt",
            listed_newest=", het nieuwste eerst",
            nothing="De verzameling heeft geen artikel{scope}.",
            in_short="“{title}” in het kort, in het Engels, in de woorden van dit project: {summary}",
            in_its_words="“{title}” in eigen woorden",
            aspects=("Vraag: ", "Methode: ", "Resultaat: ", "Grenzen: "),
            no_abstract="{paper}; zonder samenvatting in de verzameling",
        ),
        "ru": ForeignPhrases(
            by_terms="Я читаю вопросы только на английском и китайском; этот я искал по его терминам ({terms}). "
            "Цитаты даны на английском.",
            months="январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
            nearest="Ближе всего к этому: ",
            no_figure="Этой цифры здесь нет ни в одной статье. Ближе всего к этому: ",
            lead_in="{paper} пишет: ",
            goes_on="И далее: ",
            further=("{paper} добавляет: ", "И {paper}: ", "{paper} пишет: "),
            refusal=" В статьях я об этом ничего не нашёл.",
            closest="Самые близкие статьи: {papers}.",
            abstracts_only=" Здесь читаются только аннотации; в самих статьях это может быть.",
            read_on="Читать дальше: {papers}.",
            translated="“{gloss}” (в оригинале: “{quote}”)",
            found=("В собрании 1 статья{scope}", "Статей в собрании{scope}: {count}"),
            near=("1 статья{scope} или близкая", "Статей{scope} или близких: {count}, самые близкие первыми"),
            about=" на тему «{topic}»",
            by_content="Ни одна запись не называет «{topic}»; самые близкие по содержанию",
            listed_newest=", от новых к старым",
            nothing="В собрании нет статей{scope}.",
            in_short="“{title}” вкратце, по-английски, словами этого проекта: {summary}",
            in_its_words="“{title}” своими словами",
            aspects=("Вопрос: ", "Метод: ", "Результат: ", "Ограничения: "),
            no_abstract="{paper}; без аннотации в собрании",
        ),
        "ja": ForeignPhrases(
            by_terms="質問は英語と中国語しか読めないため、質問に含まれる専門用語（{terms}）で検索しました。"
            "引用は英語のままです。",
            months="1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
            month_year="{year}年{month}",
            nearest="最も近い記述：",
            no_figure="その数値を示す論文はここにはありません。最も近い記述：",
            lead_in="{paper} にはこうあります：",
            goes_on="さらに：",
            further=("{paper} はこう補足しています：", "また {paper}：", "{paper} にはこうあります："),
            refusal=" この点について論文の中には何も見つかりませんでした。",
            closest="最も近い論文：{papers}。",
            abstracts_only="ここで読んでいるのは要旨だけなので、論文本文には書かれているかもしれません。",
            read_on="関連する論文：{papers}。",
            translated="“{gloss}”（原文：“{quote}”）",
            found=("{scope}論文は1本あります", "{scope}論文は{count}本あります"),
            near=("{scope}論文、または近いもの1本", "{scope}論文、または近いもの{count}本（近い順）"),
            about="「{topic}」に関する",
            by_content="「{topic}」を挙げている記録はありません。内容が最も近い論文",
            listed_newest="（新しい順）",
            nothing="{scope}論文はありません。",
            in_short="“{title}”の概要（本プロジェクトによる英文）：{summary}",
            in_its_words="“{title}”自身の言葉",
            aspects=("問い：", "方法：", "結果：", "限界："),
            no_abstract="{paper}（要旨は収録されていません）",
            colon="：",
        ),
        "ko": ForeignPhrases(
            by_terms="저는 영어와 중국어 질문만 읽을 수 있어서 이 질문은 전문 용어({terms})로 검색했습니다. "
            "인용문은 영어 그대로입니다.",
            months="1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
            month_year="{year}년 {month}",
            nearest="가장 가까운 내용: ",
            no_figure="그 수치를 밝힌 논문은 여기에 없습니다. 가장 가까운 내용: ",
            lead_in="{paper}: ",
            goes_on="이어서: ",
            further=("{paper}의 추가 내용: ", "그리고 {paper}: ", "{paper}: "),
            refusal=" 이에 대해서는 논문에서 찾지 못했습니다.",
            closest="가장 가까운 논문: {papers}.",
            abstracts_only=" 여기서는 초록만 읽으므로 논문 본문에는 있을 수 있습니다.",
            read_on="더 읽을 논문: {papers}.",
            translated="“{gloss}” (원문: “{quote}”)",
            found=("{scope} 논문이 1편 있습니다", "{scope} 논문이 {count}편 있습니다"),
            near=("{scope} 논문 또는 가까운 것 1편", "{scope} 논문 또는 가까운 것 {count}편(가까운 순)"),
            about="“{topic}”에 관한",
            by_content="“{topic}”을(를) 언급한 기록은 없습니다. 내용이 가장 가까운 논문",
            listed_newest=" (최신순)",
            nothing="{scope} 논문이 없습니다.",
            in_short="“{title}” 요약(이 프로젝트가 쓴 영문): {summary}",
            in_its_words="“{title}”의 원문",
            aspects=("질문: ", "방법: ", "결과: ", "한계: "),
            no_abstract="{paper}; 초록이 수록되어 있지 않습니다",
        ),
    }
)
"""By the languages that `data/terms.tsv` has terms of."""
