"""Districts that several tests look at, made once a run."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gridmap.district.lists import Sources, make_lists
from gridmap.district.records import District
from gridmap.district.residents import Population, move_in
from gridmap.district.synth import generate


@pytest.fixture(scope="session")
def town() -> District:
    """The small county town of the demonstration."""
    return generate(seed=1)


@pytest.fixture(scope="session")
def small_city() -> District:
    """The smallest of the benchmark cities that has several streets."""
    return generate(seed=4, households=24_000)


TODAY = date(2026, 11, 1)


@pytest.fixture(scope="session")
def quarter(town: District) -> District:
    """Six communities of the town: an estate, villas, a village, work units, an old town, a hamlet."""
    names = ("爱民佳苑", "国泰", "桐梓", "陇海", "中兴", "长滩")
    codes = {town.community(name).code for name in names}
    return replace(town, buildings=tuple(building for building in town.buildings if building.community in codes))


@pytest.fixture(scope="session")
def population(quarter: District) -> Population:
    """Everybody in the quarter."""
    return move_in(quarter.buildings, np.random.default_rng(1), today=TODAY)


@pytest.fixture(scope="session")
def sources(quarter: District) -> Sources:
    """Four lists of a few hundred people each."""
    sizes = {"police": 900, "elders": 700, "disabled": 300, "tenants": 700}
    return make_lists(quarter, np.random.default_rng(1), today=TODAY, sizes=sizes)
