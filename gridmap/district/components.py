"""Components (部件) of a generated district: beside the lamps of its streets stand covers, trees, bins and hydrants."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import shapely
from django.db.models import Max
from django.db.models.functions import Substr

from gridmap.district import records
from gridmap.territory.models import Component, ComponentClass

COMPONENT_COLUMNS = "code category_id name state manager owner keeper accuracy surveyed_on geom"
#: Class → every how many lamps one stands there, how far beside (m), and who is responsible, owns, maintains it.
KINDS = {
    "0103": (2, 1.5, "住房和城乡建设局", "排水公司", "排水公司"),
    "0402": (3, 2.5, "园林绿化局", "园林绿化局", "绿化养护队"),
    "0305": (11, 2.0, "城市管理局", "城市管理局", "环卫所"),
    "0113": (17, 3.0, "消防救援大队", "消防救援大队", "供水公司"),
    "0407": (23, 4.0, "园林绿化局", "街道办事处", "绿化养护队"),
}
#: In a hundred: the rest is intact.
STATES = {7: "lost", 31: "damaged", 52: "occupied", 73: "damaged", 90: "damaged"}
SURVEYED = date(2025, 10, 1)
METRES_PER_DEGREE = 111_320.0


def components_beside(lamps: Iterable[records.StreetLamp]) -> Iterator[tuple[Any, ...]]:
    """Rows for COPY, numbered on from those that are there. The database is asked before the first row is taken: a
    connection that copies answers nothing else."""
    return _rows(lamps, dict(ComponentClass.objects.values_list("code", "name")), _given())


def _rows(lamps: Iterable[records.StreetLamp], names: dict[str, str], given: Counter[str]) -> Iterator[tuple[Any, ...]]:
    for number, lamp in enumerate(lamps):
        for category, (every, beside_m, *departments) in KINDS.items():
            if number % every or category not in names:
                continue
            prefix = f"{lamp.community[:6]}{category}"
            given[prefix] += 1
            code = f"{prefix}{given[prefix]:06d}"
            state = STATES.get(given[prefix] % 100, "intact")
            spot = _beside(lamp.point, beside_m, number)
            yield (code, code, category, names[category], state, *departments, "B", SURVEYED, spot)


def _given() -> Counter[str]:
    """County and class → the highest number given there."""
    rows = Component.objects.annotate(prefix=Substr("code", 1, 10)).values("prefix").annotate(last=Max("code"))
    return Counter({row["prefix"]: int(row["last"][10:]) for row in rows.order_by()})


def _beside(lamp: Any, metres: float, number: int) -> str:
    """A point beside a lamp, another direction for each."""
    turn = math.radians(number * 137.5 % 360)
    east = metres * math.sin(turn) / (METRES_PER_DEGREE * math.cos(math.radians(lamp.y)))
    point = shapely.Point(lamp.x + east, lamp.y + metres * math.cos(turn) / METRES_PER_DEGREE)
    return str(shapely.to_wkb(shapely.set_srid(point, 4326), hex=True, include_srid=True))
