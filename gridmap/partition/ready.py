"""Compile everything that a drawing needs and keep it on disk: `python -m gridmap.partition.ready`.

The kernels are compiled when they are first called, which takes about a minute; afterwards they load in a second. The
set-up calls this once, so that nobody waits for it and processes side by side do not all compile the same.
"""

from shapely.geometry import Polygon, box

from gridmap.partition import QUICK, SizeRule, Unit, draw_community

_COLUMNS, _ROWS, _STEP = 9, 4, 0.0006
# One house in the corner is too small for a grid and its neighbours are too large to join it: proofs are called too.
_HOUSEHOLDS, _LONELY, _BESIDE = 60, 100, 290


def get_ready() -> None:
    """Draw a small town, and again with its grids in force."""
    places = [(column, row) for column in range(_COLUMNS) for row in range(_ROWS)]
    units = [Unit(f"{x}-{y}", _house(x, y), _load(x, y), f"compound {x // 3}" if x else None) for x, y in places]
    community = box(0.0, 0.0, _COLUMNS * _STEP, _ROWS * _STEP)
    drawing = draw_community(community, units, rule=SizeRule(), effort=QUICK)
    before = {ref: str(grid.number) for grid in drawing.grids for ref in grid.units}
    draw_community(community, units, rule=SizeRule(), effort=QUICK, before=before)


def _load(column: int, row: int) -> int:
    if column == row == 0:
        return _LONELY
    return _BESIDE if column + row == 1 else _HOUSEHOLDS


def _house(column: int, row: int) -> Polygon:
    west, south = (column + 0.3) * _STEP, (row + 0.3) * _STEP
    return box(west, south, west + 0.4 * _STEP, south + 0.3 * _STEP)


if __name__ == "__main__":
    get_ready()
