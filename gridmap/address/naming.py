"""The forms that the name of a region or an estate takes when people write it."""

from __future__ import annotations

import re

# words for what an estate is; longer ones first, so that the whole word is found
_KIND_WORDS = (
    "安置小区 住宅小区 安居小区 小区 花园 家园 雅居 新村 新居 安居园 家属院 家属区 宿舍 国际 公馆 公寓 名都 名苑 华庭 "
    "华府 中心 别墅 山庄 墅园 新城 佳苑 雅苑 佳园 嘉园 嘉苑 丽苑 豪庭 名邸 大厦 广场 大院 大楼 天地 时代 名居 新苑 "
    "苑 园 城 墅 庭 里 村 轩 阁 台 湾 郡 府 邸 堡 谷 汇 港 座 居 舍 寓 岸 洲 坊"
)
_KINDS = sorted(_KIND_WORDS.split(), key=len, reverse=True)
_ANY_ESTATE = "本小区 该小区 我小区 住宅区 家属楼 居民楼 单元楼 本院 院 院内 小区内 社区"
_GENERIC = frozenset((*_KINDS, *_ANY_ESTATE.split()))
_PHASE = re.compile(r"(?:第?[0-9A-Z]{1,2}|[东西南北中])(?:期|区|组团)$")
_REGION_ENDINGS = (
    ("社区", ("社区", "社区居委会", "社区居民委员会", "居委会", "村", "村委会", "")),
    ("村", ("村", "村委会", "社区", "")),
    ("街道", ("街道", "街道办", "街道办事处", "")),
    ("镇", ("镇", "")),
    ("乡", ("乡", "")),
    ("区", ("区", "")),
    ("县", ("县", "")),
    ("市", ("市", "")),
    ("省", ("省", "")),
)


def region_forms(name: str) -> list[tuple[str, bool]]:
    """The ways to write a region's name, and whether each lacks the word for its level."""
    for ending, variants in _REGION_ENDINGS:
        core = name.removesuffix(ending)
        if core not in (name, ""):
            return [(core + variant, not variant) for variant in variants if variant or len(core) > 1]
    return [(name, False)]


def is_generic(key: str) -> bool:
    """Whether the words name no certain estate: 小区 alone is any."""
    return key in _GENERIC


def kind_of_estate(key: str) -> str:
    """The word for its kind at the end of an estate's name, "" where there is none or too little before it."""
    return next((word for word in _KINDS if key.endswith(word) and len(key) > len(word) + 1), "")


def name_forms(key: str) -> list[tuple[str, str]]:
    """Other forms of an estate's name with what they are: ``word`` with 小区 or without, ``phase`` without its phase,
    ``core`` without the word for its kind. A form that is both is the weaker one."""
    forms: dict[str, str] = {}
    if not key.endswith("小区"):
        forms[f"{key}小区"] = "word"
    elif len(key) > 4:
        forms[key.removesuffix("小区")] = "word"
    base = _PHASE.sub("", key)
    if base != key and len(base) > 1:
        forms[base] = "phase"
    kind = kind_of_estate(key)
    if kind:
        forms[key.removesuffix(kind)] = "core"
    return list(forms.items())


def may_be_misspelt(written: str, name: str) -> bool:
    """Whether ``written``, one character from ``name``, can be taken for it without being at its door: not where both
    end in different words for a kind, as 翠竹公寓 and 翠竹公馆 may both exist."""
    kind = kind_of_estate(written)
    return kind == "" or kind_of_estate(name).endswith(kind)
