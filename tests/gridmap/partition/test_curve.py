"""The trade-off curve: which weights are tried, and what each would have given."""

import numpy as np
import pytest

from gridmap.partition.curve import CurvePoint, trade_off
from gridmap.partition.measures import load_figures
from gridmap.partition.parts import Part, part_of
from gridmap.partition.units import Unit, Weights
from tests.gridmap.partition.board import RULE, ground, houses

NAMES = {
    "within_10", "within_20", "mean_deviation", "outside_band", "polsby_popper", "cut_length_m", "moved_share"
}  # fmt: skip


def part(units: list[Unit], columns: int = 9, rows: int = 8, before: dict[str, str] | None = None) -> Part:
    home, shape = range(len(units)), ground(0, 0, columns, rows)
    return part_of(shape, home, units, streets=[], barriers=[], rule=RULE, fixed=(), before=before or {})


def uneven(columns: int = 9, rows: int = 8) -> list[Unit]:
    return houses(columns, rows, np.random.default_rng(4).integers(10, 80, columns * rows).tolist())


def every(parts: list[Part]) -> list[CurvePoint]:
    shares: list[float] = []

    def proceed(share: float) -> bool:
        shares.append(share)
        return True

    found = trade_off(parts, RULE, 0, proceed)
    assert shares == sorted(shares)
    assert len(shares) == len(found)
    assert 0.0 <= shares[0] <= shares[-1] < 1.0
    return found


def test_from_round_shapes_to_even_loads() -> None:
    points = every([part(uneven())])
    assert len(points) == 5
    assert all(set(point.figures) == NAMES for point in points)
    balances = [point.weights.balance for point in points]
    assert balances == sorted(balances)
    assert Weights() in [point.weights for point in points]
    assert points[0].figures["mean_deviation"] > points[-1].figures["mean_deviation"]
    assert points[0].figures["cut_length_m"] < points[-1].figures["cut_length_m"]
    assert all(point.figures["moved_share"] == 0.0 for point in points)


def test_against_grids_in_force_stability_is_varied_too() -> None:
    units = uneven()
    strips = {unit.ref: unit.ref.split("-")[1] for unit in units}
    points = every([part(units, before=strips)])
    assert len(points) == 8
    moved = [point.figures["moved_share"] for point in points[5:]]
    assert [point.weights.stability for point in points[5:]] == sorted(point.weights.stability for point in points[5:])
    assert moved == sorted(moved, reverse=True)
    assert moved[0] > moved[-1]


def test_whoever_says_stop_gets_the_points_so_far() -> None:
    assert trade_off([part(uneven())], RULE, 0, lambda share: share < 0.3) != []
    assert trade_off([part(uneven())], RULE, 0, lambda _share: False) == []


def test_a_part_that_is_one_grid_counts_with_its_shape() -> None:
    flat = part(houses(6, 1, 50), 6, 1)
    (point, *_) = every([flat])
    loads = load_figures([300], RULE)
    assert {name: point.figures[name] for name in loads if name in NAMES} == {
        name: value for name, value in loads.items() if name in NAMES
    }
    assert point.figures["cut_length_m"] == 0.0
    wide, high = 6 * np.cos(np.radians(32.06)), 1.0
    assert point.figures["polsby_popper"] == pytest.approx(4 * np.pi * wide * high / (2 * (wide + high)) ** 2, rel=0.01)


def test_parts_count_together() -> None:
    one, other = part(houses(6, 4, 50), 6, 4), part(houses(6, 1, 50), 6, 1)
    alone, both = every([one])[2], every([one, other])[2]
    assert alone.figures["within_10"] == both.figures["within_10"] == 1.0
    assert both.figures["cut_length_m"] == alone.figures["cut_length_m"]
    assert both.figures["polsby_popper"] != alone.figures["polsby_popper"]
