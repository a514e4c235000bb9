"""The many ways in which one address is written: in what order and with which marks, figures and habits. None of these
is an error; those are in `gridmap.district.mistakes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gridmap.district.names import chinese_number
from gridmap.district.whereabouts import Whereabouts

UNSET = ""
_FULL_WIDTH = str.maketrans("0123456789-#()", "０１２３４５６７８９－＃（）")
_TRADITIONAL = str.maketrans("号栋单层区园东华门乡县镇", "號棟單層區園東華門鄉縣鎮")
_DASHES = "－—–~/"
_NOTES = ("（租户）", "(出租)", "（自住）", "(房东代)", "（户在人不在）", "(人户分离)", "（本人）")
_HEAVENLY = "甲乙丙丁戊己"


@dataclass(frozen=True, slots=True)
class Indoors:
    """Building, unit, floor and room as they are to be written; empty parts are left out."""

    number: str
    unit: str
    floor: str
    room: str


def _han(figure: str) -> str:
    return chinese_number(int(figure)) if figure.isdigit() else figure


def _labelled(mark: str, unit_mark: str, room_mark: str) -> Callable[[Indoors], str]:
    def write(place: Indoors) -> str:
        unit = f"{place.unit}{unit_mark}" if place.unit else ""
        number = f"{place.number}{mark}" if place.number else ""
        return f"{number}{unit}{place.room}{room_mark if place.room else ''}"

    return write


def _dashed(mark: str) -> Callable[[Indoors], str]:
    def write(place: Indoors) -> str:
        inner = "-".join(part for part in (place.unit, place.room) if part)
        if mark:
            return (f"{place.number}{mark}" if place.number else "") + inner
        return "-".join(part for part in (place.number, inner) if part)

    return write


def _spelt_out(place: Indoors) -> str:
    number = f"{_han(place.number)}号楼" if place.number else ""
    unit = f"{_han(place.unit)}单元" if place.unit else ""
    floor = f"{_han(place.floor)}楼" if place.room else ""
    return f"{number}{unit}{floor}{place.room}"


def _ordinal(place: Indoors) -> str:
    number = f"第{place.number}栋" if place.number else ""
    unit = f"第{place.unit}单元" if place.unit else ""
    room = f"{place.floor}层{place.room}号" if place.room else ""
    return f"{number}{unit}{room}"


def _heavenly(place: Indoors) -> str:
    unit = f"{_HEAVENLY[int(place.unit) - 1]}单元" if place.unit and int(place.unit) <= len(_HEAVENLY) else UNSET
    number = f"{place.number}幢" if place.number else ""
    return f"{number}{unit or (place.unit + '单元' if place.unit else '')}{place.room}{'室' if place.room else ''}"


INDOORS: Mapping[str, Callable[[Indoors], str]] = {
    "dong_unit_room": _labelled("栋", "单元", "室"),
    "dong_unit": _labelled("栋", "单元", ""),
    "zhuang_unit_room": _labelled("幢", "单元", "室"),
    "house_unit_room": _labelled("号楼", "单元", "室"),
    "house_gate": _labelled("号楼", "门", ""),
    "dong_gate": _labelled("栋", "门", ""),
    "hash_unit": _labelled("#楼", "单元", ""),
    "hao_unit_room": _labelled("号", "单元", "室"),
    "zuo": _labelled("座", "单元", ""),
    "room_door": _labelled("幢", "单元", "号"),
    "household": _labelled("栋", "单元", "户"),
    "dashes": _dashed(""),
    "hash_dashes": _dashed("#"),
    "dong_dashes": _dashed("栋"),
    "zhuang_dashes": _dashed("幢"),
    "house_dashes": _dashed("号楼"),
    "spelt_out": _spelt_out,
    "ordinal": _ordinal,
    "heavenly": _heavenly,
}
VILLA_MARKS = ("号", "栋", "幢", "号楼", "#", "号别墅")

PREFIXES = ("whole", "city", "county", "street_office", "community", "short", "none")


def write_regions(place: Whereabouts, style: str) -> tuple[str, str]:
    """The words for the regions and the code prefix of the smallest one that they name."""
    province, city, county, office, community = place.regions
    short = community[1].removesuffix("社区")
    return {
        "whole": (province[1] + city[1] + county[1] + office[1], office[0][:9]),
        "city": (city[1] + county[1] + office[1] + community[1], community[0]),
        "county": (county[1] + office[1], office[0][:9]),
        "street_office": (office[1].removesuffix("街道") + "街道办" + community[1], community[0]),
        "community": (community[1], community[0]),
        "short": (county[1].removesuffix("区") + short + "社区", community[0]),
        "none": ("", ""),
    }[style]


@dataclass(frozen=True)
class Hand:
    """How the clerk of one list types: chances of each habit of the hand."""

    full_width: float = 0.03
    traditional: float = 0.004
    odd_dash: float = 0.2
    spaces: float = 0.04
    note: float = 0.03
    phone: float = 0.01
    zero_room: float = 0.02


def handle(text: str, hand: Hand, rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    """``text`` as this hand types it, and which habits were followed."""
    luck = rng.random(6)
    habits: list[str] = []
    if "-" in text and luck[0] < hand.odd_dash:
        text = text.replace("-", _DASHES[int(rng.integers(len(_DASHES)))])
        habits.append("odd_dash")
    if luck[1] < hand.traditional:
        text = text.translate(_TRADITIONAL)
        habits.append("traditional")
    if luck[2] < hand.spaces:
        text = _spaced(text, rng)
        habits.append("spaces")
    if luck[3] < hand.note:
        text += _NOTES[int(rng.integers(len(_NOTES)))]
        habits.append("note")
    if luck[4] < hand.phone:
        text += f" 电话129{int(rng.integers(10**8)):08d}"
        habits.append("phone")
    if luck[5] < hand.full_width:
        text = text.translate(_FULL_WIDTH)
        habits.append("full_width")
    return text, tuple(habits)


def _spaced(text: str, rng: np.random.Generator) -> str:
    """A blank between two parts, or one before and after the figures."""
    if rng.random() < 0.5:
        at = int(rng.integers(1, len(text))) if len(text) > 1 else 0
        return text[:at] + " " + text[at:] if not text[at - 1 : at + 1].isdigit() else text + " "
    return "".join(
        f" {c}" if i and c.isdigit() and not text[i - 1].isdigit() and text[i - 1] != "-" else c
        for i, c in enumerate(text)
    )
