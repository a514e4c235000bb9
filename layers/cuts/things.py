"""What stands on the ground and is drawn by its symbol: the same for everyone who holds a post."""

from collections.abc import Sequence

from layers.cuts.cut import MARGIN, Cut

LAMPS_FROM, THINGS_FROM, COMPONENTS_FROM = 15, 13, 16
#: Cameras look into neighbouring tiles, so close up a tile takes those around it as well (tile units).
CAMERA_MARGIN, LOOKING_FROM = 2048, 15


def cameras(z: int, _areas: Sequence[str]) -> list[Cut]:
    """Cameras with where and how far they look."""
    if z < THINGS_FROM:
        return []
    columns = (
        "s.id AS id, s.bearing_deg AS b, s.angle_deg AS a, s.range_m AS r, s.status AS s, s.sees_at_night AS nt,"
        " nullif(s.coverage, '') AS cv"
    )
    margin = CAMERA_MARGIN if z >= LOOKING_FROM else MARGIN
    return [Cut("camera", columns, "territory_camera s WHERE s.active", margin=margin, simplify=False)]


def facilities(z: int, _areas: Sequence[str]) -> list[Cut]:
    """Facilities by kind, with their names."""
    if z < THINGS_FROM:
        return []
    columns = "s.id AS id, s.kind AS k, s.name AS n, s.accessible AS ac"
    return [Cut("facility", columns, "territory_facility s WHERE s.active", simplify=False)]


def lamps(z: int, _areas: Sequence[str]) -> list[Cut]:
    """Street lamps, lit or not."""
    if z < LAMPS_FROM:
        return []
    columns = "s.id AS id, s.lit AS lit, s.status AS s"
    return [Cut("lamp", columns, "territory_streetlamp s WHERE s.active", simplify=False)]


def components(z: int, _areas: Sequence[str]) -> list[Cut]:
    """Components by state and upper class, points, lines and areas."""
    if z < COMPONENTS_FROM:
        return []
    columns = "s.id AS id, s.state AS s, left(s.category_id, 2) AS k, nullif(s.name, '') AS n"
    return [Cut("component", columns, "territory_component s WHERE s.active", simplify=False)]
