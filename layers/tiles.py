"""Vector tiles (Mapbox Vector Tile 2.1) cut by PostGIS: one query per tile, its layers in drawing order.

What is too small to see at a zoom is left out or simplified to a quarter of a pixel, counting 512 pixels to a tile,
because a browser shows the tile of zoom z at zoom z + 1. Buildings below zoom 14 become cells: one square for every
four pixels, as large a part of the cell as buildings cover, so that density reads as grey however it is drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from gridmap.accounts.permissions import codes_in, lineage_in
from gridmap.population.counting import FEWEST_HOUSEHOLDS
from gridmap.territory.models import Building, Compound, Grid, Region
from gridmap.territory.querysets import place_in

MAX_ZOOM = 20
EXTENT = 4096
#: The circumference of the earth in EPSG:3857, metres.
WORLD_M = 40_075_016.68557849
#: Pixels of a tile as shown, and the margin around it that strokes and halos need (tile units).
PIXELS = 512
MARGIN = 64
#: Cameras look into neighbouring tiles, so a tile takes those around it as well (tile units).
CAMERA_MARGIN = 2048
TIMEOUT_MS = 8000
#: For one tile. Compiling a statement of a dozen parts (jit) takes longer than the longest of them runs.
SETTINGS = f"SELECT set_config('statement_timeout', '{TIMEOUT_MS}', true), set_config('jit', 'off', true)"
#: Below this zoom buildings are cells, below the second nothing.
BUILDINGS_FROM, CELLS_FROM = 14, 11
CELL_PIXELS = 4
#: What a building known as a point alone is taken to cover, m².
POINT_BUILDING_M2 = 150.0


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
        return WORLD_M / (1 << self.z) / PIXELS


@dataclass(frozen=True)
class Cut:
    """One source layer of a tile: `columns` of the table, with its condition, that `source` calls `s`."""

    layer: str
    columns: str
    source: str
    parameters: tuple[Any, ...] = ()
    margin: int = MARGIN
    simplify: bool = True
    smallest_pixels2: float = 0.0


Cutter = Callable[[Address, Sequence[str]], list[Cut]]


def draw(name: str, tile: Address, areas: Sequence[str]) -> bytes:
    """The tile of set `name` for a viewer of `areas`, not compressed; empty where nothing is to be seen.

    Raises django.db.OperationalError where the database takes longer than TIMEOUT_MS.
    """
    cuts = CUTTERS[name](tile, areas) if areas else []
    if not cuts:
        return b""
    parts, parameters = zip(*(_statement(cut, tile) for cut in cuts), strict=True)
    sql = "SELECT " + " || ".join(f"coalesce(({part}), ''::bytea)" for part in parts)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(sql, [one for group in parameters for one in group])
        return bytes(cursor.fetchone()[0])


def _statement(cut: Cut, tile: Address) -> tuple[str, list[Any]]:
    where = f"{cut.source} AND s.geom_3857 && ST_TileEnvelope(%s, %s, %s, margin => %s)"
    parameters: list[Any] = [*cut.parameters, tile.z, tile.x, tile.y, cut.margin / EXTENT]
    if cut.smallest_pixels2:
        where += " AND (ST_Dimension(s.geom_3857) < 2 OR ST_Area(s.geom_3857) >= %s)"
        parameters.append(cut.smallest_pixels2 * tile.pixel_m**2)
    shape, first = "s.geom_3857", []
    if cut.simplify:
        shape, first = "ST_Simplify(s.geom_3857, %s, true)", [tile.pixel_m / 4]
    rows = (
        f"SELECT s.id AS fid, {cut.columns},"
        f" ST_AsMVTGeom({shape}, ST_TileEnvelope(%s, %s, %s), {EXTENT}, {cut.margin}, true) AS geom"
        f" FROM {where} ORDER BY s.id"
    )
    sql = f"SELECT ST_AsMVT(t, '{cut.layer}', {EXTENT}, 'geom', 'fid') FROM ({rows}) t WHERE t.geom IS NOT NULL"
    return sql, [*first, tile.z, tile.x, tile.y, *parameters]


def _among(rows: "models.QuerySet[Any]") -> tuple[str, tuple[Any, ...]]:
    sql, parameters = rows.values("pk").query.sql_with_params()
    return sql, tuple(parameters)


# --- ground -----------------------------------------------------------------------------------------------------------
GROUND = "territory_groundfeature s WHERE s.active AND s.kind = ANY(%s)"
#: Source layer → kinds, first zoom, smallest area in square pixels, attributes; in drawing order.
GROUND_LAYERS: list[tuple[str, list[str], int, float, str]] = [
    ("block", ["block"], 9, 4, "s.kind AS k, nullif(s.name, '') AS n"),
    ("green", ["green"], 9, 4, "s.kind AS k, nullif(s.name, '') AS n"),
    ("square", ["square"], 13, 4, "s.kind AS k, nullif(s.name, '') AS n"),
    ("water", ["water"], 6, 2, "s.kind AS k, nullif(s.name, '') AS n"),
    ("river", ["river"], 6, 1, "nullif(s.name, '') AS n"),
    ("wall", ["wall"], 14, 0, "s.kind AS k"),
    ("rail", ["rail"], 9, 0, "nullif(s.name, '') AS n"),
]
ROADS = [("road_arterial", 8), ("road_local", 12), ("road_lane", 13)]


def _ground(tile: Address, _areas: Sequence[str]) -> list[Cut]:
    cuts = [
        Cut(layer, columns, GROUND, (kinds,), smallest_pixels2=smallest)
        for layer, kinds, first_zoom, smallest, columns in GROUND_LAYERS
        if tile.z >= first_zoom
    ]
    roads = [kind for kind, first_zoom in ROADS if tile.z >= first_zoom]
    if roads:
        cuts.append(Cut("road", "substr(s.kind, 6) AS c, nullif(s.name, '') AS n", GROUND, (roads,)))
    if tile.z >= BUILDINGS_FROM:
        cuts.append(_buildings(tile))
    elif tile.z >= CELLS_FROM:
        cuts.append(_building_cells(tile))
    return cuts


def _buildings(tile: Address) -> Cut:
    label = ", nullif(coalesce(nullif(s.number, ''), s.name), '') AS l" if tile.z >= 16 else ""
    smallest = 0.25 if tile.z < 16 else 0.0
    source = "territory_building s WHERE s.active"
    return Cut("building", f"s.id AS id, s.kind AS k{label}", source, simplify=False, smallest_pixels2=smallest)


def _building_cells(tile: Address) -> Cut:
    """Squares centred in cells of four pixels, as large a part of the cell as buildings cover (eight classes)."""
    cell = CELL_PIXELS * tile.pixel_m
    source = """(
        SELECT row_number() OVER (ORDER BY i, j) AS id, share,
               ST_MakeEnvelope((i + 0.5) * cell - r, (j + 0.5) * cell - r,
                               (i + 0.5) * cell + r, (j + 0.5) * cell + r, 3857) AS geom_3857
        FROM (
            SELECT i, j, cell, share, sqrt(share) * cell / 2 AS r
            FROM (
                SELECT floor(ST_X(p) / cell) AS i, floor(ST_Y(p) / cell) AS j, cell,
                       least(ceil(sum(greatest(area, %s)) / cell ^ 2 * 8) / 8, 1) AS share
                FROM (SELECT ST_Centroid(b.geom_3857) AS p, ST_Area(b.geom_3857) AS area, %s::float8 AS cell
                      FROM territory_building b
                      WHERE b.active AND b.geom_3857 && ST_TileEnvelope(%s, %s, %s, margin => %s)) shapes
                GROUP BY i, j, cell
            ) covered
        ) sized
    ) s WHERE TRUE"""
    parameters = (POINT_BUILDING_M2, cell, tile.z, tile.x, tile.y, MARGIN / EXTENT)
    return Cut("building", "'cells' AS k, share AS d", source, parameters, simplify=False)


# --- areas ------------------------------------------------------------------------------------------------------------
def _lowest_level(z: int) -> int:
    return 3 if z < 8 else 4 if z < 10 else 5


def _areas(tile: Address, areas: Sequence[str]) -> list[Cut]:
    regions, codes = _among(Region.objects.filter(lineage_in(areas), level__lte=_lowest_level(tile.z)))
    boundary = f"""(SELECT e.id, r.code, r.level, r.name, e.geom_3857
        FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
        WHERE upper_inf(e.valid) AND r.id IN ({regions})) s WHERE TRUE"""
    cuts = [Cut("region", "s.code AS id, s.level AS lv, s.name AS n", boundary, codes, smallest_pixels2=1)]
    if tile.z >= 13:
        compounds, places = _among(Compound.objects.active().filter(place_in(list(areas))))
        source = f"territory_compound s WHERE s.id IN ({compounds})"
        cuts.append(Cut("compound", "s.id AS id, s.name AS n", source, places, smallest_pixels2=4))
    if tile.z >= 11:
        cuts.append(_grids(tile, areas))
    return cuts


def _grids(tile: Address, areas: Sequence[str]) -> Cut:
    grids = Grid.objects.filter(codes_in(areas, "code"))
    if tile.z < 15:
        grids = grids.exclude(kind=Grid.Kind.MICRO)
    among, codes = _among(grids)
    source = f"""(SELECT e.id, g.code, g.kind, e.households, e.geom_3857
        FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
        WHERE upper_inf(e.valid) AND g.id IN ({among})) s WHERE TRUE"""
    columns = "s.code AS id, right(s.code, 3) AS no, s.households AS hh, s.kind AS k"
    return Cut("grid", columns, source, codes)


# --- things -----------------------------------------------------------------------------------------------------------
def _things(tile: Address, _areas: Sequence[str]) -> list[Cut]:
    cuts = []
    if tile.z >= 15:
        cuts.append(Cut("lamp", "s.id AS id, s.lit AS lit", "territory_streetlamp s WHERE s.active", simplify=False))
    if tile.z >= 13:
        columns = (
            "s.id AS id, s.bearing_deg AS b, s.angle_deg AS a, s.range_m AS r, s.status AS s, s.sees_at_night AS nt"
        )
        margin = CAMERA_MARGIN if tile.z >= 15 else MARGIN
        cuts.append(Cut("camera", columns, "territory_camera s WHERE s.active", margin=margin, simplify=False))
        columns = "s.id AS id, s.kind AS k, s.name AS n"
        cuts.append(Cut("facility", columns, "territory_facility s WHERE s.active", simplify=False))
    return cuts


# --- people -----------------------------------------------------------------------------------------------------------
PEOPLE_FROM = 15


def _people(tile: Address, areas: Sequence[str]) -> list[Cut]:
    """Care households per building: how many, and how many of them of high and of key risk. Counts alone, and none for
    a building of so few households that a count would point at a door, or where all of its households are in care."""
    if tile.z < PEOPLE_FROM:
        return []
    among, codes = _among(Building.objects.active().filter(place_in(list(areas), grids=True)))
    source = f"""(SELECT b.id, ST_PointOnSurface(b.geom_3857) AS geom_3857, c.care_high, c.care_key, c.care_general
        FROM population_buildingcount c JOIN territory_building b ON b.id = c.building_id
        WHERE b.geom_3857 && ST_TileEnvelope(%s, %s, %s) AND b.id IN ({among})
          AND c.care_high + c.care_key + c.care_general > 0
          AND greatest(b.households, c.households) >= %s
          AND c.care_high + c.care_key + c.care_general < greatest(b.households, c.households)) s WHERE TRUE"""
    parameters = (tile.z, tile.x, tile.y, *codes, FEWEST_HOUSEHOLDS)
    columns = "s.id AS id, s.care_high + s.care_key + s.care_general AS n, s.care_high AS hi, s.care_key AS ke"
    return [Cut("care", columns, source, parameters, simplify=False)]


CUTTERS: dict[str, Cutter] = {"ground": _ground, "areas": _areas, "things": _things, "people": _people}
