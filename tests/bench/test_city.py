"""The generated city is the same for a seed, has the lumps of a Chinese city, and is made as it is asked for."""

from itertools import islice

import pytest
import shapely

from bench.grids.city import FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS, city
from bench.grids.communities import Community
from gridmap.partition.units import MAXIMUM_HOUSEHOLDS


@pytest.fixture(scope="module")
def communities() -> list[Community]:
    return list(city(2_000, 11))


def test_the_same_seed_gives_the_same_city_and_another_seed_another(communities: list[Community]) -> None:
    again = list(islice(city(2_000, 11), 3))
    assert again == communities[:3]
    assert list(islice(city(2_000, 12), 3)) != communities[:3]


def test_a_longer_city_begins_with_the_shorter_one(communities: list[Community]) -> None:
    assert list(islice(city(5_000, 11), len(communities))) == communities
    assert 2_000 <= sum(len(community.units) for community in communities) < 2_400


def test_it_is_made_as_it_is_asked_for() -> None:
    assert len(next(city(10**9, 1)).units) > 10


def test_communities_have_1000_to_4000_households(communities: list[Community]) -> None:
    for community in communities:
        assert FEWEST_HOUSEHOLDS <= sum(unit.households for unit in community.units) <= MOST_HOUSEHOLDS


def test_houses_stand_inside_their_community_and_not_in_each_other(communities: list[Community]) -> None:
    for community in communities:
        assert community.shape.geom_type == "Polygon"
        assert community.shape.is_valid
        houses = [unit.shape for unit in community.units]
        assert shapely.covers(community.shape, houses).all()
        first, second = shapely.STRtree(houses).query(houses, predicate="intersects")
        assert (first == second).all()


def test_neither_streets_nor_barriers_run_through_houses(communities: list[Community]) -> None:
    for community in communities:
        lines = [*community.streets, *(barrier.shape for barrier in community.barriers)]
        houses = shapely.STRtree([unit.shape for unit in community.units])
        assert not len(houses.query(lines, predicate="intersects")[0])


def test_communities_do_not_lie_in_each_other(communities: list[Community]) -> None:
    shapes = [community.shape for community in communities]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()


def test_it_has_what_makes_drawing_hard(communities: list[Community]) -> None:
    units = [unit for community in communities for unit in community.units]
    sizes: dict[str, int] = {}
    for unit in units:
        if unit.compound:
            sizes[unit.compound] = sizes.get(unit.compound, 0) + unit.households
    fits = sum(size <= MAXIMUM_HOUSEHOLDS for size in sizes.values()) / len(sizes)
    assert 0.5 < fits < 0.9, "many compounds fit one grid, some do not"
    loads = [unit.households for unit in units]
    assert 60 < max(loads) <= 200
    assert 0 in loads
    assert any(community.barriers for community in communities)
    assert any(not community.barriers for community in communities)
    corners = [len(shapely.simplify(community.shape, 1e-4).exterior.coords) for community in communities]
    assert max(corners) > 5, "some outlines are no rectangles"


def test_refs_are_unique(communities: list[Community]) -> None:
    refs = [unit.ref for community in communities for unit in community.units]
    assert len(set(refs)) == len(refs)
