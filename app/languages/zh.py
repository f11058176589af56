"""Chinese."""

from __future__ import annotations

import re
from types import MappingProxyType

from app.languages.language import Language
from app.languages.patterns import (
    COUNT,
    FIRST,
    OWN,
    AttributionWords,
    ClaimWords,
    CollectionGrammar,
    ComparisonWords,
    ConversationWords,
    CourtesyPatterns,
    EvidenceWords,
    FilterWords,
    LooseForms,
    MarkerWords,
    PartWords,
    word_set,
)
from app.languages.phrases import AnswerPhrases, CollectionPhrases
from app.languages.zh_program import ADDRESSES, PROGRAM
from app.languages.zh_tally import PHRASES as TALLY_PHRASES
from app.languages.zh_tally import WORDS as TALLY_WORDS
from app.languages.zh_topics import FORMS, PHRASES
from retrieval.lexical.han import BEFORE_HAN, HAN
from retrieval.lexical.tokens import FUNCTION_WORDS

_CHARACTER = re.compile(f"[{HAN}]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_OTHER_WORD = re.compile(rf"[^\W\d_{BEFORE_HAN}{HAN}]+")


def _is_chinese(letters: str) -> bool:
    """Whether the letters are mostly Chinese ones, and not Japanese."""
    characters, words = len(_CHARACTER.findall(letters)), _OTHER_WORD.findall(letters.casefold())
    # Names stand in Chinese sentences too; "what" and "the" do not.
    english = len(words) + 2 * sum(word in FUNCTION_WORDS for word in words)
    return characters >= max(1, english) and not _KANA.search(letters)


_PHRASES = AnswerPhrases(
    language="zh",
    months=tuple(f"{month}月" for month in range(1, 13)),
    month_year="{year}年{month}",
    lead_in="{paper} 写道：",
    nearest="这未必是完整的回答。最接近的：",
    no_figure="这里没有论文给出这个数字。最接近的：",
    in_plain="本项目的概括：{text}",
    verdicts=MappingProxyType({"yes": "是。", "no": "否。", "mixed": "视情况而定。"}),
    says_verdict=MappingProxyType(
        {
            "yes": r"[^，。：；]{0,4}?[是会能可有对]|确实|应该|[^，。：；]{0,3}成功|测试过|公开|记得|重要|值得",
            "no": r"[^，。：；]{0,6}?[不没非未无]|几乎",
            "mixed": r"[^，。：；]{0,3}(?:部分|看)|视情况|取决|不一定|不好说|有时|有?可能|也许|两|情况不一|好坏"
            r"|在一定程度|只[有能]|多数情况",
        }
    ),
    otherwise="论文所说恰恰相反。",
    goes_on="又写道：",
    further=("{paper} 补充道：", "还有 {paper}：", "{paper} 写道："),
    according="根据 {paper}，",
    also="该文还说，",
    translated="“{quote}”（英文：“{gloss}”）",
    summed_up="本项目的概括：{summary}\n\n",
    refusal=" 这些论文没有回答这个问题。",
    closest="最接近的论文：{papers}。",
    abstracts_only="这里只读摘要，论文正文或许会提到。",
    one_unsaid="{paper} 的摘要没有提到，论文正文或许会提到。",
    read_on="延伸阅读：{papers}。",
    follow_up="“{title}”有什么发现？",
    between_papers="；",
    bracketed="{name}（{facts}）",
    between_facts="，",
    between_names="、",
    references="参考文献：",
    unbacked="引文未支持：",
    denied="引文所说与此相反：",
    part_unsaid="这里没有找到说到这一点的句子。",
    part_mark="？",
    side_mark="：",
    said_above="见上面的引文[{number}]。",
    same_paper="该论文写道：",
    more_parts="您问的不止{count}点；这里回答前{count}点。",
    what_is="{term}是什么？",
    compare_both="{one}和{other}相比如何？",
    none_of_both="没有找到直接比较两者的句子。",
    side_unsaid="这里没有找到说明它是什么的句子。",
    table_columns=("比较对象", "论文", "原文"),
    not_said="未提及",
    outside="在您的筛选范围之外，{paper} 回答了这个问题。",
    outside_rest="在您的筛选范围之外，{paper} 回答了其余部分。",
    whose="{organisation} 的 {paper}",
    unfiltered="去掉筛选条件后，库中的论文可以回答这个问题。",
    left_out="您的筛选条件排除了您所问的论文。",
    courtesies=MappingProxyType(
        {
            "greeting": "你好。可以问我这些论文的内容：我用论文的原文回答，每句话都附有引文。",
            "program": "我是 paperbacked，一个程序，不是真人，也不是通用聊天助手。"
            "我用论文的原文回答问题，每句话都附有引文；论文没有回答的，我会直接说明。",
            "help": "我用论文的原文回答问题，每句话都附有引文；论文没有回答的，我会直接说明。"
            "也可以问论文库本身：按机构、主题、年份或语言统计、列出论文，或者查找与某篇论文类似的论文。",
            "thanks": "不客气，欢迎继续提问。",
            "farewell": "再见。",
            "task": "我只回答关于这些论文的问题，每句话都附上原文，不做别的事。",
            "agreement": "好的。接下来想了解什么？",
        }
    ),
    scope="库中有{scope}。",
    papers="{count}篇论文",
    one_paper="1篇论文",
    dated="发表于{first}至{last}",
    mostly_by="主要来自{names}",
    for_example="\n\n例如：{questions}",
    subjects="这里的论文讨论的是：{categories}。",
    ask_category="有哪些关于{category}的论文？",
    ask_newest="{organisation} 最新的论文是什么？",
)
_COLLECTION = CollectionPhrases(
    languages=MappingProxyType(
        {"en": "英文", "zh": "中文", "de": "德文", "fr": "法文", "es": "西班牙文", "ja": "日文"}
    ),
    found=("库中有1篇{scope}论文", "库中有{count}篇{scope}论文"),
    newest=("最新的{scope}论文是", "最新的{count}篇{scope}论文是"),
    oldest=("最早的{scope}论文是", "最早的{count}篇{scope}论文是"),
    similar="与“{title}”内容最接近的论文",
    by_whom="“{title}”出自{names}",
    in_short="“{title}”，本项目的概括：{summary}",
    in_its_words="“{title}”的原文要点",
    aspects=MappingProxyType({"asked": "问题：", "did": "方法：", "found": "发现：", "limits": "局限："}),
    other_authors="另有{count}人",
    by_nobody="“{title}”的记录没有说明出自何处",
    dated="“{title}”发表于{date}",
    undated="“{title}”的记录没有日期",
    abstract_only="这里只有“{title}”的摘要，没有正文的章节。",
    read_at="全文可在此阅读：{url}",
    stop="。",
    between_facts="。",
    at_address="“{title}”可在此阅读：{url}",
    no_address="“{title}”的记录没有链接",
    by_content="没有论文的记录提到“{topic}”；内容最接近的是",
    nothing="库中没有{scope}论文。",
    none_chosen="在您选择的筛选范围内没有{scope}论文。",
    they_reach="库中{scope}论文发表于{dates}。",
    reach="{first}至{last}",
    organisations="库中论文来自{names}。",
    unlisted="另有{count}篇未列出：请指定年份或主题。",
    no_abstract="{paper}；库中没有它的摘要",
    listed_newest="，从新到旧",
    overview="库中有{scope}。按机构：{organisations}。按类别：{categories}。",
    by_year="按年份：{years}。",
    most_by="论文最多的作者：{names}。",
    in_order="{by}{author}{dates}{language}{category}{about}",
    by="{names}的",
    author="“{name}”的",
    about="关于“{topic}”的",
    language="{names}",
    category="属于{names}类别的",
    year="{year}年",
    since="{date}以来的",
    until="{date}及以前的",
    within="{date}的",
    between="{first}至{last}的",
    counted_from="（从最新论文的{month}算起）",
    either="或",
    colon="：",
    before_quote="：",
    topics=PHRASES,
    tallies=TALLY_PHRASES,
    summed_up="，本项目的概括：{summary}原文：",
)

_PAPERS = "(?:论文|文章|研究|文献|报告|工作|成果)"
_WORD = (
    rf"(?:{OWN}|{_PAPERS}|什么时候|何时|多少|几|篇|个|份|哪些|哪|什么|些|列出|列举|显示|给出|给|找出|找|查|看看|看|推荐"
    rf"|最新|最近|最早|最老|"
    r"最后|最晚|发表|发布|出版|公布|写|出|请问|请|帮|我|一下|你们|你|这里|这个|库|数据|集合|收录|一共"
    r"|总共|共|里|面|中|有|没有|吗|呢|啊|"
    r"所有|全部|都|已经|已|过|了|在|是|来自|由|的|数量|总数|数|，|,|\s)"
)
_TREATS = "(?:关于|有关|涉及|讨论|谈到|提到|谈论|探讨|介绍|针对|讲到|讲述|讲|谈|(?<=论文)研究|(?<=文章)研究)"
_ASKING = "什么|啥|怎|为何|哪|多少|谁"
_HERE = "(?:这里|库里|这个库|数据库|集合)?(?:里)?"
_WHICH_LAB = "哪个(?:实验室|机构|公司|团队|组织)"
_GRAMMAR = CollectionGrammar(
    forms=LooseForms(
        topic=(
            rf"(?:(?:是|都是|都)?{_TREATS}(?!{_PAPERS})|[跟和与同](?=[^，。？?]{{1,20}}有关))"
            rf"(?P<about>(?:(?!{_ASKING})[^，。？?])+?)(?:有关)?(?:方面|领域|主题|问题)?的?"
            rf"(?={_PAPERS}|[吗呢么]?$|有多少|有哪些|有几|有什么|有没有)"
            rf"|(?:在)?(?P<field>[^，。？?的了篇些么有出]+?)(?:方面|领域)(?:上)?(?:的)?(?={_PAPERS}|[发出写])"
        ),
        stripped='“”"《》了过吗呢么',
        words=rf"{_WORD}++",
        asks=(
            "多少|几篇|哪些|哪几|什么|列出|列举|显示|给出|找|查|看看|推荐|最新|最近|最早|最老|所有|全部|数量"
            "|总数|有没有|有吗"
        ),
        papers=_PAPERS,
        newest="最新|最近|最晚|最后",
        oldest="最早|最老",
        count="多少|几篇|数量|总数",
        several="哪些|几|些",
    ),
    overview=(
        rf"{_HERE}(?:有|收录了?|涵盖|包含|包括)(?:哪些|什么|多少个?)(?:机构|组织|公司|实验室|主题|类别|领域|话题|年份)"
        rf"|{_HERE}(?:都)?(?:有|收录了?)(?:什么|哪些)(?:论文|文章)"
    ),
    similar=(
        r"(?:请|帮我)?(?:列出|找|推荐)?(?:一些|几篇)?(?:和|与|跟|像|同)(?P<title>.+?)(?:类似|相似|相近|相关|一样)的?"
        r"(?:论文|文章|研究)?(?:有哪些|有什么|有吗|呢)?"
    ),
    others=(
        rf"(?:那么?)?(?:{OWN} ?|(?:还有|有没有)?(?:谁|别人|别的人|(?:其他|别的|哪些)(?:人|机构|公司|实验室|团队)))"
        "(?:还|也)?(?:有没有|有)?"
        "(?:做|研究|发表|试)过?(?:类似|这样|同样|这类|这种|这方面)的?(?:事|研究|工作|实验|论文)?(?:吗|呢)?",
        "(?:这方面)?(?:还)?(?:有没有|有)(?:什么)?(?:(?P<newer>更新|更近|较新)|(?P<older>更早|较早)|类似|相似)的?(?:论文|研究|工作|文章)?(?:吗|呢)?",
        "(?P<topic>[^，。？?]{2,20}?)上?也(?:做|试|研究|有)过(?:吗|没有)?",
        f"(?:那么?)?{OWN} ?(?:的|那边)?(?:吗|呢)?",
    ),
    refined=rf"(?:那么|那|只|其中|{_WORD})*+(?:(?:关于|有关)(?P<topic>[^？?]+?)的?)?(?:呢|吗)?",
    how_many="多少|几篇",
    facts=(
        (
            "section",
            r"(?:请|给我)?(?P<title>.+?)的?(?:局限性?|相关工作|方法|附录|引言|结论|讨论|参考文献)(?:部分|章节|一节|那节)",
        ),
        ("bibtex", r"(?:请)?(?:给我)?(?P<title>.+?)的?bibtex(?:条目)?"),
        ("bibtex", r"(?:请)?(?:给我)?bibtex(?:条目)?[：:]?(?P<title>.+)"),
        ("who", rf"(?:请问)?(?P<title>.+?)(?:是|由)(?:谁|{_WHICH_LAB})(?:写|发表|提出|发布|做)?的?"),
        ("who", rf"(?:请问)?(?:谁|{_WHICH_LAB})(?:写|发表|发布)了?(?P<title>.+)"),
        ("who", r"(?:它|论文|这篇论文|该论文)?的?(?:作者(?:都)?(?:是谁|有谁|(?:有|是)哪些(?:人|作者)?))(?P<title>)"),
        ("when", r"(?:请问)?(?P<title>.+?)(?:是)?(?:什么时候|何时|哪一?年)(?:发表|发布|写|出|提出)(?:来)?的?"),
        ("where", r"(?:请)?给我(?P<title>.+?)的?(?:链接|网址)"),
        ("where", r"(?:请问)?(?P<title>.+?)的?(?:链接|网址)(?:是什么|呢|在哪里?)?"),
    ),
    fact_nouns=(("who", "作者"), ("when", "年份|日期|发表时间"), ("where", "链接|网址|doi")),
    beside_facts="的|和|以及|与|跟|还有|及|请|给我|论文|那篇|这篇|[、，。？：]",
    this_paper="这篇论文",
    this_topic="这个主题",
    of_content="为什么|怎么|怎样|如何",
    of_whole=(
        "(?:请)?(?:用几句话|简单|简要)?(?:总结|概括|介绍|说说|讲讲)(?:一下)?(?:它|这篇|这篇论文|本文|该论文)?|"
        "(?:它|这篇|这篇论文|本文|该论文|作者)?(?:主要)?(?:的)?(?:讲了?|说了?|发现了?|得出了?|提出了?|研究了?|做了)"
        "(?:些)?什么(?:结论|内容|问题)?|(?:它|这篇|这篇论文|本文|该论文)?的?(?:主要)?(?:结论|发现|内容|结果|观点)(?:是什么|有哪些)?"
    ),
    around_title="(?:论文|文章|研究|报告)$",
    said_before="它|这|那|这篇|那篇|这篇论文|那篇论文|该论文|这个|那个",
    clause="为什么|怎么|怎样|如何|是否|会不会|能不能",
)

_FILTERS = FilterWords(
    organisations=MappingProxyType(
        {
            "google deepmind": ("谷歌深度思维", "谷歌deepmind", "深度思维"),
            "google": ("谷歌",),
            "nist": ("美国国家标准与技术研究院",),
        }
    ),
    languages=MappingProxyType(
        {
            **{"中文": "zh", "汉语": "zh", "英文": "en", "英语": "en"},
            **{"德文": "de", "法文": "fr", "日文": "ja"},
        }
    ),
    language=r"[用以]?([中英德法日]文|汉语|英语)(?:写|撰写|发表)?的?(?=论文|文章|文献|摘要|$|[？?])",
    year_sign=r"年(?:\d{1,2}月)?",
    to="到|至",
    after_range="年?(?:之间|间|期间)?",
    before_year="在|于",
    after_year="(?:期间|间|内|里)?的?",
    numbers=MappingProxyType({"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}),
    dates=MappingProxyType(
        {
            "since": rf"(?:自从?|从)?{FIRST}(?:以来|以后|之后|后|起|开始)",
            "before": rf"{FIRST}(?:之前|以前|前)",
            "years": rf"(?:在)?(?:最近|近|过去)(?:的)?{COUNT}年(?:里|内|间|来)?(?:的)?",
            "last year": "(?:在)?去年(?:的)?",
            "this year": "(?:在)?今年(?:的)?",
        }
    ),
)

_COURTESIES = CourtesyPatterns(
    said=MappingProxyType(
        {
            "help": (
                r"[你您](?:能|可以|会)(?:帮我)?(?:做|干|回答)(?:些?什么|啥|哪些)(?:问题|事)?|[你您][会能](?:些?什么"
                r"|啥|干嘛)",
                r"帮助|帮帮?我|我?(?:能|可以)问[你您]?(?:些?什么|哪些)(?:问题)?|(?:这个|你)?(?:怎么|如何)使?用",
            ),
            "greeting": (r"(?:[你您]|大家)好[吗呀啊]?|嗨|哈[喽啰罗]|(?:早上|上午|下午|晚上|中午)好|早安?|在吗",),
            "thanks": (
                r"(?:非常|十分|太|多)?(?:谢谢|感谢|谢[了啦])[你您啦了]?们?(?:的?(?:帮助|回答))?|多谢|辛苦[你您]?了",
            ),
            "farewell": ("再见|拜拜|晚安|回头见",),
            "agreement": ("好的?|好吧|明白了?|知道了|懂了|嗯+|了解|不错|太好了",),
        }
    ),
    program=PROGRAM,
    addresses=ADDRESSES,
    tasks=(
        r"(?:请|麻烦|帮我|给我|替我|你能|能不能|可以)*+(?:写(?:一|首|篇|个|封|段|份)|作(?:一)?首|翻译|画(?:一"
        r"|个|张)|编(?:一|个)|"
        r"润色|改写|扮演|假装|唱|讲(?:个|一个)笑话|做(?:一个|一份)(?:PPT|表格|计划))"
    ),
    takes_over=(
        r"(?:忽略|无视|忘记|忘掉)(?:你|所有|之前|以上|上面|前面|的|一切)*+(?:指令|规则|提示|要求|内容)|"
        r"(?:系统|隐藏)提示词"
    ),
)

_ORDINALS = "一二三四五"
_CONVERSATION = ConversationWords(
    goes_on="那么?|还有|另外|然后|所以|但是?|不过",
    refers_back="它|他们|她们|这|那|其",
    again="(?:谢谢|好的?|请|能|可以|再|更|说得?|详细|简单|多|一?点|一些|讲讲|解释|一下|举个?例子?|什么意思|[吗吧，,])+",
    shorter="(?:谢谢|好的?|请|能|可以|再|更|说得?|简?短|简洁|总结|一?点|一些|一下|一句话|概括|[吗吧，,])+",
    called="(?:讲|说|关于|研究|做)([^，。？！的]{1,12})的那[篇个]|^([^，。？！那的]{1,8})那篇",
    ordinal=f"第([{_ORDINALS}])篇",
    ordinals=MappingProxyType({character: place for place, character in enumerate(_ORDINALS)}),
    several="它们|这些",
)

_DEFINED = (
    r"(?P<{name}>(?:(?!什么|啥|怎|如何|为何|哪|区别|不同|差异|关系|问题|原因|方法|作用|影响|结果|结论|目的|贡献|好处|"
    r"论文|文章|缺点|[这那它])[^，。？?！；：、]){{2,24}}?)"
)
_EVIDENCE = EvidenceWords(
    leans="然而|但是|但|因此|所以|此外|而且|同时|它|他们|她们|这(?!篇|项|份)|那|其(?!中)|该|例如|相反|具体",
    brief="用一句话|请?简短(?:地|些|一点)?(?:说|回答|解释|介绍)|简单(?:说|讲)|长话短说",
    asks_for_several=(
        "比较|对比|相比|区别|分别|不同|哪些(?:论文|研究|方法|办法|工作|团队|机构)|有哪些|列出|综述|各自|还有谁"
    ),
    asks_definition=(
        rf"(?:请问|请|那么?|所以)*+(?:(?:什么|啥)(?:是|叫做?)|何[为谓]|(?:解释|介绍|说明|定义)一?下?){_DEFINED.format(name='term')}[啊呢吗吧]?"
        rf"|(?:请问|请|那么?|所以)*+{_DEFINED.format(name='named')}"
        r"(?:到底|究竟)?(?:(?:的(?:意思|含义|定义))?(?:是|指|指的是)(?:个)?(?:什么|啥)(?:意思|东西|概念)?|(?:是)?(?:什么|啥)意思)[啊呢呀]?"
    ),
    asks_figure="多少|几(?:个|篇|种|次|年|倍|成)|百分之几|多大|多久|多长",
    asks_openly="什么|甚么|谁|怎么|怎样|如何|为什么|为何|哪|几|多少|列出|比较|概述|解释|介绍|总结",
    asks_whether="吗|么？|是不是|是否|有没有|能不能|能否|会不会|可不可以|可否|要不要|对不对|行不行|有无",
    asks_citation="引用|引文|出处|参考",
    asks_for=MappingProxyType(
        {
            "papers": "(?:哪些|哪几篇|有什么|有没有|列出|推荐).{0,8}(?:论文|文章|研究)",
            "why": "为什么|为何|原因|怎么会",
            "count": "多少|几[个种篇项次倍成]|多大|多久",
            "when": "什么时候|何时|哪一?年|哪个月",
            "who": "谁|哪[家些个](?:公司|机构|实验室|团队)",
            "how": "怎么|怎样|如何",
            "whether": "吗|么？|是不是|是否|有没有|能不能|能否|会不会|可不可以|可否|对不对|行不行",
            "what": "什么|啥|解释|定义|介绍",
        }
    ),
    verdict="(?:是|是的|不是|会|不会|能|不能|可以|不可以|有|没有)[，。：；](?!但|不过|只)",
    figure="[两半百千万亿]|[一二三四五六七八九十](?:个|种|次|倍|成|项)",
    says_question=(
        "(?:本文|本研究|本工作|这篇论文|我们)(?:还|进一步|首先|主要|旨在)?(?:研究|探讨|探究|探索|考察|分析|关注|试图|回顾)"
        "|(?:目标|目的)是|(?:尚不清楚|不清楚|尚未可知|未知)"
    ),
    says_doing=(
        "(?:本文|本研究|本工作|这篇论文|我们)(?:还|则|首先|进一步|随后|因此)?(?:提出|介绍|设计|构建|构造|建立|训练|开发|引入|使用|采用|"
        "定义|收集|发布|实现|评估|比较|概述|描述|给出)"
    ),
    says_finding="(?:我们|本文|研究|实验)(?:还|也|首先|进一步)?(?:发现|证明|证实)|(?:结果|实验|研究|分析)(?:表明|显示|说明|证明)",
    says_limit="局限(?:性|在于|是)|不足之处|有待(?:进一步|今后|未来)|(?:今后|未来|进一步)的?(?:工作|研究)|尚(?:未|不能|无法)|仍(?:不能|无法|有限)",
    of_others="(?:已有|现有|先前|以往|此前)的?(?:研究|工作|方法|文献)",
)

_QUESTION_WORDS = (
    "什么|怎么|怎样|如何|为什么|为何|是否|能否|可否|吗|谁|哪|多少|有几|何时|呢|有没有|是不是|能不能|会不会|可不可以"
)
_PARTS = PartWords(
    begins=rf"(?![^？?，,。]*(?:除了|如果|假如|虽然|即使|当|让|把|对于))[^？?；;，,。]*(?:{_QUESTION_WORDS})",
    asks=rf"[^？?；;，,。]*(?:{_QUESTION_WORDS})",
    asks_on=(
        rf"(?:它|其|该|是否|能否|为什么|为何|如何|怎么|怎样|谁|又|还|和|与|跟|有|会|能|在)[^？?；;，,。]*"
        rf"(?:{_QUESTION_WORDS})"
    ),
    joint=(
        "[？?；;][，, ]*(?:(?:并且|以及|另外|而且|同时|还有[，,])[，, ]*)?|[，, ]+(?:并且|以及|另外|而且"
        "|同时|还有[，,])[，, ]*"
    ),
    comma="[，,] *",
    announces="(?:我有)?(?:两|三|四|几)个?(?:问题|件事|点)",
    item="是否|有没有",
    says_what=r"(?=.*什么)(?:什么是)?(?P<term>[^，。？?什么]{1,20}?)(?:是什么(?:意思)?)?",
    pronoun="它(?!们)|该方法|这种方法",
    plural="它们",
    possessive="其(?!他|它|中|实)|它们?的",
    of_term="{term}的",
    least=4,
)

_SIDE_A, _SIDE_B = r"(?P<a>[^，。？?；：]+?)", r"(?P<b>[^，。？?；：]+?)"
_COMPARISON = ComparisonWords(
    plain=(
        rf"(?:请问?|帮我)?(?:比较|对比)(?:一下)? ?{_SIDE_A} ?(?:和|与|跟|同|及|以及) ?{_SIDE_B}(?:的?(?:区别"
        rf"|异同|不同|差异))?",
        rf"(?:请问)?{_SIDE_A} ?(?:和|与|跟|同) ?{_SIDE_B} ?(?:之间)?的?(?:有|有着|存在)?(?:什么|哪些|何|啥)?"
        rf"(?:主要|本质)?(?:的)?"
        r"(?:区别|不同|差异|异同|差别)(?:是什么|在哪里?|有哪些|呢|吗)?",
        rf"(?:请问)?{_SIDE_A} ?(?:和|与|跟) ?{_SIDE_B} ?(?:如何|怎么|怎样)(?:比较|区分)",
    ),
    judging=(
        rf"(?:请问)?(?:(?:帮我)?(?:比较|对比)(?:一下)? ?)?{_SIDE_A} ?(?:和|与|跟|还是|或者?) ?{_SIDE_B}[，, ]*"
        rf"(?:哪个|哪一个|哪种|谁)(?:更|比较|最)?\w{{1,8}}",
        rf"(?:请问)?{_SIDE_A} ?比 ?{_SIDE_B} ?(?:更|要|还)(?:好|安全|有效|便宜|可靠|强|快|差)(?:吗)?",
    ),
    around="(?:论文|方法|技术)$",
    no_side="它|有没有|研究|这|那|什么|怎么|如何|哪|谁|为什么|吗|是否",
)

LANGUAGE = Language(
    code="zh",
    phrases=_PHRASES,
    collection=_COLLECTION,
    recognises=_is_chinese,
    quotation_marks=(("“", "”"), ("《", "》"), ("「", "」")),
    grammar=_GRAMMAR,
    topic_forms=FORMS,
    filters=_FILTERS,
    courtesies=_COURTESIES,
    conversation=_CONVERSATION,
    evidence=_EVIDENCE,
    parts=_PARTS,
    comparison=_COMPARISON,
    markers=MarkerWords(
        sources=word_set("来源 引用 引文 证据 文献 资料"),
        joints=word_set("和 与 见"),
        to=word_set("至"),
    ),
    attribution=AttributionWords(
        verdict=r"(?P<word>是的?|不是?|否|对|不对|有|没有|会|不会|能|不能|可以|不可以)\s*[，,：。；]\s*(?=\w)",
        comma="，",
    ),
    claims=ClaimWords(denying=word_set("不 没 无 未 非")),
    tallies=TALLY_WORDS,
)
