"""Coordinates that somebody types: decimal degrees, degrees and minutes, degrees, minutes and seconds."""

import re
from dataclasses import dataclass

_ANGLE = re.compile(
    r"(?P<before>[NSEW东西南北])?\s*"
    r"(?P<degrees>[+-]?\d{1,3}(?:\.\d+)?)\s*[°度]?"
    r"(?:\s*(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′’分]\s*(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|''|秒)\s*)?)?"
    r"\s*(?P<after>[NSEW])?",
    re.IGNORECASE,
)
_LABELS = re.compile(r"(?:纬度|经度|北纬|南纬|东经|西经|lat(?:itude)?|lon(?:gitude)?|lng)[:：=]?", re.IGNORECASE)
_SIGNS = {"N": 1, "北": 1, "E": 1, "东": 1, "S": -1, "南": -1, "W": -1, "西": -1}
_NORTH, _EAST = frozenset("NS北南"), frozenset("EW东西")
#: The latitude at which the Web-Mercator square ends.
MOST_NORTH = 85.0511
#: Where it is not said which figure is which: in China every longitude is larger than every latitude.
CHINA_NORTH, CHINA_WEST = 60.0, 70.0


@dataclass(frozen=True)
class Spot:
    """A place in degrees of WGS 84."""

    lon: float
    lat: float


@dataclass(frozen=True)
class _Angle:
    value: float
    side: str


def read_coordinates(text: str) -> Spot | None:
    """The place that `text` names, or None where it is not two coordinates and nothing else.

    Latitude first, as maps on the web write it; longitude first where its letter says so, or where the first figure can
    be no latitude (120.1551 30.2741)."""
    angles = _angles(_worded(text))
    if angles is None:
        return None
    first, second = angles
    if (
        first.side in _EAST
        or second.side in _NORTH
        or (not first.side and not second.side and _is_lon_first(first.value, second.value))
    ):
        first, second = second, first
    lat, lon = first.value, second.value
    return Spot(lon, lat) if abs(lat) <= MOST_NORTH and abs(lon) <= 180 else None


def _worded(text: str) -> str:
    for words, letter in (("北纬", "N"), ("南纬", "S"), ("东经", "E"), ("西经", "W"), ("纬度", "N"), ("经度", "E")):
        text = text.replace(words, letter)
    return re.sub("[，、;；]", ",", re.sub("([NE])[:：=]", r"\1", _LABELS.sub("", text))).strip()


def _angles(text: str) -> tuple[_Angle, _Angle] | None:
    found: list[_Angle] = []
    position = 0
    while position < len(text) and len(found) < 3:
        match = _ANGLE.match(text, position)
        if match is None or not _is_telling(text):
            return None
        angle = _angle(match)
        if angle is None:
            return None
        found.append(angle)
        position = match.end()
        gap = re.compile(r"[\s,:：/]*").match(text, position)
        position = gap.end() if gap else position
    if len(found) != 2 or position != len(text):
        return None
    return found[0], found[1]


def _is_telling(text: str) -> bool:
    """Two whole numbers are a house and a flat, not a place on the earth."""
    return bool(re.search(r"\d\.\d{2,}|[°度′'NSEW]", text, re.IGNORECASE)) and not re.search(r"[路街巷号栋幢]", text)


def _angle(match: re.Match[str]) -> _Angle | None:
    degrees = float(match["degrees"])
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    side = (match["before"] or match["after"] or "").upper()
    size = abs(degrees) + minutes / 60 + seconds / 3600
    return _Angle(size * (-1 if match["degrees"].startswith("-") else 1) * _SIGNS.get(side, 1), side)


def _is_lon_first(first: float, second: float) -> bool:
    return abs(first) > MOST_NORTH or (first >= CHINA_WEST and abs(second) <= CHINA_NORTH)
