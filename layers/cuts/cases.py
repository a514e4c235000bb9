"""Cases on the map: close up each by itself, from afar how many lie in each square of a tile. Private ones are in
neither: tiles are alike for everyone who sees an area."""

from collections.abc import Sequence
from typing import Any

from gridmap.accounts.permissions import PREFIX_LENGTHS
from gridmap.casework.models.bins import KEPT, NEAREST, PLACE_BITS, SIDE
from layers.cuts.cut import WORLD_M, Cut, X, Y, envelope

#: Attributes of a square, none where it is nought: all cases, open ones, urgent or overdue ones (one that is both
#: counts twice), and open and closed ones of two networks; those of the third are what is left.
ATTRIBUTES = {
    "n": "total",
    "o": "still_open",
    "u": "urgent + s.overdue",
    "so": "social_open",
    "sc": "social_closed",
    "co": "city_open",
    "cc": "city_closed",
}
#: Ids of squares differ within so many tiles in each direction, which is more than any screen shows.
TILES_APART = 64
#: How far a square's symbol may stand from the middle, in sides: those of neighbours must not lie upon each other.
ASIDE = 0.18


def cases(z: int, areas: Sequence[str]) -> list[Cut]:
    """Squares up to tile zoom 14 (screen zoom 15), cases from there on."""
    return [_squares(z, areas) if z <= NEAREST else _points(areas)]


def _points(areas: Sequence[str]) -> Cut:
    """No words and nothing of a person: `d` and `r` are seconds since 1970, when it is due and was reported."""
    inside, prefixes = _inside("k.area", areas)
    source = f"""(SELECT k.id, k.geom_3857, k.network, k.stage, k.is_open, k.urgent,
            coalesce(above.code, c.code) AS klass, extract(epoch FROM k.due_at)::bigint AS due,
            extract(epoch FROM k.reported_at)::bigint AS reported
        FROM casework_case k JOIN casework_category c ON c.id = k.category_id
        LEFT JOIN casework_category above ON above.id = c.parent_id WHERE NOT k.private AND {inside}) s WHERE TRUE"""
    columns = (
        "s.id AS id, s.network AS k, s.klass AS c, s.stage AS s, s.is_open AS o, s.urgent AS u,"
        " s.due AS d, s.reported AS r"
    )
    return Cut("case", columns, source, prefixes, simplify=False)


def _squares(z: int, areas: Sequence[str]) -> Cut:
    """What is counted by community, and what has changed since; of a grid's own staff, who see less than a community,
    their cases one by one. A square stands where its open cases are on average."""
    grids = [area for area in areas if len(area) == PREFIX_LENGTHS[-1]]
    wider = [area for area in areas if len(area) < PREFIX_LENGTHS[-1]]
    parts: list[str] = []
    parameters: list[Any] = []
    if wider:
        inside, prefixes = _inside("area", wider)
        parts += [_counted(z, inside), _changed(z, inside)]
        parameters += [*prefixes, *prefixes]
    if grids:
        parts.append(_one_by_one(z))
        parameters.append(grids)
    sums = ", ".join(f"sum({column}) AS {column}" for column in KEPT)
    side_m = WORLD_M / SIDE / (1 << z)
    across = _stand("open_x", f"{X} * {SIDE} + cell %% {SIDE}", z)
    down = _stand("open_y", f"{Y} * {SIDE} + cell / {SIDE}", z)
    place = f"({across}) * {side_m!r} - {WORLD_M / 2!r}, {WORLD_M / 2!r} - ({down}) * {side_m!r}"
    number = f"(({Y} %% {TILES_APART} * {TILES_APART}) + {X} %% {TILES_APART}) * {SIDE * SIDE} + cell + 1"
    source = f"""(SELECT {number} AS id, ST_SetSRID(ST_MakePoint({place}), 3857) AS geom_3857, counts.*,
            social_open + city_open + governance_open AS still_open,
            social_open + city_open + governance_open + social_closed + city_closed + governance_closed AS total
        FROM (SELECT cell, {sums} FROM ({" UNION ALL ".join(parts)}) parts GROUP BY cell) counts) s
        WHERE s.total > 0"""
    columns = ", ".join(f"nullif(s.{column}, 0) AS {name}" for name, column in ATTRIBUTES.items())
    return Cut("case_square", columns, source, tuple(parameters), margin=0, simplify=False)


def _stand(places: str, square: str, z: int) -> str:
    """SQL: where the symbol of the number-th square stands, in sides; in its middle if nothing there is open."""
    per_side = (1 << PLACE_BITS - z) / SIDE
    mean = f"({places}::float8 / nullif(social_open + city_open + governance_open, 0) + 0.5) / {per_side!r}"
    aside = f"greatest({-ASIDE}, least({ASIDE}, coalesce({mean} - ({square} + 0.5), 0)))"
    return f"{square} + 0.5 + {aside}"


def _counted(z: int, inside: str) -> str:
    return f"SELECT cell, {', '.join(KEPT)} FROM casework_bin WHERE z = {z} AND x = {X} AND y = {Y} AND {inside}"


def _changed(z: int, inside: str) -> str:
    tile = NEAREST + 4 - z
    where = f"x >> {tile} = {X} AND y >> {tile} = {Y} AND {inside}"
    return f"SELECT {_cell('x', 'y', z)}, {', '.join(KEPT)} FROM casework_binchange WHERE {where}"


def _one_by_one(z: int) -> str:
    x, y = "casework_square(ST_X(geom_3857))", "casework_square(-ST_Y(geom_3857))"
    counts = [
        f"(network = '{network}' AND {'' if still_open else 'NOT '}is_open)::int"
        for network in ("social_work", "city_management", "governance")
        for still_open in (True, False)
    ]
    counts += ["(urgent AND is_open)::int", "overdue::int"]
    counts += [f"casework_place({part}) * is_open::int" for part in ("ST_X(geom_3857)", "-ST_Y(geom_3857)")]
    where = f"NOT private AND area = ANY (%s) AND geom_3857 && {envelope(z)}"
    tile = NEAREST + 4 - z
    where += f" AND {x} >> {tile} = {X} AND {y} >> {tile} = {Y}"
    named = ", ".join(f"{count} AS {column}" for count, column in zip(counts, KEPT, strict=True))
    return f"SELECT {_cell(x, y, z)}, {named} FROM casework_case WHERE {where}"


def _cell(x: str, y: str, z: int) -> str:
    square = NEAREST - z
    return f"({y} >> {square} & {SIDE - 1}) * {SIDE} + ({x} >> {square} & {SIDE - 1}) AS cell"


def _inside(column: str, areas: Sequence[str]) -> tuple[str, tuple[list[str], ...]]:
    if "" in areas:
        return "TRUE", ()
    return f"{column} LIKE ANY (%s)", ([f"{area}%" for area in areas],)
