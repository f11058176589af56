"""Chinese questions about this program, each with how it reads plainly, in English."""

from __future__ import annotations

_SO = "(?:请问|那么?|所以|喂|嘿|你好|其实)?"
_YOU = "[你您]们?"
_ASKS = "[吗呢吧啊呀嘛么]?"
_ASSISTANT = (
    r"(?:chat ?-?gpt|gpt(?: ?-?\d\S*)?|claude|gemini|copilot|grok|deep ?seek|llama|qwen|kimi|豆包|通义千问|通义|千问|"
    r"文心一言|文心|元宝|智谱|星火)"
)
_COMPANY = (
    "(?:openai|anthropic|谷歌|google(?: deepmind)?|deepmind|微软|meta|苹果|亚马逊|百度|腾讯|阿里巴巴|阿里|"
    "字节跳动|字节|华为|深度求索|(?:这些|那些|其中)(?:公司|实验室|机构)(?:之一|中的一家)?|大公司)"
)
_WHO = "(?:谁|哪家公司|哪个公司|哪个团队|什么公司|哪家)"
_MAKES = "(?:开发|做|写|造|创造|研发|制作|训练|弄|出品)"
_KIND = "(?:真人|人类?|机器人|活人|机器|程序)"
_WHAT_I_SAY = "(?:我的?)?(?:在)?(?:问题|意思|话|问什么|说什么|说的话|问的(?:是什么|问题)?|说的(?:是什么)?|提问)?"
_PIECES = "(?:一些|论文里?的?|别人的|原文的?)?(?:句子|原文|论文|内容|文字|摘要|话)?(?:而已|罢了)?"

PROGRAM: tuple[tuple[str, str], ...] = (
    (
        "who are you",
        rf"{_SO}(?:{_YOU}(?:到底|究竟)?(?:是(?:谁|什么(?:东西|程序|网站)?|啥)|叫什么(?:名字)?)"
        rf"|请?介绍一下{_YOU}?自己){_ASKS}",
    ),
    (
        "are you a human",
        rf"{_SO}{_YOU}(?:是不是|到底是|是)(?:一?个)?{_KIND}(?:还是(?:{_KIND}|ai))?{_ASKS}",
    ),
    (
        "are you an LLM",
        rf"{_SO}{_YOU}(?:是不是|是)(?:一?个)?(?:大?语言模型|大模型|ai|人工智能|llm|模型){_ASKS}",
    ),
    (
        "are you chatgpt",
        rf"{_SO}{_YOU}(?:其实)?(?:是不是|不就是|就是|是)(?:基于|套壳)?{_ASSISTANT}(?:做|套壳|换皮|改|变)?的?{_ASKS}",
    ),
    (
        "are you made by anthropic",
        rf"{_SO}{_YOU}(?:是不是|是|属于|由){_COMPANY}(?:公司)?(?:旗下|{_MAKES}|家)?的?(?:产品|机器人)?{_ASKS}",
    ),
    (
        "who made you",
        rf"{_SO}(?:{_YOU}(?:到底|究竟)?(?:是|由){_WHO}{_MAKES}?的?|{_WHO}{_MAKES}出?了?{_YOU}"
        rf"|{_YOU}(?:背后|后面)是{_WHO}|{_YOU}的(?:作者|开发者|主人|老板|制作者)是谁){_ASKS}",
    ),
    (
        "do you actually understand what you read",
        rf"{_SO}{_YOU}(?:真的?|到底|究竟|根本)?(?:能不能|能|会|可以|听不?|看不?|不)?"
        rf"(?:理解|明白|懂|听懂|看懂|听得懂|看得懂|读懂|得懂)了?{_WHAT_I_SAY}了?{_ASKS}",
    ),
    (
        "how do you work",
        rf"{_SO}(?:{_YOU}|这)(?:不)?(?:就|只不过|只|不过|仅仅|无非)?(?:是)?(?:在)?(?:只会)?"
        rf"(?:复制粘贴|照搬|抄|复制|拼凑|粘贴|摘抄){_PIECES}{_ASKS}",
    ),
    ("how do you work", rf"{_SO}(?:{_YOU}|这)是?(?:怎么|如何|怎样)(?:工作|运作|回答|找到答案|运行)的?{_ASKS}"),
)

ADDRESSES = "你|您|这个(?:机器人|网站|程序|工具|页面)|paperbacked"
