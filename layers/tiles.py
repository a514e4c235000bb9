"""Vector tiles (Mapbox Vector Tile 2.1) cut by PostGIS: one statement per tile, its layers in drawing order.

What a tile holds is said by the entries of the catalogue (`Layer.tiles`), lowest layer first. What is too small to see
at a zoom is left out or simplified to a quarter of a pixel, counting 512 pixels to a tile, because a browser shows the
tile of zoom z at zoom z + 1.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from django.db import connection, transaction
from psycopg import ClientCursor, RawCursor

from layers import catalogue
from layers.cuts.cut import EXTENT, Address, Cut, X, Y, envelope, pixel_m
from layers.cuts.rows import cutter_of
from layers.layer import Layer

TIMEOUT_MS = 8000
#: For one tile. Compiling a statement of a dozen parts (jit) takes longer than the longest of them runs.
SETTINGS = f"SELECT set_config('statement_timeout', '{TIMEOUT_MS}', true), set_config('jit', 'off', true)"
#: Statements that a process keeps: a set at a zoom for the areas of one viewer.
MOST_STATEMENTS = 1000

#: Runs a statement with the column and the row of the tile as $1 and $2.
Ask = Callable[[str, tuple[str, str]], bytes]


def layers_of(name: str) -> Iterator[Layer]:
    """The layers of a tile set, bottom of the map first."""
    return (layer for layer in reversed(catalogue.LAYERS) if layer.tiles and layer.tiles.set == name)


def draw(name: str, tile: Address, areas: Sequence[str], ask: Ask | None = None) -> bytes:
    """The tile of set `name` for a viewer of `areas`, not compressed; empty where nothing is to be seen.

    Raises django.db.OperationalError where the database takes longer than TIMEOUT_MS.
    """
    sql = statement(name, tile.z, tuple(areas)) if areas else ""
    return (ask or within_transaction)(sql, (str(tile.x), str(tile.y))) if sql else b""


def within_transaction(sql: str, place: tuple[str, str]) -> bytes:
    """Run the statement of a tile on Django's connection."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        with connection.wrap_database_errors, RawCursor(connection.connection) as raw:
            return bytes(raw.execute(sql, place, binary=True).fetchone()[0])  # type: ignore[index]


def statement(name: str, z: int, areas: tuple[str, ...]) -> str:
    """The SQL that cuts the tiles of a set at a zoom for a viewer of `areas`: $1 and $2 are column and row of the tile.

    Empty where the set has nothing at that zoom.
    """
    scoped = any(layer.tiles.scoped for layer in layers_of(name) if layer.tiles)
    return _statement(name, z, areas if scoped else ("",))


@lru_cache(MOST_STATEMENTS)
def _statement(name: str, z: int, areas: tuple[str, ...]) -> str:
    parts = [f"coalesce(({part(cut, z)}), ''::bytea)" for cut in cuts_of(name, z, areas)]
    return "SELECT " + " || ".join(parts) if parts else ""


def cuts_of(name: str, z: int, areas: Sequence[str]) -> list[Cut]:
    """The source layers of the tiles of a set, in drawing order."""
    cutters = [(layer.tiles and layer.tiles.cut) or cutter_of(layer) for layer in layers_of(name)]
    return [cut for cutter in cutters for cut in cutter(z, areas)]


def part(cut: Cut, z: int) -> str:
    """The SQL of one source layer of the tiles of a zoom."""
    where = f"{cut.source} AND s.geom_3857 && {envelope(z, cut.margin)}"
    if cut.smallest_pixels2:
        smallest_m2 = cut.smallest_pixels2 * pixel_m(z) ** 2
        where += f" AND (ST_Dimension(s.geom_3857) < 2 OR ST_Area(s.geom_3857) >= {smallest_m2!r})"
    shape = f"ST_Simplify(s.geom_3857, {pixel_m(z) / 4!r}, true)" if cut.simplify else "s.geom_3857"
    number, numbered = ("s.id AS fid, ", ", 'fid'") if cut.numbered else ("", "")
    rows = (
        f"SELECT {number}{cut.columns}, ST_AsMVTGeom({shape}, {envelope(z)}, {EXTENT}, {cut.margin}, true) AS geom"
        f" FROM {where} ORDER BY s.id"
    )
    sql = f"SELECT ST_AsMVT(t, '{cut.layer}', {EXTENT}, 'geom'{numbered}) FROM ({rows}) t WHERE t.geom IS NOT NULL"
    return _written_out(sql, cut.parameters).replace(X, "$1").replace(Y, "$2")


def _written_out(sql: str, parameters: Sequence[object]) -> str:
    """The statement with its parameters in it: they are the same for all tiles of a zoom."""
    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify(sql, parameters) if parameters else sql.replace("%%", "%")
