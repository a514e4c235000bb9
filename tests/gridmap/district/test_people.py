"""Sharing out: sums are exact, bounds are kept, the impossible is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.district.people import (
    MOST_HOUSEHOLDS,
    apportion,
    share_dwellings,
    share_elders,
    share_households,
    share_residents,
)


@st.composite
def problems(draw: st.DrawFn) -> tuple[int, list[float], list[int], list[int]]:
    size = draw(st.integers(1, 30))
    low = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    room = draw(st.lists(st.integers(0, 50), min_size=size, max_size=size))
    weights = draw(st.lists(st.floats(0, 1e4), min_size=size, max_size=size))
    high = [a + b for a, b in zip(low, room, strict=True)]
    return draw(st.integers(sum(low), sum(high))), weights, low, high


@settings(max_examples=150, deadline=None)
@given(problems())
def test_shares_add_up_and_stay_within_their_bounds(problem: tuple[int, list[float], list[int], list[int]]) -> None:
    total, weights, low, high = problem
    shares = apportion(total, np.array(weights), np.array(low), np.array(high))
    assert shares.sum() == total
    assert (shares >= low).all()
    assert (shares <= high).all()


def test_shares_follow_the_weights_within_one() -> None:
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    shares = apportion(105, weights, np.zeros(4, dtype=np.int64), np.full(4, 1000))
    assert np.abs(shares - 105 * weights / 10).max() < 1


@pytest.mark.parametrize("total", [2, 31])
def test_what_does_not_fit_is_refused(total: int) -> None:
    with pytest.raises(ValueError, match=f"cannot share {total}"):
        apportion(total, np.ones(3), np.array([1, 1, 1]), np.array([10, 10, 10]))


def test_a_villa_is_one_dwelling() -> None:
    shares = share_dwellings(50, np.array([1.0, 1.0, 30.0]), np.array([True, True, False]))
    assert shares.tolist() == [1, 1, 48]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 800), min_size=1, max_size=40), st.floats(0.66, 0.89), st.integers(0, 2**32))
def test_people_fit_into_their_homes(dwellings: list[int], occupied: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    homes = np.array(dwellings)
    total = int(min(np.minimum(homes, MOST_HOUSEHOLDS).sum(), max(1, round(homes.sum() * occupied))))
    households = share_households(total, homes, rng)
    residents = share_residents(round(total * 2.6), households, rng)
    elders = share_elders(round(total * 0.5), residents, np.ones(len(homes)), rng)
    assert (households.sum(), residents.sum(), elders.sum()) == (total, round(total * 2.6), round(total * 0.5))
    assert (households <= np.minimum(homes, MOST_HOUSEHOLDS)).all()
    assert (residents >= households).all()
    assert (elders <= residents).all()
    assert (residents[households == 0] == 0).all()
