"""Care tags of invented people with the risk that decides how often they are visited."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Care(StrEnum):
    ALONE = "alone"
    EMPTY_NEST = "empty_nest"
    AGED_80 = "aged_80"
    DISABLED = "disabled"
    DESTITUTE = "destitute"
    LOW_INCOME = "low_income"
    DEMENTIA = "dementia"
    SEVERE_ILLNESS = "severe_illness"
    WIDOWED_CHILDLESS = "widowed_childless"
    ORPHAN = "orphan"
    CHILD_IN_NEED = "child_in_need"
    LEFT_BEHIND = "left_behind"
    PREGNANT = "pregnant"


class Risk(StrEnum):
    HIGH = "high"
    KEY = "key"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class CareTag:
    kind: Care
    risk: Risk


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides somebody's tags. ``mates`` live in the same household, ``elder_mates`` of them are 60 or older."""

    age: int
    male: bool
    mates: int
    elder_mates: int
    left_behind: bool


def tags_of(person: Situation, rng: np.random.Generator) -> tuple[CareTag, ...]:
    """The tags that follow from a household, and those that strike at random at about the rates of ageing towns."""
    kinds = [*_from_household(person), *_from_chance(person, rng)]
    return tuple(CareTag(kind, risk_of(kind, person.age, kinds)) for kind in kinds)


def risk_of(kind: Care, age: int, kinds: list[Care]) -> Risk:
    """High: 80 and over and alone, dementia, severe illness. Key: disabled at 60 and over, destitute, orphan. The rest
    is general (local visiting rules)."""
    if kind in (Care.DEMENTIA, Care.SEVERE_ILLNESS):
        return Risk.HIGH
    if kind in (Care.ALONE, Care.AGED_80) and age >= 80 and Care.ALONE in kinds:
        return Risk.HIGH
    if kind in (Care.DESTITUTE, Care.ORPHAN) or (kind is Care.DISABLED and age >= 60):
        return Risk.KEY
    return Risk.GENERAL


def _from_household(person: Situation) -> list[Care]:
    kinds = []
    if person.age >= 60 and person.mates == 0:
        kinds.append(Care.ALONE)
    elif person.age >= 60 and person.mates == person.elder_mates:
        kinds.append(Care.EMPTY_NEST)
    if person.age >= 80:
        kinds.append(Care.AGED_80)
    if person.left_behind:
        kinds.append(Care.LEFT_BEHIND)
    return kinds


def _from_chance(person: Situation, rng: np.random.Generator) -> list[Care]:
    elder = person.age >= 60
    chances = (
        (Care.DISABLED, 0.07 if elder else 0.016),
        (Care.DESTITUTE, 0.006 if elder else 0.001),
        (Care.LOW_INCOME, 0.012),
        (Care.DEMENTIA, 0.045 if person.age >= 75 else 0.0),
        (Care.SEVERE_ILLNESS, 0.012 if elder else 0.002),
        (Care.WIDOWED_CHILDLESS, 0.01 if elder and person.mates == 0 else 0.0),
        (Care.ORPHAN, 0.001 if person.age < 18 else 0.0),
        (Care.CHILD_IN_NEED, 0.006 if person.age < 18 else 0.0),
        (Care.PREGNANT, 0.02 if not person.male and 22 <= person.age <= 38 else 0.0),
    )
    drawn = rng.random(len(chances))
    return [kind for (kind, chance), luck in zip(chances, drawn, strict=True) if luck < chance]
