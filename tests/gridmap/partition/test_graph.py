"""The neighbour graph: arrays in order, pieces, and borders of the class that they have on the ground."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.partition.graph import BARRIER, BLOCK, COMPOUND, STREET, Borders, Graph, assembled
from gridmap.partition.layout import lay_part
from gridmap.partition.units import Barrier, Unit
from tests.gridmap.partition.board import ground, house, houses, line
from tests.gridmap.partition.meshes import RULE, graphs, is_connected, mesh_of, path
from tests.gridmap.partition.plots import every_cell, home_of, random_town

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_every_border_stands_at_both_ends(graph: Graph) -> None:
    origin = graph.origins()
    assert len(origin) == len(graph.to) == graph.starts[-1]
    table = {
        (a, b): values
        for a, b, *values in zip(
            origin.tolist(), graph.to.tolist(), graph.length, graph.kind, graph.barrier, strict=True
        )
    }
    assert len(table) == len(graph.to)
    for (a, b), values in table.items():
        assert a != b
        assert table[b, a] == values
    for node in range(len(graph)):
        near = graph.neighbours(node).tolist()
        assert near == sorted(other for a, other in table if a == node)


@settings(max_examples=60, deadline=None)
@given(graphs, SEEDS)
def test_components_are_the_largest_connected_pieces_of_a_label(graph: Graph, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(-1, 3, len(graph))
    piece = graph.components(labels)
    assert ((piece < 0) == (labels < 0)).all()
    assert sorted(set(piece[piece >= 0].tolist())) == list(range(int(piece.max()) + 1))
    for number in range(int(piece.max()) + 1):
        nodes = np.flatnonzero(piece == number)
        assert len(set(labels[nodes].tolist())) == 1
        assert is_connected(graph, nodes.tolist())
        for node in nodes.tolist():
            beside = graph.neighbours(node)
            assert (piece[beside][labels[beside] == labels[node]] == number).all()


def test_pieces_are_in_order() -> None:
    graph = path(*[1] * 8)
    assert graph.pieces([7, 6, 0, 3, 2]) == [[0], [2, 3], [6, 7]]
    assert graph.pieces([]) == []
    assert len(graph) == 8


def test_a_graph_without_borders_or_nodes() -> None:
    empty = mesh_of([], {})
    assert len(empty) == 0
    assert empty.components(np.zeros(0, dtype=np.int64)).tolist() == []
    alone = mesh_of([5, 6], {})
    assert alone.neighbours(0).tolist() == []
    assert alone.components(np.array([0, 0])).tolist() == [0, 1]
    assert alone.components(np.array([-1, -1])).tolist() == [-1, -1]


def test_borders_keep_their_values_when_sorted() -> None:
    borders = Borders(
        np.array([1, 0]), np.array([2, 2]), np.array([3.0, 4.0]), np.array([STREET, BARRIER]), np.array([0.0, 1.5])
    )
    zero, area = np.zeros(3, dtype=np.int64), np.ones(3)
    graph = assembled(households=zero, area=area, rim=area, compound=zero - 1, side=zero, borders=borders)
    assert graph.starts.tolist() == [0, 1, 2, 4]
    assert graph.to.tolist() == [2, 2, 0, 1]
    assert graph.length.tolist() == [4.0, 3.0, 4.0, 3.0]
    assert graph.kind.tolist() == [BARRIER, STREET, BARRIER, STREET]
    assert graph.barrier.tolist() == [1.5, 0.0, 1.5, 0.0]


def drawn(
    units: list[Unit],
    columns: int,
    rows: int,
    *,
    streets: list[shapely.Geometry] | None = None,
    barriers: list[Barrier] | None = None,
) -> tuple[Graph, dict[str, int]]:
    """The graph of a board, and the node of each unit by ref."""
    laid = lay_part(ground(0, 0, columns, rows), units, streets or [], barriers or [], RULE)
    return laid.graph, {units[unit].ref: cell for unit, cell in home_of(laid.ground).items()}


def between(graph: Graph, a: int, b: int) -> tuple[float, int, float]:
    (found,) = [e for e in range(int(graph.starts[a]), int(graph.starts[a + 1])) if graph.to[e] == b]
    return float(graph.length[found]), int(graph.kind[found]), float(graph.barrier[found])


def test_borders_have_the_class_of_what_lies_on_them() -> None:
    walled = {"h0-0", "h1-0", "h0-2", "h1-2"}
    units = [Unit(u.ref, u.shape, 10, "yard" if u.ref in walled else None) for u in houses(4, 3)]
    streets, barriers = [line((2, -1), (2, 4))], [Barrier(line((-1, 2), (5, 2)), 1.5, "river")]
    graph, node = drawn(units, 4, 3, streets=streets, barriers=barriers)
    assert graph.compound_names == ("yard",)
    assert between(graph, node["h0-0"], node["h1-0"])[1:] == (COMPOUND, 0.0)
    assert between(graph, node["h0-0"], node["h0-1"])[1:] == (BLOCK, 0.0)
    assert between(graph, node["h1-0"], node["h2-0"])[1:] == (STREET, 0.0)
    length, kind, weight = between(graph, node["h3-1"], node["h3-2"])
    assert kind == BARRIER
    assert weight == pytest.approx(1.5)
    assert length == pytest.approx(0.0006 * 111_320 * np.cos(np.radians(32.06)), rel=0.01)
    assert graph.side[node["h0-0"]] == graph.side[node["h3-1"]] != graph.side[node["h0-2"]]


def test_one_compound_on_both_banks_is_still_parted_by_the_river() -> None:
    units = [Unit(u.ref, u.shape, 10, "yard") for u in houses(2, 2)]
    graph, node = drawn(units, 2, 2, barriers=[Barrier(line((-1, 1), (3, 1)))])
    assert between(graph, node["h0-0"], node["h0-1"])[1] == BARRIER
    assert len(set(graph.side.tolist())) == 2


def test_a_river_is_easier_to_cross_where_a_street_does() -> None:
    river, bridge = Barrier(line((-1, 1), (9, 1)), 1.0, "river"), line((6.5, -1), (6.5, 3))
    graph, node = drawn(houses(8, 2), 8, 2, streets=[bridge], barriers=[river])
    assert between(graph, node["h6-0"], node["h6-1"])[2] == pytest.approx(0.5)
    assert between(graph, node["h1-0"], node["h1-1"])[2] == pytest.approx(1.0)


def test_ground_where_nobody_lives_is_no_side() -> None:
    units = [u for u in houses(3, 3) if u.ref[-1] != "1"]
    graph, _ = drawn(units, 3, 3, barriers=[Barrier(line((-1, 1), (4, 1))), Barrier(line((-1, 2), (4, 2)))])
    lived_on = graph.households > 0
    assert len(set(graph.side[lived_on].tolist())) == 2
    assert (graph.side[~lived_on] == -1).all()


def test_units_of_several_compounds_on_one_seat_belong_to_the_larger_one() -> None:
    spot = house(1, 1).centroid
    units = [*houses(3, 1), Unit("a", spot, 20, "a"), Unit("b", spot, 30, "b"), Unit("c", spot, 90)]
    graph, node = drawn(units, 3, 3)
    assert node["a"] == node["b"] == node["c"]
    assert graph.households[node["a"]] == 140
    assert graph.compound_names[graph.compound[node["a"]]] == "b"


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_lengths_and_areas_are_those_of_the_cells(seed: int) -> None:
    town = random_town(seed)
    laid = town.laid()
    graph, plane_area = laid.graph, laid.ground.area_m2
    assert graph.area.tolist() == plane_area.tolist()
    assert graph.households.sum() == sum(unit.households for unit in town.units)
    cells = every_cell(laid.ground)
    for a, b in zip(graph.origins().tolist(), graph.to.tolist(), strict=True):
        assert shapely.intersects(cells[a], cells[b])
    inner = np.bincount(graph.origins(), weights=graph.length, minlength=len(graph))
    assert (inner <= graph.rim + 1e-6).all()
    whole = graph.rim.sum() - graph.length.sum()
    metres = shapely.transform(town.community, lambda xy: xy * 111_320.0 * np.array([np.cos(np.radians(32.06)), 1.0]))
    assert whole == pytest.approx(metres.length, rel=2e-3)
