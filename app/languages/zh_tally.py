"""Chinese words of questions that count the records, and what answers to them say."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.tally_words import TallyPhrases, TallyWords

WORDS = TallyWords(
    does=MappingProxyType(
        {
            "count": "多少|几篇|几个|几家|几种|几|数量|篇数|总数|数目|统计|计数",
            "each": "各|各自|各有|每|每个|每家|每一个|每一|分别|分布|按|占",
            "most": "最多|最常见|占比最大|最高产",
            "biggest": "最大|最热门|领先|居首|排第一|第一名",
            "least": "最少|最罕见",
            "smallest": "最小",
            "more": "多|少|更多|更少|谁多|哪个多|哪家多|多还是",
            "share": "百分之几|百分之多少|百分比|比例|占比|份额|占多少|占几成",
            "rest": "其他|其它|其余|剩下|剩余|别的|其他公司|其他机构|其他实验室|别家",
            "papers": "论文|文章|文献|研究|报告|资料|成果|作品|篇",
            "one": "这篇|那篇|该论文|该文",
            "wrote": "发表|发布|出版|写|收录|涵盖|包含|包括|产出|贡献|覆盖",
            "here": ("这里|这些|那些|库里|论文库|数据库|这个库|库|集合|论文集|你们|你的数据|你的资料|你这里|数据|语料"),
            "newest": "最新|最近|最晚|最后",
            "oldest": "最早|最老|最旧|第一篇|最初",
            "recent": "有多新|多新|新不新|够新吗|多旧|有多旧|多老|有多老|时效性|时效|过时|最新吗",
            "until": "截至|截止|直到|到|为止|止于|更新到",
            "period": "时间范围|年份范围|时间跨度|跨度|年代范围|时间段|时间区间|起止时间|起止年份",
            "lack": "除了|除|没有|无|缺少|缺|没|不带|不是|不含|缺失",
            "undated": "未注明日期",
            "which": (
                "哪些|哪个|哪家|哪几个|哪几家|哪一家|哪一个|哪|什么|哪种|列出|列举|给出|显示|啥|哪几篇|哪篇|哪一篇"
            ),
            "who": "谁",
            "where": "哪里|在哪|在哪里|哪儿|怎么|如何|从哪里",
            "when": "什么时候|何时|什么时间",
            "read": "读|看|找|下载|获取|打开|阅读|找到|看到|得到",
            "whole": "全文|整篇|完整论文|正文|原文|完整|pdf|全篇|整篇论文",
            "by": "来自|由|属于|出自|是",
            "you": "你|您",
            "review": "同行评审|同行评议|经过评审|审稿|同行审查",
            "fill": (
                "的|了|吗|呢|啊|吧|么|有|有没有|在|中|里|面|上|和|与|跟|或|还是|还有|及|以及|请|请问|帮我|我|"
                "想知道|一共|总共|共|共有|都|全部|所有|已|已经|过|个|家|份|能|可以|会|一下|告诉|告诉我|里面|当中|"
                "之间|比|对比|相比|而|那|那么|又|另外|最|就|也|给|给我|年代|时候|它|他们|这个|这批|这|得|于|做|"
                "人工智能安全|ai安全|相关|关于|是不是|是否|经过|只|仅|还|或者|则|其中|之外|以外|外|间|大概|大约|"
                "具体|到底|主要|只是|仅仅|一|网上|出|所|说|讲|占了|信息|次|作"
            ),
        }
    ),
    fields=MappingProxyType(
        {
            "organisation": "机构|组织|公司|实验室|企业|大学|高校|团队|厂商|单位|研究所|出版方|研究机构|研究团队",
            "category": "类别|主题|领域|话题|方向|分类|类|研究方向",
            "year": "年份|年|日期|哪年|哪一年|时间|年度|发表日期|发表时间|发表年份",
            "language": "语言|语种",
            "author": "作者|研究者|研究人员",
            "abstract": "摘要",
            "link": "链接|网址|地址",
        }
    ),
    plural="哪些|哪几个|哪几家|什么|列出|列举",
    countries=(
        "中国|国内|美国|欧洲|英国|德国|法国|日本|韩国|印度|加拿大|俄罗斯|以色列|澳大利亚|瑞士|新加坡|亚洲|非洲|"
        "意大利|西班牙|国外|外国|国家|国产|海外"
    ),
)

PHRASES = TallyPhrases(
    fields=MappingProxyType(
        {
            "organisation": "机构",
            "category": "类别",
            "year": "日期",
            "language": "语言",
            "author": "作者",
            "abstract": "摘要",
            "link": "链接",
        }
    ),
    counted_by=MappingProxyType(
        {
            **{"organisation": "机构", "category": "类别", "year": "年份", "language": "语言"},
            **{"author": "作者", "abstract": "摘要", "link": "链接"},
        }
    ),
    of_papers="{scope}{papers}中：{counts}。",
    group="{scope}{count}篇",
    rest="其余机构或未记录机构的{count}篇",
    rest_of="其余{count}篇",
    details="（{counts}）",
    share="（{percent}%）",
    not_recorded="“{name}”0篇，没有记录提到它",
    recorded="{scope}{papers}按{field}统计（记录中共{number}个）：{counts}。",
    unnamed="没有记录",
    others="另外{number}个合计",
    most=("{scope}{papers}中最多的是{names}：{count}篇。", "{scope}{papers}中并列最多的是{names}：各{count}篇。"),
    least=("{scope}{papers}中最少的是{names}：{count}篇。", "{scope}{papers}中并列最少的是{names}：各{count}篇。"),
    then="按{field}：{counts}。",
    none_has="{scope}{papers}的记录都没有这一项：{field}。",
    span="{scope}论文的日期从{dates}。",
    one_date="{scope}论文的日期都在同一个月：{dates}。",
    newest="最新的是 {paper}。",
    oldest="最早的是 {paper}。",
    undated="{papers}中有{count}篇没有日期。",
    lacking=("有1篇{scope}论文的记录没有{field}", "有{count}篇{scope}论文的记录没有{field}"),
    none_lacks="{scope}{papers}的记录都有{field}。",
    having="{scope}{papers}中，{count}篇的记录有{field}，{lacking}篇没有。",
    whole="这里只读摘要，不读全文：{scope}{papers}中有{abstracts}篇有摘要。"
    "全文要从卡片上的链接打开，其中{links}篇有链接。",
    whole_texts="这里读摘要，有全文的论文也读全文：{scope}{papers}中有{abstracts}篇有摘要。"
    "要继续阅读，可打开卡片上的链接，其中{links}篇有链接。",
    country="记录没有注明机构属于哪个国家，所以无法按国家回答。{recorded}",
    by_name="名称里带有这个词的是：{names}。",
    review="记录没有注明论文是否经过同行评审。{scope}{papers}中，{organisations}篇的记录有机构，{dates}篇有日期，"
    "{links}篇有指向发表处的链接。",
    between_counts="、",
    between_groups="，",
)  # fmt: skip
