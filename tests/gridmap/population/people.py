"""Residents on the chessboard for the tests of this room; every name and number is invented."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from gridmap.population.counting import recount_people, weigh_risk
from gridmap.population.models import CareTag, Dwelling, Household, Resident
from gridmap.territory.models import Building, Grid
from gridmap.traces.door import door

SINCE = date(2026, 1, 5)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, year: int = 1940) -> str:
    """A whole citizen's number, invented."""
    body = f"990101{year}0101{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


@contextmanager
def everywhere() -> Iterator[None]:
    """A door for what a test sets up or looks at."""
    with door(by=None, areas=[""], kind="import", command="test"):
        yield


@dataclass(frozen=True)
class Home:
    """One dwelling with its household and those who live there."""

    dwelling: Dwelling
    household: Household
    residents: list[Resident]

    @property
    def first(self) -> Resident:
        """The head of the household."""
        return self.residents[0]


def settle(building: Building, names: list[str], *, unit: str = "1", room: str = "101", **more: Any) -> Home:
    """A household of these names behind a door, inside an open door."""
    dwelling = Dwelling.objects.create(
        building=building,
        unit=unit,
        floor=int(room[:-2]),
        room=room,
        occupancy="owner",
        source="公安",
        owner_name=names[0],
        owner_phone="13900001111",
    )
    household = Household.objects.create(dwelling=dwelling, number="H-0001", source="公安")
    residents = [
        Resident.objects.create(
            dwelling=dwelling,
            household=household,
            name=name,
            source="公安",
            relation="head" if index == 0 else "other",
            **(
                {
                    "id_number": id_number(building.pk % 900 + index),
                    "phone": f"1380013{building.pk % 10000:04d}",
                    "gender": "female",
                    "birth_year": 1940,
                    "health": "高血压",
                }
                | more
            ),
        )
        for index, name in enumerate(names)
    ]
    return Home(dwelling, household, residents)


def tag(resident: Resident, kind: str = "alone", risk: str = "high") -> CareTag:
    """A care tag in force, inside an open door."""
    made = CareTag.objects.create(resident=resident, kind=kind, risk=risk, since=SINCE, source="民政")
    weigh_risk([resident.pk])
    return made


@dataclass(frozen=True)
class People:
    """One home in each of three places: the worker's grid, another grid of the community, another community."""

    mine: Home
    next_door: Home
    foreign: Home


def move_everybody_in(grids: list[Grid]) -> People:
    """Three homes on the chessboard; in each somebody of high risk."""
    with everywhere():
        homes = [
            settle(Building.objects.filter(grid=grid).earliest("pk"), names)
            for grid, names in ((grids[0], ["张桂英", "张小宝"]), (grids[1], ["欧阳修远"]), (grids[4], ["诸葛不亮"]))
        ]
        for home in homes:
            tag(home.first)
        recount_people()
    return People(*homes)


#: Everything personal above: none of it may ever be seen unmasked unless it was revealed.
SECRETS = ("张桂英", "张小宝", "欧阳修远", "诸葛不亮", "高血压", "13900001111", "H-0001", "19400101")


def body_of(answer: Any) -> tuple[int, str]:
    """Status and body without what is another one each time: the form's token and the address that was asked."""
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|next)" value=")[^"]*', r"\1", answer.content.decode())
    return answer.status_code, text.replace(answer.request["PATH_INFO"], "")


def is_kept_by_nobody(answer: Any) -> bool:
    """Whether no cache may keep it."""
    return {part.strip() for part in answer["Cache-Control"].split(",")} >= {"no-store", "private"}
