"""Residents for the tests of this room."""

import pytest

from gridmap.territory.models import Grid
from tests.gridmap.population.people import People, move_everybody_in


@pytest.fixture
def people(grids: list[Grid]) -> People:
    """Three homes: in the worker's grid, next door, and in another community."""
    return move_everybody_in(grids)
