"""Invented Chinese names: streets, estates, communities. No name is given twice by one namer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gridmap.district.records import CompoundKind

_FIRST = (
    "安宝长朝德东凤福富古光广桂和红华槐建江金锦静康兰乐立丽临龙茂梅"
    "明南宁平青清庆荣瑞三盛石双泰桃天同文五武西祥新兴秀学雅阳仪永玉裕源云正中竹"
)
_SECOND = (
    "安昌城川春德丰峰福岗谷光桂和河华化辉康利林岭龙隆茂梅门民明宁"
    "平坪坡庆泉荣山胜水寿泰塘湾旺屋溪祥兴秀阳义营永源苑泽州庄"
)
_GRACE = (
    "锦绣", "阳光", "翠竹", "金桂", "丽景", "碧水", "银杏", "书香", "春晓", "紫荆", "香樟", "御景", "海棠", "映月",
    "清华", "观澜", "鼎盛", "世纪", "华府", "滨水", "秋实", "兰亭", "龙湖", "盛世", "金色", "蓝天", "学府", "凯旋",
    "富丽", "安康", "荷塘", "云锦", "枫林", "梧桐", "听涛", "望江", "嘉和", "祥瑞", "天骄", "星河",
)  # fmt: skip
_TAIL = {
    CompoundKind.SLAB: ("小区", "花园", "苑", "家园", "雅居", "新村"),
    CompoundKind.TOWER: ("城", "国际", "公馆", "名都", "华庭", "中心"),
    CompoundKind.VILLA: ("别墅", "山庄", "墅园", "墅"),
    CompoundKind.RESETTLEMENT: ("安置小区", "新居", "安居园"),
    CompoundKind.OLD_TOWN: ("片", "老街片"),
    CompoundKind.WORK_UNIT: ("家属院", "宿舍"),
}
_UNITS = (
    "机械厂", "纺织厂", "粮食局", "铁路局", "化肥厂", "供电局", "县医院", "师范学校", "农机公司", "水泥厂", "邮电局",
    "百货公司", "丝绸厂", "林业局", "盐业公司",
)  # fmt: skip
_WORKS = ("机械厂", "包装厂", "食品厂", "纺织厂", "建材厂", "电子厂", "粮库", "物流园", "制药厂", "家具厂")
_DIGITS = "一二三四五六七八九十"


class Namer:
    """Draws names without repeating one; after many tries it counts (锦绣花园2期), so it never runs dry."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def claim(self, name: str) -> str:
        self._used.add(name)
        return name

    def street(self, width_m: float) -> str:
        tail = self._pick(("街", "路") if width_m >= 10 else ("巷", "里", "弄"))
        return self._fresh(lambda: self._pair() + tail)

    def estate(self, kind: CompoundKind) -> str:
        tails = _TAIL[kind]
        if kind is CompoundKind.OLD_TOWN:
            return self._fresh(lambda: self._pair() + "街" + self._pick(tails))
        if kind is CompoundKind.WORK_UNIT:
            return self._fresh(lambda: self._pick(_UNITS) + self._pick(tails))
        return self._fresh(lambda: self._pick(_GRACE) + self._pick(tails))

    def works(self) -> str:
        return self._fresh(lambda: self._pair() + self._pick(_WORKS))

    def place(self) -> str:
        """Name of a community or street office, two characters."""
        return self._fresh(self._pair)

    def _pair(self) -> str:
        first, second = self._pick(_FIRST), self._pick(_SECOND)
        return first + second if first != second else first + "林"

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._rng.integers(len(options)))]

    def _fresh(self, draw: Callable[[], str]) -> str:
        name = draw()
        for _ in range(12):
            if name not in self._used:
                break
            name = draw()
        if name in self._used:
            name = self._numbered(name)
        return self.claim(name)

    def _numbered(self, name: str) -> str:
        number = 2
        while f"{name}{chinese_number(number)}期" in self._used:
            number += 1
        return f"{name}{chinese_number(number)}期"


def chinese_number(number: int) -> str:
    """Chinese numeral of 1–99."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens - 1] + "十")
    return head + (_DIGITS[ones - 1] if ones else "")
