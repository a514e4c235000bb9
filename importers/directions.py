"""Directions as people write them, in degrees clockwise from north: figures, compass points, Chinese and English words,
ranges ("45-135", which also say how wide), "北偏东30度"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

POINTS = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
COMPASS = {name: index * 22.5 for index, name in enumerate(POINTS)}
#: The quarters in Chinese, each clockwise from north, and what people write around them.
CHINESE = {"东北": 45.0, "东南": 135.0, "西南": 225.0, "西北": 315.0, "北": 0.0, "东": 90.0, "南": 180.0, "西": 270.0}
TURNED = {pair[::-1]: degrees for pair, degrees in CHINESE.items()}
AROUND = re.compile(r"[朝向正面方侧角]|facing|towards?")
ENGLISH = (("north", "n"), ("south", "s"), ("east", "e"), ("west", "w"))
OBLIQUE = re.compile(r"(北|南|东|西)偏(北|南|东|西)(\d{1,2}(?:\.\d+)?)")
FIGURE = re.compile(r"(-?\d{1,4}(?:\.\d+)?)")
RANGE = re.compile(r"(\d{1,3}(?:\.\d+)?)-(\d{1,3}(?:\.\d+)?)")
BETWEEN = re.compile(r"([nesw]{1,3})-([nesw]{1,3})")


@dataclass(frozen=True)
class Direction:
    """`bearing_deg` from 0 up to 360; `angle_deg` where a range says how wide; `several` where more than one was given
    (the first is taken)."""

    bearing_deg: float
    angle_deg: float | None = None
    several: bool = False


def read_direction(text: str) -> Direction | None:
    """What a text says; None where it says nothing certain."""
    parts = [part for part in re.split(r"[;；、/，,]", text) if part.strip()]
    found = _one(parts[0]) if parts else None
    return found if found is None or len(parts) == 1 else Direction(found.bearing_deg, found.angle_deg, several=True)


def _one(text: str) -> Direction | None:
    plain = unicodedata.normalize("NFKC", text).lower().replace("–", "-").replace("—", "-").replace("~", "-")
    plain = re.sub(r"\s+|°|度|degrees?|deg\b", "", plain)
    for word, letter in ENGLISH:
        plain = plain.replace(word, letter)
    plain = AROUND.sub("", plain)
    if figure := FIGURE.fullmatch(plain):
        degrees = float(figure[1])
        return Direction(degrees % 360) if -360 <= degrees <= 360 else None
    if between := RANGE.fullmatch(plain):
        return _between(float(between[1]), float(between[2]))
    if plain in COMPASS or plain.replace("-", "") in COMPASS:
        return Direction(COMPASS[plain.replace("-", "")])
    if (between := BETWEEN.fullmatch(plain)) and between[1] in COMPASS and between[2] in COMPASS:
        return _between(COMPASS[between[1]], COMPASS[between[2]])
    return _chinese(plain)


def _between(first: float, last: float) -> Direction | None:
    """From one direction clockwise to another: the middle, and how wide; a range of nothing is one direction."""
    if max(first, last) > 360:
        return None
    wide = (last - first) % 360
    return Direction((first + wide / 2) % 360, wide or None)


def _chinese(text: str) -> Direction | None:
    quarter = CHINESE.get(text, TURNED.get(text))
    if quarter is not None:
        return Direction(quarter)
    if oblique := OBLIQUE.fullmatch(text):
        start, to, off = CHINESE[oblique[1]], CHINESE[oblique[2]], float(oblique[3])
        turn = (to - start) % 360
        return Direction((start + (off if turn == 90 else -off)) % 360) if turn in {90, 270} and off <= 90 else None
    if leaning := re.fullmatch(r"(\w\w)偏(\w)", text):
        corner, side = CHINESE.get(leaning[1], TURNED.get(leaning[1])), CHINESE.get(leaning[2])
        if corner is not None and side is not None and (side - corner) % 360 in {45, 315}:
            return Direction((corner + (22.5 if (side - corner) % 360 == 45 else -22.5)) % 360)
    return None
