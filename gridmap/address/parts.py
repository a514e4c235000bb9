"""What an address consists of, after GB/T 23705 and GB/T 39609: regions, street and door, compound, building, unit,
floor, room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """``raw`` is what was typed (cut to 1000 characters), ``text`` the same normalised. ``regions``, ``street`` and
    ``compound`` are guesses from words alone; a gazetteer reads ``before`` (all words in front of the door number) and
    ``place`` (those between it and the building) again with the names it knows. ``door`` carries a sub-door after a
    dash (12号附3号: 12-3). Numbers are figures without leading zeros ("3", "501"), letters (B座: "B") or stems (甲).
    ``mark`` is the word after the building's number. ``unclear`` names parts that can be read in two ways."""

    raw: str
    text: str
    regions: tuple[str, ...] = ()
    street: str = ""
    door: str = ""
    compound: str = ""
    section: str = ""
    building: str = ""
    mark: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    before: str = ""
    place: str = ""
    notes: tuple[str, ...] = ()
    leftovers: str = ""
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A dwelling inside a building; ``unit`` is empty in a building of one entrance. ``complete`` says that the
    address names exactly one dwelling."""

    unit: str
    floor: str
    room: str
    complete: bool
