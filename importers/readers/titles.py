"""Lines above the headings: department lists begin with a title, a unit, a date."""

from __future__ import annotations

from collections.abc import Sequence

MOST_TITLES = 5
#: So many filled cells make a row of headings.
FEWEST_HEADINGS = 3


def titles_above(rows: Sequence[Sequence[object]]) -> int:
    """How many of the first rows are titles: one filled cell or two, above a row of at least three."""
    filled = [sum(cell not in {"", None} for cell in row) for row in rows[: MOST_TITLES + 1]]
    first = next((at for at, number in enumerate(filled) if number >= FEWEST_HEADINGS), 0)
    return first if all(number < FEWEST_HEADINGS for number in filled[:first]) else 0
