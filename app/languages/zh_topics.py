"""Chinese questions about the papers of a topic, and what answers to them say."""

from __future__ import annotations

from app.languages.patterns import OWN, TopicForms
from app.languages.phrases import TopicPhrases

PHRASES = TopicPhrases(
    near=("有1篇{scope}或与之相近的论文", "有{count}篇{scope}或与之相近的论文，最接近的在前"),
    yes=("有，1篇{scope}论文", "有，{count}篇{scope}论文，最接近的在前"),
    tried="未必有论文直接这样说；内容最接近的是",
    works=("库中有1篇{scope}论文", "库中有{count}篇{scope}论文，最接近的在前"),
    by="；作者：{names}",
    reading="建议按此顺序阅读{scope}论文",
    reading_all="可以从最大的几个类别各读一篇开始",
    nearest=" – 与主题最接近",
    earlier=" – 其中最早的一篇",
    later=" – 接着读，{date}",
    newest=" – 其中最新的一篇",
    shelf=" – 属于“{category}”（{count}篇）",
    ours=" – 本项目的概述（英文）：{summary}。",
    strands="{scope}论文各有什么发现",
    read_first="先读：{paper}。",
    nothing_later="有日期的论文中最新的是 {paper}。",
    without_date="没有日期的：{count} 篇。",
    no_date="没有日期",
    reference="“{title}”的 BibTeX",
)

_TOPIC = r"(?P<topic>[^，。；？！?!,;的]{1,40}?)"
_PAPERS = "(?:论文|文章|研究|文献|工作)"
_DOES = "(?:在|做过?|也)*(?:研究|做|关注|从事)过?"
_FIELD = "(?:方面)?的?(?:研究|工作)?"
FORMS = TopicForms(
    asked=(
        (
            "whether",
            rf"^(?:请问)?(?:有没有人|有人|有没有(?:实验室|机构|公司|团队)){_DOES}{_TOPIC}{_FIELD}(?:吗|呢|么|的)?$",
        ),
        (
            "who works",
            rf"^(?:请问)?(?:谁|哪些人|哪些?个?(?:实验室|机构|公司|团队)){_DOES}{_TOPIC}{_FIELD}(?:呢|的)?$",
        ),
        (
            "whether",
            rf"^(?:请问)?\s*{OWN}\s*(?:有没有|有|是否)?{_DOES}{_TOPIC}{_FIELD}(?:吗|呢|么|没有)?$",
        ),
        ("whether", rf"^(?:这里)?(?:有没有|有)(?:关于|有关|涉及){_TOPIC}(?:方面)?的?{_PAPERS}?(?:吗|么)?$"),
        (
            "reading",
            rf"(?:(?:关于|想了解|想学习?|了解|学习){_TOPIC}(?:方面)?的?[，, ]*)?"
            rf"(?:应该|该|应当|可以|建议)?(?:我)?(?:先|首先|最先)(?:读|看)(?:什么|哪些?(?:几)?(?:篇)?)(?:{_PAPERS})?",
        ),
        (
            "reading",
            rf"(?:(?:关于|想了解|了解|学习){_TOPIC}(?:方面)?的?[，, ]*)?(?:我)?(?:应该|该)?从(?:哪里|哪儿|哪篇|"
            rf"什么)(?:{_PAPERS})?(?:开始|入手|读起)",
        ),
        ("reading", rf"(?:(?:关于|有关)?{_TOPIC}的?)?(?:入门(?:论文|文章|读物)|阅读清单|必读{_PAPERS}|书单)"),
        (
            "strands",
            rf"^(?:请|帮我|给我|来)*(?:概述|综述|总结)?(?:一下|一个)?(?:关于|有关)?{_TOPIC}(?:方面)?的?(?:研究)?"
            r"(?:有哪些(?:方向|思路|线索|路线|研究方向)|(?:的|研究)(?:综述|概览|概况|全貌|总体情况))(?:呢|吗)?$",
        ),
        ("strands", rf"^(?:请|帮我|给我)*(?:概述|综述|总结)一下(?:关于|有关){_TOPIC}(?:方面)?的?(?:研究|工作|论文)$"),
        (
            "list",
            rf"^(?:请问|请列出|列出)?(?:有)?(?:哪些|什么){_PAPERS}(?:在)?"
            r"(?P<topic>(?:批评|质疑|反对|比较|对比|改进|评估|使用)[^，。；？！?!,;]{1,40}?)(?:的)?(?:吗|呢)?$",
        ),
    ),
    titles_only="[，,；;]?(?:只(?:要|需)(?:标题|题目)|标题(?:就行|即可|就够了)|不要正文)(?:就行|即可)?",
    no_topic="(?:这里|这个|这些|那些|什么|哪些|它|我|人工智能安全|论文|研究|的)+",
)
