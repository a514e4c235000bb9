"""The pieces of a proof one by one: settled ground, sets, covers, witnesses that lie apart."""

from itertools import combinations, pairwise

import numpy as np

from gridmap.partition import covers
from gridmap.partition.apart import fewest_grids_through
from gridmap.partition.settled import Settled
from gridmap.partition.witnesses import Budget, find_witness, is_stranded, needs_outside, seek_cover
from tests.gridmap.partition.small_towns import RULE, Town, town_graph, towns


def settled(town: Town) -> Settled:
    return Settled.of(town.graph, RULE.maximum, None)


def row(*loads: int) -> Settled:
    """Buildings in a row."""
    return Settled.of(town_graph(list(loads), [(a, a + 1) for a in range(len(loads) - 1)]), RULE.maximum, None)


def test_empty_ground_makes_neighbours_and_towers_and_fixed_grids_do_not() -> None:
    pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 6), (6, 7)]
    graph = town_graph([50, 0, 60, 500, 70, 80, 0, 90], pairs)
    found = Settled.of(graph, RULE.maximum, np.array([-1, -1, -1, -1, -1, 0, -1, -1]))
    assert found.nodes.tolist() == [0, 2, 4, 7]
    assert [found.near(node).tolist() for node in range(4)] == [[1, 3], [0, 3], [], [0, 1]]
    assert found.part[0] == found.part[1] == found.part[3] != found.part[2]
    assert found.index.tolist() == [0, -1, 1, -1, 2, -1, -1, 3]


def test_the_sets_listed_serve_every_cover() -> None:
    """Every connected set inside the band that holds a wanted node holds a listed set with the same wanted nodes."""
    for town in towns(40, seed=2):
        ground = settled(town)
        if len(ground) < 3:
            continue
        whole = covers.Piece(ground.starts, ground.to, ground.households)
        wanted = np.array([0, len(ground) // 2], dtype=np.int64)
        nobody = np.zeros(len(ground), dtype=np.bool_)
        is_all, nodes, piece, _ = covers.surroundings(whole, wanted, nobody, RULE.maximum, 10_000)
        assert is_all
        terms = covers.Terms(2, RULE.minimum, RULE.maximum, RULE.maximum, 10_000, 100_000)
        complete, starts, members, _ = covers.band_sets(piece, terms)
        assert complete
        listed = [frozenset(nodes[members[a:b]].tolist()) for a, b in pairwise(starts)]
        assert len(set(listed)) == len(listed)
        mine = set(wanted.tolist())
        for some in all_sets(ground):
            if some & mine:
                assert any(one <= some and one & mine == some & mine for one in listed), (town, some)
        assert all(one & mine and RULE.holds(int(ground.households[list(one)].sum())) for one in listed)


def all_sets(ground: Settled) -> list[frozenset[int]]:
    """Connected sets inside the band, by looking at all sets."""
    found = []
    for size in range(1, len(ground) + 1):
        for some in combinations(range(len(ground)), size):
            if RULE.holds(int(ground.households[list(some)].sum())) and hangs_together(ground, set(some)):
                found.append(frozenset(some))
    return found


def hangs_together(ground: Settled, some: set[int]) -> bool:
    reached = {min(some)}
    while True:
        more = {int(other) for node in reached for other in ground.near(node)} & some | reached
        if more == reached:
            return reached == some
        reached = more


def test_a_cover_that_is_found_is_one() -> None:
    for town in towns(60, seed=3):
        ground = settled(town)
        wanted = list(range(min(4, len(ground))))
        search = seek_cover(ground, wanted, RULE, Budget(100_000))
        used = [node for one in search.sets for node in one]
        assert len(used) == len(set(used))
        assert search.proven or set(wanted) <= set(used)
        for one in search.sets:
            assert RULE.holds(int(ground.households[list(one)].sum()))
            assert hangs_together(ground, set(one))


def test_sets_outside_the_band_are_taken_only_as_far_as_they_may() -> None:
    ground = row(200, 300, 200, 300, 200)
    everybody = [0, 2, 4]
    assert [seek_cover(ground, everybody, RULE, Budget(10_000), spare=spare).proven for spare in range(4)] == [
        True,
        True,
        True,
        False,
    ]
    assert needs_outside(ground, everybody, 3, RULE, Budget(10_000))
    assert not needs_outside(ground, everybody, 4, RULE, Budget(10_000))


def test_a_node_is_stranded_when_what_it_needs_is_taken() -> None:
    ground = row(100, 150, 150, 100)
    nobody = np.zeros(4, dtype=np.bool_)
    assert not is_stranded(ground, 0, nobody, RULE, Budget(1_000))
    assert is_stranded(ground, 0, np.array([False, True, False, False]), RULE, Budget(1_000))
    beyond = np.array([False, False, True, False])
    assert is_stranded(row(60, 60, 200, 300), 0, beyond, RULE, Budget(1_000))
    assert not is_stranded(row(60, 60, 200, 300), 0, beyond, RULE, Budget(0)), "nothing is claimed without a search"


def test_a_witness_grows_by_what_a_cover_strands_and_shrinks_again() -> None:
    ground = row(130, 130, 130, 300)
    assert find_witness(ground, [2], RULE, Budget(100_000)) == (0, 2)
    assert find_witness(ground, [2], RULE, Budget(0)) == ()
    assert find_witness(row(150, 150, 300), [0, 1], RULE, Budget(100_000)) == ()


def test_witnesses_far_apart_need_grids_of_their_own() -> None:
    ground = row(200, 300, 200, 300, 200)
    assert fewest_grids_through(ground, [(0,), (2,)], RULE) == 2
    assert fewest_grids_through(row(200, 210, 300, 300), [(0,), (1,)], RULE) == 1
    assert fewest_grids_through(row(200, 210, 220, 300), [(0,), (1,), (2,)], RULE) == 2
    assert fewest_grids_through(ground, [], RULE) == 0


def test_many_witnesses_close_together_count_by_their_households() -> None:
    size = 14
    star = [(0, node) for node in range(1, size + 1)]
    ground = Settled.of(town_graph([10] + [200] * size, star), RULE.maximum, None)
    assert fewest_grids_through(ground, [(node,) for node in range(1, size + 1)], RULE) == -(-200 * size // 540)
