"""Reasons and bounds, held against every division of generated towns."""

from collections.abc import Iterator

import numpy as np
import pytest

from gridmap.partition import bounds
from gridmap.partition.bounds import Reasons, explain, explain_piece
from gridmap.partition.covers import Piece
from gridmap.partition.findings import PROOFS, Finding
from gridmap.partition.graph import Graph
from gridmap.partition.optimum import MOST_NODES, fewest_outside
from gridmap.partition.plane import Ints
from gridmap.partition.settled import Settled
from tests.gridmap.partition.meshes import path
from tests.gridmap.partition.small_towns import RULE, Town, town_graph, towns

PROVEN = {"forced_alone", "forced_together", "forced_by_neighbours", "forced_number", "forced_by_count"}
BELOW = {"community_below_minimum", "pocket_below_minimum"}
TOWNS = towns(240)


def names(graph: Graph) -> list[str]:
    return [f"n{node}" for node in range(len(graph))]


def told(graph: Graph, labels: Ints, **terms: object) -> Reasons:
    return explain(graph, labels, RULE, names(graph), code_below="community_below_minimum", **terms)  # type: ignore[arg-type]


def codes_of(reasons: Reasons) -> list[str]:
    return [findings[0].code if findings else "" for findings in reasons.of_grid]


def with_proof(reasons: Reasons) -> int:
    """Grids that carry a reason which no drawing could help."""
    return sum(code in PROOFS for code in codes_of(reasons))


def witness_of(finding: Finding) -> int:
    """The buildings a finding names, as bits."""
    units = finding.params.get("units")
    refs = units if isinstance(units, list) else [finding.params["unit"]]
    return sum(1 << int(str(ref)[1:]) for ref in refs)


def drawings(town: Town) -> Iterator[Ints]:
    """A best division, and one somewhere among all."""
    best = min(range(len(town.outcomes)), key=lambda index: (not town.outcomes[index][0], town.outcomes[index][2]))
    some = sum(town.loads) % len(town.divisions)
    for index in (best, some):
        yield town.labels(town.divisions[index])


def test_the_optimum_of_small_pieces_is_that_of_all_divisions() -> None:
    for town in TOWNS:
        free = [node for node in range(len(town.loads)) if town.free >> node & 1]
        number = {node: index for index, node in enumerate(free)}
        near = [[number[b] for b in free if town.beside[a] >> b & 1] for a in free]
        starts = np.cumsum([0] + [len(some) for some in near])
        to = np.array([b for some in near for b in some], dtype=np.int64)
        piece = Piece(starts.astype(np.int64), to, np.array([town.loads[a] for a in free], dtype=np.int64))
        assert fewest_outside(piece, RULE) == town.fewest, town


def test_too_many_nodes_for_all_divisions_are_refused() -> None:
    count = MOST_NODES + 1
    nobody = np.zeros(0, dtype=np.int64)
    piece = Piece(np.zeros(count + 1, dtype=np.int64), nobody, np.full(count, 100, dtype=np.int64))
    with pytest.raises(ValueError, match="17 nodes are too many"):
        fewest_outside(piece, RULE)


def test_a_best_drawing_is_proven_to_be_one() -> None:
    for town in TOWNS:
        labels = next(drawings(town))
        reasons = told(town.graph, labels)
        assert reasons.bound_outside == town.fewest[0] + town.towers, town
        assert reasons.proven == reasons.bound_outside, town
        codes = {finding.code for findings in reasons.of_grid for finding in findings}
        assert codes <= PROVEN | BELOW | {"unit_above_maximum"}, town


