"""Streets for communities that no column assigns: small enough, compact, in reading order."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from importers import streets
from tests.importers.files import square


@given(
    places=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60, unique=True),
    most=st.integers(1, 9),
)
def test_every_shape_is_in_one_part_and_no_part_is_too_large(places: list[tuple[int, int]], most: int) -> None:
    shapes = [square(120 + 0.01 * x, 30 + 0.01 * y, 0.01) for x, y in places]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streets, "MOST_PER_STREET", most)
        parts = streets.shared_out(shapes)
    assert sorted(at for part in parts for at in part) == list(range(len(shapes)))
    assert len(parts) == -(-len(shapes) // most)
    assert all(1 <= len(part) <= most for part in parts)


def test_parts_are_compact_and_numbered_as_a_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streets, "MOST_PER_STREET", 25)
    shapes = [square(120 + 0.012 * x, 30 + 0.01 * y, 0.01) for x in range(10) for y in range(10)]
    parts = streets.shared_out(shapes)
    middles = [shapely.MultiPolygon([shapes[at] for at in part]).envelope.centroid for part in parts]
    assert [(middle.y > 30.05, middle.x > 120.06) for middle in middles] == [
        (True, False), (True, True), (False, False), (False, True),
    ]  # fmt: skip
    assert all(len(part) == 25 for part in parts)
