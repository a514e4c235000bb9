"""What a grid costs: each part alone, their order, and a whole group against plain arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.partition.graph import BARRIER, BLOCK, Graph
from gridmap.partition.score import Prices, price_of_group, price_of_shape, price_of_size, price_of_ties
from gridmap.partition.units import SizeRule, Weights
from tests.gridmap.partition.meshes import RULE, former, graphs, mesh_of, net_of, path, plain_price, prices_of, town

ROUND = (10_000.0, 2.0 * math.sqrt(math.pi * 10_000.0))


def usual() -> Prices:
    return prices_of(town(0, 100))


def test_the_target_costs_nothing_and_every_household_off_it_something() -> None:
    prices = usual()
    assert price_of_size(300, prices) == 0.0
    for step in (-1, 1):
        costs = [price_of_size(300 + step * off, prices) for off in range(300)]
        assert costs == sorted(costs)
        assert len(set(costs)) == len(costs)


def test_missing_ten_percent_costs_extra() -> None:
    prices = usual()
    steps = {load: price_of_size(load, prices) - price_of_size(load + 1, prices) for load in range(241, 299)}
    assert max(steps, key=lambda load: steps[load]) == 269
    assert price_of_size(330, prices) == price_of_size(270, prices)


def test_even_loads_beat_uneven_ones_of_the_same_sum() -> None:
    prices = usual()
    assert 2 * price_of_size(285, prices) < price_of_size(300, prices) + price_of_size(270, prices) + 0.01
    assert 2 * price_of_size(250, prices) < price_of_size(240, prices) + price_of_size(260, prices) + 0.01
    assert 2 * price_of_size(270, prices) < price_of_size(240, prices) + price_of_size(300, prices)


@pytest.mark.parametrize("weights", [Weights(), Weights(5.0, 5.0, 5.0), Weights(5.0, 0.0), Weights(0.0, 5.0)])
def test_the_band_comes_before_everything_else_in_two_neighbouring_grids(weights: Weights) -> None:
    prices = prices_of(town(0, 100), weights)
    inside = max(price_of_size(load, prices) for load in range(240, 361))
    shape = price_of_shape(*ROUND, prices) + prices.per_shape
    gain = 2 * inside + 2 * shape + price_of_ties(1, 0, 2, 1.8, prices)
    for load in (239, 361, 100, 900):
        assert price_of_size(load, prices) - inside > 0
        assert price_of_size(load, prices) > 100.0
    if weights == Weights():
        assert price_of_size(239, prices) > gain


def test_a_compound_comes_before_any_barrier_and_before_the_loads_of_two_grids() -> None:
    prices = usual()
    piece = price_of_ties(2, 0, 1, 1e9, prices) - price_of_ties(1, 0, 1, 1e9, prices)
    assert piece > price_of_ties(0, 0, 2, 99.0, prices)
    assert piece > 2 * max(price_of_size(load, prices) for load in range(240, 361))


def test_a_barrier_comes_before_the_load_of_a_grid() -> None:
    prices = usual()
    assert price_of_ties(0, 0, 2, 1.0, prices) > price_of_size(240, prices)


def test_loads_come_before_shapes() -> None:
    prices = usual()
    worse = price_of_shape(10_000.0, 1.3 * ROUND[1], prices) - price_of_shape(*ROUND, prices)
    assert price_of_size(269, prices) - price_of_size(270, prices) > worse


def test_the_lightest_way_across_a_barrier_counts_within_limits() -> None:
    prices = usual()
    light, plain, heavy = (price_of_ties(0, 0, 2, weight, prices) for weight in (0.5, 1.0, 1.7))
    assert 0.0 < light < plain < heavy
    assert price_of_ties(0, 0, 2, 0.0, prices) == price_of_ties(0, 0, 2, prices.least_barrier, prices) > 0.0
    assert price_of_ties(0, 0, 2, 50.0, prices) == price_of_ties(0, 0, 2, prices.heaviest_barrier, prices)
    assert price_of_ties(0, 0, 3, 1.0, prices) == 2 * plain
    assert price_of_ties(0, 0, 1, 1.0, prices) == price_of_ties(0, 0, 0, 1.0, prices) == 0.0


def test_a_compound_that_must_be_divided_anyway_costs_less_a_piece() -> None:
    prices = usual()
    assert 0.0 < price_of_ties(0, 1, 0, 1e9, prices) < price_of_ties(1, 0, 0, 1e9, prices)
    graph = mesh_of([90] * 10, {}, [0] * 4 + [1] * 5 + [-1])
    net = net_of(graph)
    assert net.compound.tolist() == [0] * 4 + [-1] * 6
    assert net.estate.tolist() == [-1] * 4 + [1] * 5 + [-1]


def test_pieces_of_compounds_add_up() -> None:
    prices = usual()
    assert price_of_ties(3, 0, 1, 1e9, prices) == 3 * price_of_ties(1, 0, 0, 1e9, prices)


def test_a_circle_is_the_cheapest_shape() -> None:
    prices = usual()._replace(per_border=0.0)
    assert price_of_shape(*ROUND, prices) == pytest.approx(0.0, abs=1e-9)
    square = price_of_shape(10_000.0, 400.0, prices)
    strip = price_of_shape(10_000.0, 2020.0, prices)
    assert 0.0 < square < strip < prices.per_shape
    assert price_of_shape(10_000.0, 0.0, prices) == prices.per_shape


def test_a_long_border_costs_by_its_length() -> None:
    prices = usual()._replace(per_shape=0.0)
    assert price_of_shape(1.0, 800.0, prices) == pytest.approx(2 * price_of_shape(1.0, 400.0, prices))
    assert price_of_shape(1.0, prices.typical_m, prices) == pytest.approx(prices.per_border)


def test_the_typical_border_is_that_of_a_square_grid_of_mean_size() -> None:
    graph = path(*[100] * 12)
    assert prices_of(graph).typical_m == pytest.approx(4.0 * math.sqrt(12 * 3000.0 / 4))


def test_weights_scale_their_own_part_only_in_proportion_to_the_heaviest() -> None:
    graph = town(0, 100)
    plain, heavy = prices_of(graph, moves=True), prices_of(graph, Weights(2.0, 3.0, 4.0), moves=True)
    assert price_of_size(290, heavy) == pytest.approx(2 / 4 * price_of_size(290, plain))
    assert price_of_shape(5e4, 1e3, heavy) == pytest.approx(3 / 4 * price_of_shape(5e4, 1e3, plain))
    assert heavy.per_moved_share == pytest.approx(plain.per_moved_share)
    unmoved = prices_of(graph, Weights(2.0, 1.0, 5.0))
    assert price_of_size(290, unmoved) == pytest.approx(price_of_size(290, plain))
    assert price_of_ties(2, 0, 2, 1.0, heavy) == price_of_ties(2, 0, 2, 1.0, plain)
    nothing = prices_of(graph, Weights(0.0, 0.0, 0.0), moves=True)
    assert price_of_size(250, nothing) == price_of_shape(5e4, 1e3, nothing) == nothing.per_moved_share == 0.0
    assert price_of_size(239, nothing) >= 100.0


def test_moves_cost_nothing_where_nothing_is_in_force() -> None:
    assert prices_of(town(0, 100), moves=False).per_moved_share == 0.0


def test_odd_weights_and_rules_are_refused() -> None:
    for weights in ((-0.1, 1.0, 1.0), (1.0, 5.1, 1.0), (1.0, 1.0, math.nan), (1.0, math.inf, 1.0)):
        with pytest.raises(ValueError, match="weight of"):
            Weights(*weights)
    for rule in ((300, 0, 360), (300, 310, 360), (300, 240, 290)):
        with pytest.raises(ValueError, match="size rule"):
            SizeRule(*rule)


def test_a_band_of_no_width_has_a_price() -> None:
    graph = path(300, 300, 301)
    prices = Prices.of(graph, SizeRule(300, 300, 300), Weights(), moves=False)
    assert price_of_size(300, prices) == 0.0
    assert 100.0 < price_of_size(301, prices) < price_of_size(310, prices) < math.inf


@settings(max_examples=80, deadline=None)
@given(graphs, st.integers(0, 2**32 - 1))
def test_a_group_costs_what_plain_arithmetic_says(graph: Graph, seed: int) -> None:
    before = former(seed, graph)
    prices = prices_of(graph, moves=True)
    net = net_of(graph, before)
    label = np.random.default_rng(seed).integers(0, 4, len(graph))
    for number in sorted(set(label.tolist())):
        nodes = np.flatnonzero(label == number)
        load, cost = price_of_group(nodes, net, label, prices)
        assert load == graph.households[nodes].sum()
        assert cost == pytest.approx(plain_price(graph, nodes.tolist(), prices, before))


def test_who_stays_with_most_of_a_grid_has_not_moved() -> None:
    graph = path(100, 100, 60, 40)
    before = np.array([7, 7, 2, -1])
    label = np.zeros(4, dtype=np.int64)
    prices = prices_of(graph, moves=True)
    nodes = np.arange(4)
    _, moved = price_of_group(nodes, net_of(graph, before), label, prices)
    _, stayed = price_of_group(nodes, net_of(graph, np.array([7, 7, 7, -1])), label, prices)
    assert moved - stayed == pytest.approx(prices.per_moved_share * 60 / 300)


def test_a_bridge_makes_a_crossing_cheaper_for_the_grid_that_uses_it() -> None:
    pairs = {
        (0, 1): (50.0, BARRIER, 1.5),
        (2, 3): (50.0, BARRIER, 0.5),
        (0, 2): (9.0, BLOCK, 0.0),
        (1, 3): (9.0, BLOCK, 0.0),
    }
    graph = mesh_of([75] * 4, pairs)
    prices = prices_of(graph)
    label = np.array([0, 0, 1, 1])
    net = net_of(graph)
    _, hard = price_of_group(np.array([0, 1]), net, label, prices)
    _, easy = price_of_group(np.array([2, 3]), net, label, prices)
    assert hard - easy == pytest.approx(prices.per_barrier)
    assert RULE.holds(300)
