"""The histogram of a draft: every inhabited grid once, the band's ends inside the band."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gridmap.partition import SizeRule
from gridmap.planning.explaining import histogram

RULES = st.tuples(st.integers(1, 3000), st.integers(0, 800), st.integers(0, 800)).map(
    lambda one: SizeRule(minimum=one[0], target=one[0] + one[1], maximum=one[0] + one[1] + one[2])
)


def bins_of(loads: list[int], rule: SizeRule | None = None) -> list[dict[str, Any]]:
    grids: Any = [SimpleNamespace(households=load) for load in loads]
    bins: list[dict[str, Any]] = histogram(grids, rule or SizeRule())["bins"]
    return bins


def test_bins_of_twenty_cover_the_band_even_where_nobody_lives() -> None:
    bins = bins_of([])
    assert [(one["low"], one["high"]) for one in bins] == [(low, low + 20) for low in range(240, 360, 20)]
    assert {one["place"] for one in bins} == {"inside"}


def test_the_ends_of_the_band_are_inside_it() -> None:
    bins = bins_of([240, 360, 361, 239])
    told = {(one["low"], one["place"]): one["count"] for one in bins if one["count"]}
    assert told == {(220, "below"): 1, (240, "inside"): 1, (340, "inside"): 1, (360, "above"): 1}


def test_what_lies_far_off_is_in_an_open_bin() -> None:
    bins = bins_of([3, 300, 5000])
    assert (bins[0]["low"], bins[0]["count"]) == (None, 1)
    assert (bins[-1]["high"], bins[-1]["count"]) == (None, 1)
    assert len(bins) <= 20


def test_a_wide_band_has_wider_bins() -> None:
    bins = bins_of([700], SizeRule(minimum=300, target=1000, maximum=2000))
    assert len(bins) <= 14


@given(st.lists(st.integers(0, 6000), max_size=60), RULES)
def test_every_inhabited_grid_is_counted_once_and_in_its_place(loads: list[int], rule: SizeRule) -> None:
    bins = bins_of(loads, rule)
    lived_in = [load for load in loads if load]
    assert sum(one["count"] for one in bins) == len(lived_in)
    inside = sum(one["count"] for one in bins if one["place"] == "inside")
    below = sum(one["count"] for one in bins if one["place"] == "below")
    if rule.maximum > rule.minimum:
        assert inside == sum(rule.holds(load) for load in lived_in)
        assert below == sum(load < rule.minimum for load in lived_in)
    edges = [one["low"] for one in bins if one["low"] is not None]
    assert edges == sorted(set(edges))
    assert len(bins) <= 30
