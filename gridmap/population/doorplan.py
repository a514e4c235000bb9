"""楼盘表: the doors of a building as a table of floors and units, with who lives behind them counted and masked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from gridmap.population.models import Dwelling, Resident, Risk
from gridmap.population.showing import RISK_MARKS, note_shown

RANK = {Risk.HIGH.value: 0, Risk.KEY.value: 1, Risk.GENERAL.value: 2}


@dataclass
class Door:
    """One dwelling: how it is used, how many live there, the worst risk among them."""

    key: str
    label: str
    unit: str
    floor: int | None
    occupancy: str
    occupancy_label: str
    people: int = 0
    risk: str = ""
    names: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The mark of the worst risk."""
        return RISK_MARKS.get(self.risk, "")

    @property
    def risk_label(self) -> str:
        """The worst risk in words."""
        return str(Risk(self.risk).label) if self.risk else ""


@dataclass(frozen=True)
class Cell:
    """One column of a floor: a door or nothing, and whether a unit begins there."""

    door: Door | None
    edge: bool


@dataclass(frozen=True)
class Floor:
    """One storey."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Plan:
    """Units with how many columns each takes, and floors from the top down."""

    units: list[tuple[str, int]]
    floors: list[Floor]
    loose: list[Door]


def doors_of(dwellings: Iterable[Dwelling], residents: Iterable[Resident]) -> list[Door]:
    """Dwellings with those present behind them; names masked, made while the door is open."""
    found = {one.pk: _door_of(one) for one in dwellings}
    for resident in residents:
        door = found.get(resident.dwelling_id)
        if door is None:
            continue
        note_shown(resident)
        door.people += 1
        door.names.append(resident.name.mask())
        if resident.risk and (not door.risk or RANK[resident.risk] < RANK[door.risk]):
            door.risk = resident.risk
    return list(found.values())


def _door_of(one: Dwelling) -> Door:
    note_shown(one)
    label, occupancy = one.room or str(one), str(one.get_occupancy_display())
    return Door(str(one.pk), label, one.unit, one.floor, one.occupancy, occupancy)


def plan_of(doors: Iterable[Door]) -> Plan:
    """The doors by floor and unit; those whose floor is not known stand loose below."""
    placed: dict[int, dict[str, list[Door]]] = defaultdict(lambda: defaultdict(list))
    loose = []
    for door in doors:
        if door.floor is None:
            loose.append(door)
        else:
            placed[door.floor][door.unit].append(door)
    widths: dict[str, int] = defaultdict(int)
    for units in placed.values():
        for unit, row in units.items():
            widths[unit] = max(widths[unit], len(row))
    order = sorted(widths, key=_natural)
    floors = [Floor(str(floor), _cells(placed[floor], order, widths)) for floor in sorted(placed, reverse=True)]
    return Plan([(unit, widths[unit]) for unit in order], floors, loose)


def _cells(units: dict[str, list[Door]], order: list[str], widths: dict[str, int]) -> list[Cell]:
    cells: list[Cell] = []
    for unit in order:
        row: list[Door | None] = [*units.get(unit, [])]
        row += [None] * (widths[unit] - len(row))
        cells += [Cell(door, edge=index == 0) for index, door in enumerate(row)]
    return cells


def _natural(unit: str) -> tuple[int, str]:
    return (int(unit) if unit.isdecimal() else 10_000, unit)