@pytest.mark.parametrize("most_nodes", [MOST_NODES, 0])
def test_no_proof_and_no_bound_says_too_much(most_nodes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the exact optimum (pieces of at most 0 nodes) the witnesses alone carry the bound."""
    monkeypatch.setattr(bounds, "MOST_NODES", most_nodes)
    claims = 0
    for town in TOWNS:
        for labels in drawings(town):
            reasons = told(town.graph, labels)
            assert reasons.bound_outside <= town.fewest[0] + town.towers, town
            for finding in (finding for findings in reasons.of_grid for finding in findings):
                if finding.code in {"forced_alone", "forced_together", "forced_by_neighbours"}:
                    witness = witness_of(finding)
                    assert all(nodes & witness for _, nodes, _ in town.outcomes), (town, finding)
                    claims += 1
    assert claims > 300


def test_every_grid_outside_the_band_has_a_reason_and_no_other() -> None:
    for town in TOWNS:
        for labels in drawings(town):
            reasons = told(town.graph, labels)
            loads = np.bincount(labels, weights=town.graph.households).astype(int).tolist()
            wrong = [bool(load) and not RULE.holds(load) for load in loads]
            assert [len(findings) for findings in reasons.of_grid] == [int(one) for one in wrong], town
            assert reasons.bound_outside <= sum(wrong) or max(loads) > 1.5 * RULE.maximum
            assert with_proof(reasons) == reasons.proven <= sum(wrong), town


@pytest.mark.parametrize("budget", [bounds.STEPS, 300, 0])
def test_as_many_grids_carry_a_proof_as_are_proven(budget: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_NODES", 0)
    shared = 0
    for town in TOWNS:
        for labels in drawings(town):
            reasons = told(town.graph, labels, budget=budget)
            assert with_proof(reasons) == reasons.proven, town
            shared += "outside_band_bounded" in codes_of(reasons)
    assert shared > 10


def test_a_piece_that_cannot_be_divided_proves_one_grid_only() -> None:
    """440 households in a row as grids of 176, 132 and 132: one of 308 and one of 132 would do."""
    reasons = told(path(*[22] * 20), np.repeat([0, 1, 2], [8, 6, 6]))
    assert codes_of(reasons) == ["forced_by_count", "outside_band_bounded", "outside_band_bounded"]
    assert reasons.of_grid[1][0].params == {"households": 132, "outside": 3, "least": 1}
    assert (reasons.bound_outside, reasons.proven) == (1, 1)


def test_a_pocket_drawn_in_pieces_proves_one_grid_only() -> None:
    reasons = told(path(*[10] * 18), np.repeat([0, 1, 2], 6))
    assert codes_of(reasons) == ["community_below_minimum", "outside_band_bounded", "outside_band_bounded"]
    assert (reasons.bound_outside, reasons.proven) == (1, 1)


def test_a_proof_of_its_own_is_kept_beside_one_that_is_shared() -> None:
    """130 on either side of 130: one of the two stays alone. The 200 at the end fits with nobody."""
    loads = [130, 130, 130, *[300] * 14, 200]
    labels = np.array([0, 1, 2, *range(3, 17), 17])
    reasons = told(path(*loads), labels)
    found = [(grid, code) for grid, code in enumerate(codes_of(reasons)) if code]
    assert found[-1] == (17, "forced_by_neighbours")
    assert sorted(code for _, code in found[:-1]) == ["forced_together", "outside_band_bounded", "outside_band_bounded"]
    assert (reasons.bound_outside, reasons.proven) == (2, 2)


def test_a_drawing_inside_the_band_needs_no_look_at_the_ground(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settled, "of", None)
    kept = np.array([-1, -1, 0])
    assert told(path(150, 150, 300), np.array([0, 0, 1]), fixed=kept) == Reasons(((), ()), 0, 0)
    towers = told(path(500, 300, 200), np.array([0, 1, 2]), fixed=np.array([-1, -1, 0]))
    assert codes_of(towers) == ["unit_above_maximum", "", "fixed_outside_band"]
    assert (towers.bound_outside, towers.proven) == (2, 2)


def test_without_looking_at_everything_the_bound_is_nearly_always_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger pieces are proven by witnesses and covers; here they are held against the optimum."""
    monkeypatch.setattr(bounds, "MOST_NODES", 0)
    reached = sum(
        told(town.graph, next(drawings(town))).bound_outside == town.fewest[0] + town.towers for town in TOWNS
    )
    assert reached >= 0.97 * len(TOWNS), f"{reached} of {len(TOWNS)}"


def test_two_buildings_that_both_need_the_one_between_them() -> None:
    graph = town_graph([130, 130, 130, 300], [(0, 1), (1, 2), (2, 3)])
    reasons = told(graph, np.array([0, 0, 1, 2]))
    (finding,) = reasons.of_grid[1]
    assert finding.code == "forced_together"
    assert finding.params == {"units": ["n0", "n2"], "count": 2, "households": 260, "minimum": 240, "maximum": 360}
    assert (reasons.bound_outside, reasons.proven) == (1, 1)


def test_one_building_that_fits_with_no_others_is_named_alone() -> None:
    graph = town_graph([200, 30, 300], [(0, 1), (1, 2)])
    (finding,) = told(graph, np.array([0, 0, 1])).of_grid[0]
    assert finding.code == "forced_alone"
    assert finding.params == {"unit": "n0", "households": 200, "minimum": 240, "maximum": 360}


def test_the_smallest_neighbour_is_found_over_empty_ground() -> None:
    graph = town_graph([200, 0, 210, 350], [(0, 1), (1, 2), (2, 3)])
    (finding,) = told(graph, np.array([0, 0, 1, 2])).of_grid[0]
    assert finding.code == "forced_by_neighbours"
    assert finding.params == {"unit": "n0", "households": 200, "least_neighbour": 210, "maximum": 360}


def test_all_buildings_of_a_cell_are_named() -> None:
    graph = town_graph([130, 130, 130, 300], [(0, 1), (1, 2), (2, 3)])
    reasons = explain(graph, np.array([0, 0, 1, 2]), RULE, ["a, b", "c", "d", "e"], code_below="x")
    assert reasons.of_grid[1][0].params["units"] == ["a", "b", "d"]
    assert reasons.of_grid[1][0].params["count"] == 3


def test_a_drawing_that_could_be_better_is_not_called_forced() -> None:
    graph = town_graph([150, 150, 150, 150], [(0, 1), (1, 2), (2, 3)])
    reasons = told(graph, np.array([0, 1, 1, 2]))
    assert [len(findings) for findings in reasons.of_grid] == [1, 0, 1]
    assert {findings[0].code for findings in reasons.of_grid if findings} == {"outside_band"}
    assert (reasons.bound_outside, reasons.proven) == (0, 0)


def test_a_worse_number_than_the_optimum_tells_the_bound() -> None:
    graph = town_graph([130] * 5 + [30], [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)])
    reasons = told(graph, np.array([0, 1, 1, 2, 3, 3]))
    assert reasons.bound_outside == 1
    kinds = [finding.code for findings in reasons.of_grid for finding in findings]
    assert "outside_band_bounded" in kinds or kinds.count("forced_together") == len(kinds)


