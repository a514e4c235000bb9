"""What speaks for and against a building, and what that is worth.

The score is the share of agreement in what was written: every part that the address names has a weight (how much it
tells houses apart) and a value (how well it fits). A part that the address leaves out costs nothing by itself, but
without a number of the building, or a door of its own, the building is not identified and cannot be matched, whatever
the score. Weights and values were set by reasoning and checked by ``bench/addresses.py``:

- compound 0.34, number 0.30, door 0.16, street 0.10, region 0.10: a compound and a number identify a building almost
  everywhere; a door alone is shared by a compound; regions are shared by thousands.
- an alias (0.98) or 小区 added or left away (0.96) is as good as the name; a name without its phase (0.85), without
  the word for its kind (0.82), with one wrong character (0.75) or with one that makes it another kind (0.70) fits
  estates that are not known here as well, so it needs a witness: the first two a region below the county, one wrong
  character the community or the street, and another kind the very door. A misspelt street needs the community or the
  right name of the compound.
- ``MATCHED`` 0.85: all parts agree, or all but one that is at worst one character wrong. ``LEAD`` 0.08: less than the
  step from an exact name to the weakest form of one, so that two readings of a name stay ambiguous.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

MATCHED = 0.85
LEAD = 0.08


class Reason(StrEnum):
    """Codes for people; the sentence is the caller's."""

    REGION_AGREES = "region_agrees"
    REGION_DIFFERS = "region_differs"
    COMPOUND_AGREES = "compound_agrees"
    COMPOUND_ALIAS = "compound_alias"
    COMPOUND_WORD = "compound_word"
    COMPOUND_PHASE = "compound_phase"
    COMPOUND_CORE = "compound_core"
    COMPOUND_TYPO = "compound_typo"
    COMPOUND_KIND = "compound_kind"
    COMPOUND_DIFFERS = "compound_differs"
    STREET_AGREES = "street_agrees"
    STREET_TYPO = "street_typo"
    STREET_DIFFERS = "street_differs"
    DOOR_AGREES = "door_agrees"
    DOOR_SUB = "door_sub"
    DOOR_DIFFERS = "door_differs"
    NUMBER_AGREES = "number_agrees"
    NUMBER_DIFFERS = "number_differs"
    NUMBER_MISSING = "number_missing"
    ONLY_BUILDING = "only_building"
    UNIT_MISSING = "unit_missing"
    UNIT_BEYOND = "unit_beyond"
    FLOOR_BEYOND = "floor_beyond"
    ROOM_MISSING = "room_missing"
    WORDS_UNKNOWN = "words_unknown"
    UNCLEAR = "unclear"
    VAGUE = "vague"
    SEVERAL = "several"
    NOT_CONFIRMED = "not_confirmed"


class Witness(IntEnum):
    """How closely something beside the name of the compound confirms the place: the street office, the community or the
    street, the door."""

    NONE = 0
    AREA = 1
    NEAR = 2
    DOOR = 3


WEIGHT = {"region": 0.10, "compound": 0.34, "street": 0.10, "door": 0.16, "number": 0.30}
VALUE = {
    Reason.COMPOUND_ALIAS: 0.98,
    Reason.COMPOUND_WORD: 0.96,
    Reason.COMPOUND_PHASE: 0.85,
    Reason.COMPOUND_CORE: 0.82,
    Reason.COMPOUND_TYPO: 0.75,
    Reason.COMPOUND_KIND: 0.70,
    Reason.STREET_TYPO: 0.75,
    Reason.DOOR_SUB: 0.90,
    Reason.NUMBER_MISSING: 0.30,
    Reason.REGION_DIFFERS: 0.0,
    Reason.COMPOUND_DIFFERS: 0.0,
    Reason.STREET_DIFFERS: 0.0,
    Reason.DOOR_DIFFERS: 0.0,
    Reason.NUMBER_DIFFERS: 0.0,
}
NEEDS = {
    Reason.COMPOUND_PHASE: Witness.AREA,
    Reason.COMPOUND_CORE: Witness.AREA,
    Reason.COMPOUND_TYPO: Witness.NEAR,
    Reason.COMPOUND_KIND: Witness.DOOR,
    Reason.STREET_TYPO: Witness.NEAR,
}
SURE_NAMES = frozenset({Reason.COMPOUND_AGREES, Reason.COMPOUND_ALIAS, Reason.COMPOUND_WORD})
FLAWS = frozenset({Reason.UNIT_BEYOND, Reason.FLOOR_BEYOND, Reason.WORDS_UNKNOWN, Reason.UNCLEAR, Reason.VAGUE})
CONTRADICTIONS = FLAWS | {
    Reason.REGION_DIFFERS,
    Reason.COMPOUND_DIFFERS,
    Reason.STREET_DIFFERS,
    Reason.DOOR_DIFFERS,
    Reason.NUMBER_DIFFERS,
    Reason.NUMBER_MISSING,
}
FLAW = 0.85  # what each doubt outside the weighted parts leaves of a score


@dataclass
class Evidence:
    """The reasons for and against one building, gathered part by part."""

    reasons: list[Reason] = field(default_factory=list)
    witness: Witness = Witness.NONE
    _parts: dict[str, float] = field(default_factory=dict)

    def note(self, part: str, reason: Reason) -> None:
        """``part`` is a key of `WEIGHT`, or empty for a doubt that has no part of its own."""
        self.reasons.append(reason)
        if part:
            self._parts[part] = VALUE.get(reason, 1.0)

    def confirm(self, witness: Witness) -> None:
        self.witness = max(self.witness, witness)

    @property
    def score(self) -> float:
        """Agreement from 0 to 1."""
        total = sum(WEIGHT[part] for part in self._parts)
        if not total:
            return 0.0
        flaws = sum(reason in FLAWS for reason in self.reasons)
        return round(sum(WEIGHT[part] * value for part, value in self._parts.items()) / total * FLAW**flaws, 4)

    @property
    def contradictions(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason in CONTRADICTIONS]

    @property
    def confirmed(self) -> bool:
        """Whether every weak name has the witness it needs; a sure compound is enough of one for a street."""
        sure = not SURE_NAMES.isdisjoint(self.reasons)
        weak = [reason for reason in self.reasons if reason in NEEDS and not (sure and reason is Reason.STREET_TYPO)]
        return all(self.witness >= NEEDS[reason] for reason in weak)
