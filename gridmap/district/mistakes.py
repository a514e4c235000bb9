"""What goes wrong when an address is copied: a wrong character, a left-out part, figures swapped, somebody else's
estate. Each returns what was written instead; whether that can still be understood is decided by `messy`."""

from __future__ import annotations

import numpy as np

GENERIC = (
    "安置小区", "住宅小区", "小区", "花园", "家园", "雅居", "新村", "新居", "安居园", "家属院", "宿舍", "国际", "公馆",
    "名都", "华庭", "中心", "别墅", "山庄", "墅园", "新城", "佳苑", "苑", "城", "墅",
)  # fmt: skip
_SOUNDS = (
    "锦金景 绣秀 阳杨 翠脆 竹烛 桂贵 丽利莉 景锦 碧壁 杏幸 书舒 晓小 荆金 樟章 御玉 棠堂 映影 华花 "
    "观关 澜兰 鼎顶 盛胜 纪记 府付 滨宾 秋丘 兰蓝 亭庭 湖胡 金今 蓝兰 凯铠 旋璇 富福 安按 康慷 荷何 "
    "塘唐 云芸 枫风 梧吾 桐同 涛滔 望忘 江姜 嘉佳 和合 祥样 瑞端 骄娇 苑院园 园圆苑 雅亚 居局 墅野 "
    "庭廷 都督 馆管 际迹 城成 铁贴 路璐 爱受 民明 佳嘉 塔搭 泰太 厂场 局居 医衣 "
)  # a character, then those that are typed for it
_SOUNDS_ALIKE = {group[0]: group[1:] for group in _SOUNDS.split()}
_ANY = "安宝长德东凤福富古光广桂和红华建江锦康兰乐丽龙茂明南宁平青庆荣瑞盛泰天同文新兴秀学永玉源云正中"
_ELSEWHERE = (
    "金水湾", "橡树湾", "丽都", "东湖", "西城", "恒丰", "万和", "中央", "江畔", "山水", "阳光", "锦绣", "翠竹", "映月",
    "盛世", "书香", "云锦", "兰亭", "龙湖", "碧水",
)  # fmt: skip
_ELSEWHERE_TAIL = ("小区", "花园", "公寓", "名苑", "新城", "广场", "雅苑", "新居", "佳园", "大厦", "苑", "家园")
_OTHER_COUNTIES = ("", "", "", "示例市平湖区", "示例市东山县", "外省某市南城区", "平湖区", "东山县城关镇")


def mistype(name: str, rng: np.random.Generator) -> str:
    """``name`` with one character wrong (mostly one that sounds the same), one left out, or two swapped."""
    at = int(rng.integers(len(name)))
    luck = rng.random()
    if luck < 0.1 and len(name) > 2:
        return name[:at] + name[at + 1 :]
    if luck < 0.2 and at + 1 < len(name) and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    alike = _SOUNDS_ALIKE.get(name[at], "")
    pool = alike if alike and rng.random() < 0.75 else _ANY
    wrong = pool[int(rng.integers(len(pool)))]
    return name[:at] + (wrong if wrong != name[at] else "某") + name[at + 1 :]


def core_of(name: str) -> str:
    """The name without the word for what it is (银杏家园: 银杏); the name itself where too little would be left."""
    for word in GENERIC:
        if name.endswith(word) and len(name) - len(word) >= 2:
            return name.removesuffix(word)
    return name


def with_or_without_word(name: str) -> str:
    """小区 added or left away."""
    return name.removesuffix("小区") if name.endswith("小区") and len(name) > 3 else f"{name}小区"


def swap_figures(room: str, rng: np.random.Generator) -> str:
    """Two neighbouring figures of a room number change places (501: 510), or one is another."""
    if len(room) > 1:
        at = int(rng.integers(len(room) - 1))
        swapped = room[:at] + room[at + 1] + room[at] + room[at + 2 :]
        if swapped != room and not swapped.startswith("0"):
            return swapped
    return room[:-1] + str((int(room[-1] or "0") + 1) % 10) if room else room


def other_figure(number: str, rng: np.random.Generator) -> str:
    """Another number of one or two figures that looks like this one: 3 for 13, 6 for 5."""
    if len(number) > 1 and rng.random() < 0.5:
        return number[1:].lstrip("0") or "1"
    changed = number[:-1] + str((int(number[-1]) + int(rng.integers(1, 9))) % 10)
    return changed.lstrip("0") or "1"


def somewhere_else(taken: frozenset[str], rng: np.random.Generator) -> tuple[str, str]:
    """Regions and name of an estate that the district does not have, though it may sound like one of its own."""
    while True:
        name = _ELSEWHERE[int(rng.integers(len(_ELSEWHERE)))] + _ELSEWHERE_TAIL[int(rng.integers(len(_ELSEWHERE_TAIL)))]
        if name not in taken:
            return _OTHER_COUNTIES[int(rng.integers(len(_OTHER_COUNTIES)))], name
