"""What a community shall hold: its figures and the uses of its land."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gridmap.district.compounds import Use


class Setting(StrEnum):
    URBAN = "urban"
    ESTATE = "estate"
    RURAL = "rural"


@dataclass(frozen=True)
class Programme:
    """Figures of one community. ``mix`` shares the land between uses by weight; ``civic`` lists uses that take one
    block each. ``buildings`` and ``villas`` are exact where given. ``homestead`` is the name of its own estate."""

    name: str
    households: int
    dwellings: int
    residents: int
    elders: int
    setting: Setting = Setting.URBAN
    mix: tuple[tuple[Use, float], ...] = ((Use.SLAB, 1.0),)
    civic: tuple[Use, ...] = (Use.SCHOOL, Use.PARK, Use.MARKET)
    block_m2: float = 30_000.0
    buildings: int | None = None
    villas: int = 0
    homestead: str = ""
    dark: bool = False


def ordinary(
    name: str,
    households: int,
    mix: tuple[tuple[Use, float], ...],
    civic: tuple[Use, ...],
    *,
    block_m2: float = 30_000.0,
    per_household: float = 2.55,
    old_share: float = 0.19,
    vacancy: float = 0.22,
    homestead: str = "",
    setting: Setting = Setting.URBAN,
) -> Programme:
    """A community whose other figures follow from its households."""
    residents = round(households * per_household)
    return Programme(
        name=name,
        households=households,
        dwellings=round(households / (1 - vacancy)),
        residents=residents,
        elders=round(residents * old_share),
        setting=setting,
        mix=mix,
        civic=civic,
        block_m2=block_m2,
        homestead=homestead,
    )
