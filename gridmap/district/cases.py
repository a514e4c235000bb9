"""Invented cases of the three networks: what, where, when, how far; whole columns at a time, for a million as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
HOUR_S, DAY_S = 3600, 86_400
#: Metres of a degree of latitude.
DEGREE_M = 111_320.0


class Spot(StrEnum):
    """Where cases of a class happen."""

    ROAD = "road"
    LAMP = "lamp"
    BUILDING = "building"


@dataclass(frozen=True)
class Habit:
    """How often cases of a class come, where, within how many hours they should be closed, how many are urgent."""

    weight: float
    spot: Spot
    limit_h: float
    urgent: float = 0.02


#: By class, or by one category of a class where that differs.
HABITS: Mapping[str, Habit] = {
    "C-E01": Habit(20, Spot.ROAD, 24),
    "C-E02": Habit(6, Spot.ROAD, 24),
    "C-E03": Habit(4, Spot.ROAD, 48),
    "C-E04": Habit(1.5, Spot.ROAD, 4, 0.6),
    "C-E05": Habit(18, Spot.ROAD, 4),
    "C-E06": Habit(1, Spot.ROAD, 24),
    "C-C01": Habit(4, Spot.ROAD, 24, 0.08),
    "C-C01-04": Habit(4, Spot.LAMP, 48, 0.03),
    "C-C02": Habit(2, Spot.ROAD, 72),
    "C-C03": Habit(2, Spot.ROAD, 48),
    "C-C04": Habit(2, Spot.ROAD, 120),
    "C-C05": Habit(0.5, Spot.ROAD, 72),
    "Z-01": Habit(7, Spot.BUILDING, 72),
    "Z-02": Habit(2, Spot.BUILDING, 24, 0.1),
    "Z-03": Habit(8, Spot.BUILDING, 72, 0.06),
    "Z-04": Habit(2, Spot.BUILDING, 72),
    "Z-05": Habit(0.5, Spot.ROAD, 24),
    "Z-06": Habit(0.2, Spot.ROAD, 24, 0.2),
    "Z-07": Habit(0.5, Spot.BUILDING, 72),
    "S-01": Habit(3, Spot.BUILDING, 120),
    "S-02": Habit(5, Spot.BUILDING, 72, 0.05),
    "S-03": Habit(1, Spot.BUILDING, 24, 0.1),
    "S-04": Habit(2, Spot.BUILDING, 72),
    "S-05": Habit(1.5, Spot.BUILDING, 120),
    "S-06": Habit(6, Spot.BUILDING, 72),
    "S-07": Habit(4, Spot.BUILDING, 24),
    "S-08": Habit(2, Spot.BUILDING, 120),
}
#: Reports per hour of the day by network (the first letter of the code): streets by day, quarrels in the evening,
#: service in office hours.
HOURS: Mapping[str, tuple[float, ...]] = {
    "C": (1, 1, 1, 1, 1, 2, 5, 9, 12, 14, 13, 10, 6, 8, 12, 13, 12, 9, 7, 6, 5, 4, 2, 1),
    "Z": (2, 1, 1, 1, 1, 1, 2, 4, 6, 7, 7, 6, 5, 5, 6, 7, 7, 8, 10, 12, 12, 10, 7, 4),
    "S": (0.2, 0.2, 0.2, 0.2, 0.2, 0.3, 1, 4, 12, 15, 13, 8, 3, 6, 12, 13, 10, 5, 2, 1, 1, 0.6, 0.4, 0.2),
}
#: Stages of a case under way, by which part of its time has passed.
STAGES = ("reported", "accepted", "dispatched", "handling", "inspecting")
STAGES_END = (0.06, 0.12, 0.22, 0.88)
SENTENCES = (
    "{place}附近{what}，请派人查看",
    "巡查发现{what}，位于{place}",
    "{place}：{what}",
    "居民反映{place}有{what}情况",
)


@dataclass(frozen=True)
class Places:
    """Places of one kind: degrees, and what people call them."""

    lon: Numbers
    lat: Numbers
    names: Sequence[str]


@dataclass(frozen=True)
class Casebook:
    """Columns of equal length; times in seconds since 1970, `closed` is nan while a case is under way."""

    category: Sequence[str]
    urgent: Numbers
    reported: Numbers
    due: Numbers
    closed: Numbers
    stage: Sequence[str]
    lon: Numbers
    lat: Numbers
    place: Sequence[str]
    description: Sequence[str]


def invent_cases(
    places: Mapping[Spot, Places],
    categories: Mapping[str, Sequence[tuple[str, str]]],
    rng: np.random.Generator,
    *,
    count: int,
    now: float,
    midnight: float,
    days: int = 90,
) -> Casebook:
    """`count` cases of the last `days` days. `categories` are (code, name) by the code of their class; `now` and the
    `midnight` before it are seconds since 1970. Some places have many cases and most have none."""
    kinds = _kinds(categories, {spot for spot in Spot if len(places[spot].names)})
    weights = np.array([habit.weight for _code, _name, habit in kinds])
    chosen = rng.choice(len(kinds), size=count, p=weights / weights.sum())
    codes, names = [kinds[i][0] for i in chosen], [kinds[i][1] for i in chosen]
    reported = np.sort(_times(codes, rng, now, midnight, days))
    limits = np.array([habit.limit_h for *_kind, habit in kinds])[chosen] * HOUR_S
    urgent = rng.random(count) < np.array([habit.urgent for *_kind, habit in kinds])[chosen]
    limits = np.where(urgent, np.maximum(limits / 4, 2 * HOUR_S), limits)
    closed, stage = _progress(reported, limits, rng, now)
    lon, lat, place = _whereabouts([kinds[i][2].spot for i in chosen], places, rng)
    said = rng.integers(len(SENTENCES), size=count)
    description = [SENTENCES[said[i]].format(place=place[i] or "路边", what=names[i]) for i in range(count)]
    return Casebook(codes, urgent, reported, reported + limits, closed, stage, lon, lat, place, description)


def _kinds(categories: Mapping[str, Sequence[tuple[str, str]]], spots: set[Spot]) -> list[tuple[str, str, Habit]]:
    """Every category that can happen here, with its share of its class's weight."""
    found = []
    for above, habit in HABITS.items():
        if habit.spot not in spots:
            continue
        alone = [(code, name) for codes in categories.values() for code, name in codes if code == above]
        members = alone or [(code, name) for code, name in categories.get(above, ()) if code not in HABITS]
        share = habit.weight / max(len(members), 1)
        found += [(code, name, Habit(share, habit.spot, habit.limit_h, habit.urgent)) for code, name in members]
    return found


