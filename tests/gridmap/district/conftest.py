"""Districts that several tests look at, made once a run."""

import pytest

from gridmap.district.records import District
from gridmap.district.synth import generate


@pytest.fixture(scope="session")
def town() -> District:
    """The small county town of the demonstration."""
    return generate(seed=1)


@pytest.fixture(scope="session")
def small_city() -> District:
    """The smallest of the benchmark cities that has several streets."""
    return generate(seed=4, households=24_000)
