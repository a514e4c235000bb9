"""The ground, and the buildings on it: the same for everyone who holds a post.

Buildings below zoom 14 become cells: one square for every four pixels, as large a part of the cell as buildings cover,
so that density reads as grey however it is drawn.
"""

from collections.abc import Sequence

from layers.cuts.cut import MARGIN, Cut, envelope, pixel_m

SOURCE = "territory_groundfeature s WHERE s.active AND s.kind = ANY(%s)"
KIND_AND_NAME = "s.kind AS k, nullif(s.name, '') AS n"
NAME = "nullif(s.name, '') AS n"
#: Source layer → kinds, first zoom, smallest area in square pixels, attributes; in drawing order.
AREAS_AND_LINES: list[tuple[str, list[str], int, float, str]] = [
    ("block", ["block"], 9, 4, KIND_AND_NAME),
    ("green", ["green"], 9, 4, KIND_AND_NAME),
    ("square", ["square"], 13, 4, KIND_AND_NAME),
    ("water", ["water"], 6, 2, KIND_AND_NAME),
    ("river", ["river"], 6, 1, NAME),
    ("wall", ["wall"], 14, 0, "s.kind AS k"),
    ("rail", ["rail"], 9, 0, NAME),
]
ROADS = [("road_arterial", 8), ("road_local", 12), ("road_lane", 13)]
#: The first zoom at which anything of the ground is drawn.
FIRST_ZOOM = 6
#: Below this zoom buildings are cells, below the second nothing.
BUILDINGS_FROM, CELLS_FROM = 14, 11
CELL_PIXELS = 4
#: What a building known as a point alone is taken to cover, m².
POINT_BUILDING_M2 = 150.0


def ground(z: int, _areas: Sequence[str]) -> list[Cut]:
    """Blocks, green, water, walls, rails and roads, each from the zoom at which it can be seen."""
    cuts = [
        Cut(layer, columns, SOURCE, (kinds,), smallest_pixels2=smallest)
        for layer, kinds, first_zoom, smallest, columns in AREAS_AND_LINES
        if z >= first_zoom
    ]
    roads = [kind for kind, first_zoom in ROADS if z >= first_zoom]
    if roads:
        cuts.append(Cut("road", f"substr(s.kind, 6) AS c, {NAME}", SOURCE, (roads,)))
    return cuts


def buildings(z: int, _areas: Sequence[str]) -> list[Cut]:
    """Each building close up, cells of density farther away."""
    if z < CELLS_FROM:
        return []
    return [_shapes(z) if z >= BUILDINGS_FROM else _cells(z)]


def _shapes(z: int) -> Cut:
    label = ", nullif(coalesce(nullif(s.number, ''), s.name), '') AS l" if z >= 16 else ""
    smallest = 0.25 if z < 16 else 0.0
    source = "territory_building s WHERE s.active"
    return Cut("building", f"s.id AS id, s.kind AS k{label}", source, simplify=False, smallest_pixels2=smallest)


def _cells(z: int) -> Cut:
    """Squares centred in cells of four pixels, as large a part of the cell as buildings cover (eight classes)."""
    cell = CELL_PIXELS * pixel_m(z)
    source = f"""(
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
                      WHERE b.active AND b.geom_3857 && {envelope(z, MARGIN)}) shapes
                GROUP BY i, j, cell
            ) covered
        ) sized
    ) s WHERE TRUE"""
    return Cut("building", "'cells' AS k, share AS d", source, (POINT_BUILDING_M2, cell), simplify=False)
