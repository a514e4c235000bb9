"""Invented cases are believable, the same for the same seed, and written where they lie."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gridmap.casework.defaults import CLASSES, code_of, write_missing_categories
from gridmap.casework.models import Bin, BinChange, Case
from gridmap.district.casebook import remove_cases, settle_cases
from gridmap.district.cases import HABITS, Casebook, Places, Spot, invent_cases
from gridmap.territory.models import Building, Grid, GroundFeature, StreetLamp
from gridmap.territory.models.sourced import GENERATED
from tests.cast import SOUTH, WEST, Board

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # in Shanghai
LEAVES = {
    above: [(code_of(above, number), name) for number, name in enumerate(names, start=1)]
    for above, (_network, _name, names) in CLASSES.items()
}


def places(spots: tuple[Spot, ...] = tuple(Spot)) -> dict[Spot, Places]:
    """Forty places of each kind, each kind on a line of latitude of its own."""
    return {
        spot: Places(
            WEST + np.arange(40) * 1e-4 if spot in spots else np.array([]),
            np.full(40, SOUTH + 0.01 * index) if spot in spots else np.array([]),
            [f"{spot}{number}" for number in range(40)] if spot in spots else [],
        )
        for index, spot in enumerate(Spot)
    }


def book(count: int = 6000, seed: int = 1, spots: tuple[Spot, ...] = tuple(Spot)) -> Casebook:
    """Cases of ninety days."""
    rng = np.random.default_rng(seed)
    return invent_cases(
        places(spots), LEAVES, rng, count=count, now=NOW.timestamp(), midnight=MIDNIGHT.timestamp(), days=90
    )


def test_the_same_seed_invents_the_same_cases() -> None:
    one, same, other = book(500), book(500), book(500, seed=2)
    assert one.category == same.category
    assert np.array_equal(one.reported, same.reported)
    assert one.category != other.category


def test_every_habit_is_of_a_shipped_class() -> None:
    known = set(CLASSES) | {code for codes in LEAVES.values() for code, _name in codes}
    assert set(HABITS) <= known


def test_times_follow_each_other_and_none_is_to_come() -> None:
    made = book()
    assert made.reported.max() <= NOW.timestamp()
    assert made.reported.min() >= MIDNIGHT.timestamp() - 90 * 86_400
    assert (made.due > made.reported).all()
    over = ~np.isnan(made.closed)
    assert (made.closed[over] >= made.reported[over]).all()
    assert (made.closed[over] <= NOW.timestamp()).all()
    assert {made.stage[int(i)] for i in np.flatnonzero(over)} == {"closed", "refused"}
    assert {made.stage[int(i)] for i in np.flatnonzero(~over)} <= set(Case.Stage.values) - {"closed", "refused"}


def test_the_mix_is_plausible() -> None:
    made = book(20_000)
    letters = Counter(code[0] for code in made.category)
    assert 0.5 < letters["C"] / 20_000 < 0.75
    assert min(letters["S"], letters["Z"]) > 2_000
    still_open = np.isnan(made.closed)
    assert 0.02 < still_open.mean() < 0.15
    assert 0.1 < (made.closed > made.due)[~still_open].mean() < 0.3
    assert 0.01 < made.urgent.mean() < 0.1
    hours = Counter(int((at + 8 * 3600) % 86_400 // 3600) for at in made.reported)
    assert hours[9] > 5 * hours[3]
    busiest = Counter(zip(made.place, strict=True)).most_common(1)[0][1]
    assert busiest > 3 * 20_000 / 120


def test_cases_lie_where_their_class_happens() -> None:
    made = book()
    spots = list(Spot)
    for code, lat, place in zip(made.category, made.lat, made.place, strict=True):
        habit = HABITS.get(code) or HABITS[code[: code.rindex("-")]]
        assert abs(lat - (SOUTH + 0.01 * spots.index(habit.spot))) < 0.001
        assert place.startswith(habit.spot)


def test_without_lamps_there_are_no_cases_of_lamps() -> None:
    assert "C-C01-04" not in book(spots=(Spot.ROAD, Spot.BUILDING)).category


@pytest.mark.django_db
def test_they_are_recorded_in_their_grids_and_counted(board: Board, grids: list[Grid]) -> None:
    write_missing_categories()
    assert settle_cases(count=50, now=timezone.now()) == 0  # nothing was generated here
    for model in (Building, GroundFeature, StreetLamp):
        model.objects.filter(source=GENERATED).delete()
    Building.objects.update(source=GENERATED)
    now = timezone.now()
    assert settle_cases(count=300, now=now, days=30) == 300
    cases = Case.objects.all()
    assert {case.grid_id for case in cases} <= {grid.pk for grid in grids}
    assert all(case.grid and case.address for case in cases.select_related("grid"))
    assert cases.filter(overdue=True).exists()
    assert not cases.filter(reported_at__lt=now - timedelta(days=31)).exists()
    assert len({case.number for case in cases}) == 300
    assert not BinChange.objects.exists()
    counted = sum(sum(getattr(one, name) for name in OPEN_AND_CLOSED) for one in Bin.objects.filter(z=0))
    assert counted == cases.filter(private=False).count() < 300  # private cases are in no figure
    remove_cases()
    assert not Case.objects.exists()


OPEN_AND_CLOSED = [f"{network}_{state}" for network in ("social", "city", "governance") for state in ("open", "closed")]


@pytest.mark.django_db
def test_the_command_refuses_where_there_is_nothing_to_put_cases_in(board: Board) -> None:
    with pytest.raises(CommandError, match="no generated district"):
        call_command("generate_cases", "10")
    with pytest.raises(CommandError, match="At least one"):
        call_command("generate_cases", "0")
