"""The pieces of the drawing, each on graphs small enough to know the answer."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gridmap.partition import Barrier, Effort, SizeRule, Unit
from gridmap.partition.bounds import explain_group, explain_piece
from gridmap.partition.graph import BARRIER, BLOCK, COMPOUND, STREET, Edge, Graph, compound_bundles, contracted
from gridmap.partition.ground import cell_shapes
from gridmap.partition.measures import (
    barriers_crossed,
    compound_pieces,
    extra_compound_pieces,
    load_figures,
    not_contiguous,
    shape_figures,
)
from gridmap.partition.parts import PartGround, group_cells, lay_part
from gridmap.partition.score import Score
from gridmap.partition.search import Scheme, first_scheme, improve, move_nodes
from gridmap.partition.trees import Patch, cuts
from tests.gridmap.partition.board import RULE, ground, house, houses, line, rng


def board_graph(columns: int, rows: int, loads: list[int]) -> Graph:
    """A chessboard graph of fields of 100 m, all in one block."""
    edges: list[list[Edge]] = [[] for _ in loads]
    for column, row in itertools.product(range(columns), range(rows)):
        node = row * columns + column
        for other in ([node + 1] if column + 1 < columns else []) + ([node + columns] if row + 1 < rows else []):
            edges[node].append(Edge(other, 100.0, BLOCK, 0.0))
            edges[other].append(Edge(node, 100.0, BLOCK, 0.0))
    count = len(loads)
    return Graph(
        households=loads,
        area=[10_000.0] * count,
        rim=[400.0] * count,
        edges=edges,
        compounds=[frozenset()] * count,
        sides=[frozenset((0,))] * count,
        cells=[(node,) for node in range(count)],
    )


def laid(
    columns: int,
    rows: int,
    units: list[Unit] | None = None,
    *,
    streets: Sequence[BaseGeometry] = (),
    barriers: Sequence[Barrier] = (),
) -> PartGround:
    """The ground of a board of houses."""
    return lay_part(ground(0, 0, columns, rows), units or houses(columns, rows), streets, barriers, RULE)


def kind_between(part: PartGround, first: int, second: int) -> int:
    """Class of the border between the cells of two units."""
    cell = {unit: index for index, units in enumerate(part.ground.units) for unit in units}
    (kind,) = [edge.kind for edge in part.graph.edges[cell[first]] if edge.to == cell[second]]
    return kind


def test_neighbours_in_a_block_across_a_street_and_across_a_barrier() -> None:
    part = laid(4, 1, streets=[line((1, -1), (1, 2))], barriers=[Barrier(line((2, -1), (2, 2)), 0.7, "wall")])
    assert kind_between(part, 0, 1) == STREET
    assert kind_between(part, 1, 2) == BARRIER
    assert kind_between(part, 2, 3) == BLOCK
    weights = [edge.barrier for edges in part.graph.edges for edge in edges if edge.kind == BARRIER]
    assert weights == pytest.approx([0.7, 0.7])


def test_houses_of_one_compound_are_joined_most_strongly() -> None:
    units = [Unit(u.ref, u.shape, 50, "a" if i < 2 else None) for i, u in enumerate(houses(3, 1))]
    part = laid(3, 1, units)
    assert kind_between(part, 0, 1) == COMPOUND
    assert kind_between(part, 1, 2) == BLOCK


def test_a_barrier_with_a_gap_is_a_door() -> None:
    part = laid(
        2, 2, barriers=[Barrier(line((1, -1), (1, 1)), 1.0, "wall"), Barrier(line((0, 1), (1, 1)), 1.0, "wall")]
    )
    assert kind_between(part, 0, 1) == BARRIER
    assert kind_between(part, 2, 3) == BLOCK
    sides = {next(iter(sides)) for sides in part.graph.sides}
    assert len(sides) == 2


def test_a_bridge_makes_a_crossing_cheaper() -> None:
    river = [Barrier(line((-1, 1), (5, 1)), 1.0, "river")]
    dry, bridged = laid(4, 2, barriers=river), laid(4, 2, barriers=river, streets=[line((0.5, -1), (0.5, 3))])
    assert {edge.barrier for edges in dry.graph.edges for edge in edges if edge.kind == BARRIER} == {1.0}
    weights = {edge.barrier for edges in bridged.graph.edges for edge in edges if edge.kind == BARRIER}
    assert weights == {0.5, 1.0}


def test_empty_blocks_are_cells_without_households() -> None:
    units = [unit for unit in houses(3, 1) if unit.ref != "h1-0"]
    part = laid(3, 1, units, streets=[line((1, -1), (1, 2)), line((2, -1), (2, 2))])
    assert sorted(part.graph.households) == [0, 50, 50]
    assert sum(part.graph.area) == pytest.approx(3 * part.graph.area[0], rel=1e-3)


def test_lengths_and_areas_add_up() -> None:
    part = laid(5, 4, streets=[line((2.3, -1), (2.7, 5))])
    graph = part.graph
    for node in range(len(graph)):
        assert sum(edge.length for edge in graph.edges[node]) <= graph.rim[node] + 1e-6
        for edge in graph.edges[node]:
            assert any(back.to == node and back.length == edge.length for back in graph.edges[edge.to])
    outer = sum(graph.rim) - sum(edge.length for edges in graph.edges for edge in edges)
    whole = contracted(graph, [list(range(len(graph)))])
    assert whole.rim[0] == pytest.approx(outer)
    assert whole.households == [1000]
    assert whole.edges == [[]]


def test_compounds_are_bundled_while_they_fit_and_in_connected_pieces() -> None:
    graph = board_graph(5, 1, [100] * 5)
    graph.compounds[:] = [frozenset((0,)), frozenset((0,)), frozenset(), frozenset((0,)), frozenset()]
    bundles = compound_bundles(graph, 360, lambda _: True)
    assert sorted(map(sorted, bundles)) == [[0, 1], [2], [3], [4]]
    assert all(len(bundle) == 1 for bundle in compound_bundles(graph, 299, lambda _: True))
    assert all(len(bundle) == 1 for bundle in compound_bundles(graph, 360, lambda node: node != 1))


boards = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))


@given(boards)
def test_a_tree_spans_and_its_cuts_leave_connected_parts(board: tuple[int, int, int]) -> None:
    columns, rows, seed = board
    random = np.random.default_rng(seed)
    graph = board_graph(columns, rows, [int(load) for load in random.integers(0, 90, columns * rows)])
    tree = Patch(graph, list(range(len(graph)))).tree(random)
    assert sorted(tree.order) == list(range(len(graph)))
    assert tree.households == sum(graph.households)
    for cut in cuts(tree, 2, 50) if len(graph) > 1 else []:
        lower, upper = tree.branch(cut.top)
        assert sorted(lower + upper) == list(range(len(graph)))
        assert len(graph.pieces(lower)) == len(graph.pieces(upper)) == 1
        assert sum(graph.households[node] for node in lower) == tree.below[cut.top]


def test_cuts_come_best_first_and_count_grids() -> None:
    graph = board_graph(9, 1, [100] * 9)
    tree = Patch(graph, list(range(9))).tree(rng())
    best = cuts(tree, 3, 2)
    assert best[0].penalty <= best[1].penalty
    for cut in best:
        assert tree.below[cut.top] == cut.count * 300


def test_a_tree_takes_a_barrier_only_once() -> None:
    graph = board_graph(4, 4, [50] * 16)
    for node in range(16):
        graph.edges[node] = [
            edge._replace(kind=BARRIER, barrier=1.0) if (node % 4 < 2) != (edge.to % 4 < 2) else edge
            for edge in graph.edges[node]
        ]
    random = rng()
    patch = Patch(graph, list(range(16)))
    once = sum(sum(kind == BARRIER for kind in patch.tree(random).kind) == 1 for _ in range(40))
    assert once >= 25


@given(boards, st.integers(1, 6))
@settings(deadline=None)
def test_a_search_keeps_groups_connected_and_never_costs_more(board: tuple[int, int, int], grids: int) -> None:
    columns, rows, seed = board
    random = np.random.default_rng(seed)
    graph = board_graph(columns, rows, [int(load) for load in random.integers(1, 120, columns * rows)])
    score = Score.of(graph, RULE, grids)
    scheme = first_scheme(graph, score, range(len(graph)), grids, random)
    before = scheme.total
    after = improve(scheme, Effort(rounds=4, idle_rounds=2), random, lambda _: None)
    assert after.total <= before + 1e-6
    assert sorted(node for group in after.groups.values() for node in group) == list(range(len(graph)))
    assert not_contiguous(graph, list(after.groups.values())) == 0
    for number, group in after.groups.items():
        assert after.costs[number] == pytest.approx(score.cost(score.figure(group)))


def test_single_moves_repair_a_lopsided_scheme() -> None:
    graph = board_graph(6, 2, [50] * 12)
    score = Score.of(graph, RULE, 2)
    scheme = Scheme(graph, score, [[0, 1, 6, 7], [2, 3, 4, 5, 8, 9, 10, 11]])
    while move_nodes(scheme):
        pass
    assert sorted(figure.households for figure in scheme.figures.values()) == [300, 300]
    assert not_contiguous(graph, list(scheme.groups.values())) == 0


def test_the_order_of_the_rules_holds_in_the_score() -> None:
    graph = board_graph(6, 2, [50] * 12)
    score = Score.of(graph, RULE, 2)
    inside, outside = score.size_cost(241), score.size_cost(239)
    assert outside - inside > 50.0
    assert score.size_cost(300) < score.size_cost(290) < score.size_cost(270) < score.size_cost(245)
    assert score.size_cost(390) < score.size_cost(500)
    graph.compounds[0] = frozenset((0,))
    graph.compounds[1] = frozenset((1,))
    two, one = score.figure([0, 1]), score.figure([0, 6])
    assert two.ties - one.ties == pytest.approx(8.0)
    assert two.ties - one.ties > 3 * (score.size_cost(240) - score.size_cost(300))


def test_a_round_grid_is_cheaper_than_a_strip() -> None:
    graph = board_graph(6, 6, [10] * 36)
    score = Score.of(graph, RULE, 4)
    square = score.figure([0, 1, 2, 6, 7, 8, 12, 13, 14])
    strip = score.figure([0, 1, 2, 3, 4, 5, 11, 17, 23])
    assert square.area == strip.area
    assert score.cost(square) < score.cost(strip)


def test_everything_together_finds_the_perfect_board() -> None:
    graph = board_graph(6, 6, [50] * 36)
    groups = group_cells(graph, RULE, Effort(), rng(), lambda _: None)
    assert [sum(graph.households[node] for node in group) for group in groups] == [300] * 6


def test_enumeration_finds_nothing_better_on_a_small_board() -> None:
    loads = [110, 90, 70, 130, 60, 140]
    graph = board_graph(3, 2, loads)
    groups = group_cells(graph, RULE, Effort(), rng(), lambda _: None)
    score = Score.of(graph, RULE, 2)
    ours = sum(score.cost(score.figure(group)) for group in groups)
    for size in range(1, 6):
        for chosen in itertools.combinations(range(6), size):
            rest = [node for node in range(6) if node not in chosen]
            if len(graph.pieces(chosen)) == len(graph.pieces(rest)) == 1:
                assert ours <= score.cost(score.figure(chosen)) + score.cost(score.figure(rest)) + 1e-9


def test_bounds_of_a_piece() -> None:
    low = explain_piece(40, RULE, "island_below_minimum")
    assert low is not None
    assert low.code == "island_below_minimum"
    between = explain_piece(420, RULE, "x")
    assert between is not None
    assert (between.code, between.params["most_that_fill"]) == ("forced_by_count", 1)
    assert explain_piece(480, RULE, "x") is None
    assert explain_piece(300, RULE, "x") is None


@given(st.integers(1, 4000))
def test_the_count_suits_the_load(households: int) -> None:
    count = RULE.count_for(households)
    assert count >= 1
    assert RULE.some_count_fits(households) == any(k * 240 <= households <= k * 360 for k in range(1, 20))
    if RULE.some_count_fits(households):
        assert 240 * count <= households <= 360 * count


def test_bounds_of_a_node_look_across_empty_ground() -> None:
    graph = board_graph(4, 1, [200, 0, 210, 350])
    found = explain_group(graph, [0, 1], RULE, ["a", "", "b", "c"])
    assert found is not None
    assert found.params == {"unit": "a", "households": 200, "least_neighbour": 210, "maximum": 360}
    graph.households[2] = 100
    assert explain_group(graph, [0, 1], RULE, ["a", "", "b", "c"]) is None


def test_measures_by_hand() -> None:
    figures = load_figures([300, 270, 331, 360, 100, 0], RULE)
    assert figures["within_10"] == pytest.approx(2 / 5)
    assert figures["within_20"] == pytest.approx(4 / 5)
    assert figures["mean_deviation"] == pytest.approx((0 + 30 + 31 + 60 + 200) / 300 / 5)
    assert (figures["smallest"], figures["largest"], figures["outside_band"]) == (100, 360, 1)
    assert load_figures([], RULE)["mean_deviation"] == 0.0


def test_pieces_of_compounds_by_hand() -> None:
    pieces = compound_pieces([[0, 1], [2, 3], [4]], ["a", "a", "a", "b", "b"])
    assert pieces == {"a": 2, "b": 2}
    assert extra_compound_pieces(pieces, {"a": 300, "b": 700}, RULE) == 1
    assert extra_compound_pieces({"c": 1}, {"c": 0}, RULE) == 0


def test_crossings_and_contiguity_by_hand() -> None:
    graph = board_graph(4, 1, [10] * 4)
    graph.sides[:] = [frozenset((0,)), frozenset((0,)), frozenset(), frozenset((1,))]
    assert barriers_crossed(graph, [[0, 1, 2, 3]]) == 1
    assert barriers_crossed(graph, [[0, 1], [2, 3]]) == 0
    assert not_contiguous(graph, [[0, 2], [1, 3]]) == 2


def test_shape_figures_by_hand() -> None:
    graph = board_graph(2, 2, [10] * 4)
    figures = shape_figures(graph, [[0, 1], [2, 3]])
    assert figures["cut_length_m"] == pytest.approx(200.0)
    assert figures["polsby_popper"] == pytest.approx(4 * np.pi * 20_000 / 600**2)


def test_a_size_rule_may_be_narrow() -> None:
    assert SizeRule(10, 10, 10).count_for(30) == 3
    assert not SizeRule(10, 10, 10).some_count_fits(31)


def test_thin_footprints_have_a_seat_too() -> None:
    units = [*houses(3, 2, 150), Unit("wall", ground(0.2, 0.99, 2.5, 0.0005), 30)]
    part = lay_part(ground(0, 0, 3, 2), units, [], [], RULE)
    assert sorted(unit for cell in part.ground.units for unit in cell) == list(range(7))
    assert shapely.coverage_is_valid(part.ground.faces)


def test_cells_hold_their_footprints() -> None:
    units = [*houses(3, 2, 150), Unit("big", house(1, 0, width=0.9, depth=0.9), 30)]
    part = lay_part(ground(0, 0, 3, 2), units[:1] + units[2:], [line((1.5, -1), (1.5, 3))], [], RULE)
    for index, cell in enumerate(part.ground.units):
        own = cell_shapes(part.ground, [[index]])[0]
        for unit in cell:
            shape = (units[:1] + units[2:])[unit].shape
            assert shapely.difference(shape, own).area < 1e-6 * shape.area
