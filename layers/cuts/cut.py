"""The words in which a source layer of a tile is described, whatever it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

MAX_ZOOM = 20
EXTENT = 4096
#: The circumference of the earth in EPSG:3857, metres.
WORLD_M = 40_075_016.68557849
#: Pixels of a tile as shown, and the margin around it that strokes and halos need (tile units).
PIXELS = 512
MARGIN = 64
#: Stand in SQL for the column and the row of the tile, which are told only when the statement runs.
X, Y = "{tile_x}", "{tile_y}"


@dataclass(frozen=True)
class Address:
    """One tile of the Web-Mercator pyramid."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the pyramid has such a tile."""
        return 0 <= self.z <= MAX_ZOOM and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def pixel_m(self) -> float:
        """The side of one pixel in EPSG:3857 metres."""
        return pixel_m(self.z)


def pixel_m(z: int) -> float:
    """The side of one pixel of a tile of zoom `z` in EPSG:3857 metres."""
    return WORLD_M / (1 << z) / PIXELS


def envelope(z: int, margin: int = 0) -> str:
    """SQL: the ground of the tile in EPSG:3857, `margin` tile units wider on each side."""
    wider = f", margin => {margin / EXTENT!r}" if margin else ""
    return f"ST_TileEnvelope({z}, {X}, {Y}{wider})"


@dataclass(frozen=True)
class Cut:
    """One source layer of a tile: `columns` of the table, with its condition, that `source` calls `s`.

    `source` has an integer `id`, unless `numbered` says otherwise, and a shape `geom_3857`; it may name the ground of
    the tile by `envelope`, and writes a percent sign twice. `smallest_pixels2` leaves out smaller areas, `simplify`
    straightens by a quarter of a pixel.
    """

    layer: str
    columns: str
    source: str
    parameters: tuple[Any, ...] = ()
    margin: int = MARGIN
    simplify: bool = True
    smallest_pixels2: float = 0.0
    numbered: bool = True


#: From the zoom of the tile and the viewer's areas to its source layers, in drawing order.
Cutter = Callable[[int, Sequence[str]], list[Cut]]


def among(rows: "models.QuerySet[Any]") -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters of the keys of `rows`."""
    sql, parameters = rows.values("pk").query.sql_with_params()
    return sql, tuple(parameters)