def test_the_unit_above_the_maximum_and_its_pocket() -> None:
    graph = town_graph([50, 500, 300, 0], [(0, 1), (1, 2), (1, 3)])
    reasons = told(graph, np.array([0, 1, 2, 1]))
    assert [findings[0].code if findings else "" for findings in reasons.of_grid] == [
        "pocket_below_minimum",
        "unit_above_maximum",
        "",
    ]
    assert reasons.of_grid[1][0].params == {"unit": "n1", "households": 500, "maximum": 360}
    assert (reasons.bound_outside, reasons.proven) == (2, 2)


def test_the_whole_community_below_the_minimum() -> None:
    graph = town_graph([50, 60], [(0, 1)])
    reasons = explain(graph, np.array([0, 0]), RULE, ["a", "b"], code_below="island_below_minimum")
    assert reasons.of_grid[0][0].code == "island_below_minimum"
    assert reasons.of_grid[0][0].params["households"] == 110
    assert (reasons.bound_outside, reasons.proven) == (1, 1)


def test_grids_that_are_kept_take_their_ground_away() -> None:
    """A row of five: with the middle one fixed, the two ends have nobody to join."""
    graph = town_graph([60, 60, 240, 60, 60], [(0, 1), (1, 2), (2, 3), (3, 4)])
    labels = np.array([0, 0, 1, 2, 2])
    kept = told(graph, labels, fixed=np.array([-1, -1, 0, -1, -1]))
    assert [findings[0].code if findings else "" for findings in kept.of_grid] == [
        "pocket_below_minimum",
        "",
        "pocket_below_minimum",
    ]
    assert kept.bound_outside == 2
    free = told(graph, labels)
    assert free.bound_outside == 1


def test_a_kept_grid_outside_the_band_says_so() -> None:
    graph = town_graph([100, 280, 0, 700], [(0, 1), (1, 2), (2, 3)])
    reasons = told(graph, np.array([0, 1, 2, 3]), fixed=np.array([7, -1, 3, 2]))
    assert [findings[0].code if findings else "" for findings in reasons.of_grid] == [
        "fixed_outside_band",
        "",
        "",
        "fixed_outside_band",
    ]
    assert (reasons.bound_outside, reasons.proven) == (2, 2)


def test_nothing_drawn_and_nobody_there() -> None:
    graph = town_graph([0, 0], [(0, 1)])
    reasons = told(graph, np.array([0, 1]))
    assert reasons == Reasons(((), ()), 0, 0)


def test_without_budget_there_is_no_proof_but_an_honest_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_NODES", 0)
    graph = town_graph([130, 130, 130, 300], [(0, 1), (1, 2), (2, 3)])
    reasons = told(graph, np.array([0, 0, 1, 2]), budget=0)
    assert reasons.of_grid[1][0].code == "outside_band"
    assert (reasons.bound_outside, reasons.proven) == (0, 0)


def test_the_same_drawing_is_told_the_same() -> None:
    for town in TOWNS[:20]:
        labels = list(drawings(town))[1]
        assert told(town.graph, labels) == told(town.graph, labels)


def test_bounds_of_a_piece() -> None:
    low = explain_piece(40, RULE, "island_below_minimum")
    assert low is not None
    assert low.code == "island_below_minimum"
    between = explain_piece(420, RULE, "x")
    assert between is not None
    assert (between.code, between.params["most_that_fill"]) == ("forced_by_count", 1)
    assert explain_piece(480, RULE, "x") is None
    assert explain_piece(300, RULE, "x") is None
