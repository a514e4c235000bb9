"""Random little towns and random borders: every drawing keeps its promises."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from gridmap.partition import QUICK, Barrier, Unit, draw_community
from tests.gridmap.partition.board import RULE, ground, keeps_its_promises, line


@st.composite
def towns(draw: st.DrawFn) -> tuple[Polygon, list[Unit], list[shapely.LineString], list[Barrier]]:
    """Random little towns: odd houses anywhere, streets anywhere, perhaps a river."""
    size = draw(st.integers(2, 6))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    count = draw(st.integers(0, 30))
    units = []
    for index in range(count):
        column, row = random.uniform(-0.3, size + 0.3, 2)
        kind = random.integers(3)
        shape = ground(column, row, *random.uniform(0.05, 0.9, 2)) if kind else ground(column, row, 1, 1).centroid
        compound = f"c{random.integers(3)}" if random.random() < 0.3 else None
        units.append(Unit(str(index), shape, int(random.integers(0, 130)), compound))
    streets = [line(*random.uniform(-1, size + 1, (2, 2))) for _ in range(draw(st.integers(0, 5)))]
    rivers = [
        Barrier(line(*random.uniform(-1, size + 1, (3, 2))), 1.0, "river") for _ in range(draw(st.integers(0, 2)))
    ]
    if draw(st.booleans()):
        rivers.append(Barrier(ground(-1, size / 2, size + 2, 0.3), 1.0, "canal"))
    return ground(0, 0, size, size), units, streets, rivers


@settings(max_examples=100, deadline=None)
@given(towns())
def test_random_towns_keep_every_promise(
    town: tuple[Polygon, list[Unit], list[shapely.LineString], list[Barrier]],
) -> None:
    community, units, streets, barriers = town
    drawing = draw_community(community, units, streets=streets, barriers=barriers, rule=RULE, effort=QUICK)
    keeps_its_promises(drawing, community, units)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 9))
def test_random_borders_are_kept_bit_for_bit(seed: int, corners: int) -> None:
    random = np.random.default_rng(seed)
    turns = np.sort(random.uniform(0, 2 * np.pi, corners))
    reach = random.uniform(0.002, 0.006, corners)
    star = Polygon(np.column_stack((118.8 + reach * np.cos(turns), 32.06 + reach * np.sin(turns))))
    if not star.is_valid or star.area < 1e-7:
        return
    places = random.uniform(-0.006, 0.006, (40, 2)) + np.array((118.8, 32.06))
    units = [Unit(str(i), Point(place), int(random.integers(0, 60))) for i, place in enumerate(places)]
    drawing = draw_community(star, units, rule=RULE, effort=QUICK)
    keeps_its_promises(drawing, star, units)
