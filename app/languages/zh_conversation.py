"""Chinese courtesies, and turns that lean on what was said before them."""

from __future__ import annotations

from types import MappingProxyType

from app.languages.patterns import (
    ConversationWords,
    CourtesyPatterns,
)
from app.languages.zh_program import ADDRESSES, PROGRAM

COURTESIES = CourtesyPatterns(
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
CONVERSATION = ConversationWords(
    goes_on="那么?|还有|另外|然后|所以|但是?|不过",
    turns_to="那么?([^，。？！?,]{2,20})呢",
    refers_back="它|他们|她们|这|那|其",
    again="(?:谢谢|好的?|请|能|可以|再|更|说得?|详细|简单|多|一?点|一些|讲讲|解释|一下|举个?例子?|什么意思|[吗吧，,])+",
    shorter="(?:谢谢|好的?|请|能|可以|再|更|说得?|简?短|简洁|总结|一?点|一些|一下|一句话|概括|[吗吧，,])+",
    called="(?:讲|说|关于|研究|做)([^，。？！的]{1,12})的那[篇个]|^([^，。？！那的]{1,8})那篇",
    ordinal=f"第([{_ORDINALS}])篇",
    ordinals=MappingProxyType({character: place for place, character in enumerate(_ORDINALS)}),
    several="它们|这些",
)