def _times(codes: Sequence[str], rng: np.random.Generator, now: float, midnight: float, days: int) -> Numbers:
    """When each was reported: by the hours of its network, fewer on Sundays (1970 began on a Thursday)."""
    count = len(codes)
    networks = np.array([code[0] for code in codes])
    hours = np.zeros(count)
    for letter, curve in HOURS.items():
        mine = networks == letter
        shares = np.array(curve) / sum(curve)
        hours[mine] = rng.choice(24, size=int(mine.sum()), p=shares)
    day = rng.integers(0, days, size=count)
    sunday = (np.floor(midnight / DAY_S + 0.5).astype(np.int64) - day + 4) % 7 == 0
    day = np.where(sunday & (rng.random(count) < 0.4), np.maximum(day - 1, 0), day)
    at = midnight - day * DAY_S + hours * HOUR_S + rng.random(count) * HOUR_S
    late = at > now - 60
    return np.floor(np.where(late, now - 60 - rng.random(count) * 6 * HOUR_S, at))


def _progress(reported: Numbers, limits: Numbers, rng: np.random.Generator, now: float) -> tuple[Numbers, list[str]]:
    """When each was closed, nan where it is under way, and at which stage it is: most are done within their time, one
    in six is late, and of the younger ones some wait for long."""
    count = len(reported)
    taken = limits * np.exp(rng.normal(-0.7, 0.75, count)) + 600
    age_days = (now - reported) / DAY_S
    taken = np.where(rng.random(count) < 0.22 * np.exp(-age_days / 14), taken + 40 * DAY_S, taken)
    refused = rng.random(count) < 0.02
    taken = np.where(refused, rng.uniform(300, 3000, count), taken)
    over = reported + taken <= now
    passed = np.clip((now - reported) / taken, 0, 1)
    step = np.searchsorted(STAGES_END, passed)
    stage = [("refused" if refused[i] else "closed") if over[i] else STAGES[step[i]] for i in range(count)]
    return np.where(over, np.floor(reported + taken), np.nan), stage


def _whereabouts(
    spots: Sequence[Spot], places: Mapping[Spot, Places], rng: np.random.Generator
) -> tuple[Numbers, Numbers, list[str]]:
    count = len(spots)
    lon, lat = np.zeros(count), np.zeros(count)
    names = [""] * count
    for spot, known in places.items():
        mine = np.flatnonzero([one == spot for one in spots])
        if not len(mine):
            continue
        heat = np.exp(rng.normal(0, 1.1, len(known.names)))
        chosen = rng.choice(len(known.names), size=len(mine), p=heat / heat.sum())
        aside_m = rng.normal(0, 4.0, (2, len(mine)))
        lat[mine] = known.lat[chosen] + aside_m[0] / DEGREE_M
        lon[mine] = known.lon[chosen] + aside_m[1] / DEGREE_M / np.cos(np.radians(known.lat[chosen]))
        for i, place in zip(mine, chosen, strict=True):
            names[i] = known.names[place]
    return lon, lat, names
