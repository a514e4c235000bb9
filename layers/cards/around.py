"""What lies around a place: cameras that see it, the nearest lamp, facilities within a walk."""

from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import gettext as _

from gridmap.territory.models import Camera, Facility
from layers.cards.card import Fact, Section, select

#: A walk of fifteen minutes as the crow flies.
WALK_M = 900
#: No camera that tells its range sees further, and none that tells no range counts as seeing.
FARTHEST_M = 600
MOST_CAMERAS = 6
#: Further away it lights nothing.
LAMP_REACH_M = 60

#: The cone of a camera on level ground, on the sphere: near enough, and within its angle of its bearing (one of 360° or
#: without a bearing looks everywhere). Walls and trees are not known.
SEEING = """
SELECT c.id, coalesce(nullif(c.name, ''), nullif(c.place, ''), c.source_ref) AS title, c.status, c.sees_at_night,
       ST_Distance(c.geom::geography, %(spot)s::geography) AS away_m
FROM territory_camera c
WHERE c.active AND c.geom_3857 && ST_Expand(ST_Transform(%(spot)s::geometry, 3857), %(reach)s * 2)
  AND c.range_m > 0 AND ST_DWithin(c.geom::geography, %(spot)s::geography, least(c.range_m, %(reach)s))
  AND (c.bearing_deg IS NULL OR coalesce(c.angle_deg, 60) >= 360 OR c.geom::bytea = %(spot)s::geometry::bytea
       OR abs(mod((degrees(ST_Azimuth(c.geom::geography, %(spot)s::geography)) - c.bearing_deg + 540)::numeric, 360)
              - 180) <= coalesce(c.angle_deg, 60) / 2)
ORDER BY away_m, c.id LIMIT %(most)s
"""
LAMP = """
SELECT l.lit, l.status, ST_Distance(l.geom::geography, %(spot)s::geography) AS away_m FROM (
    SELECT lit, status, geom FROM territory_streetlamp
    WHERE active ORDER BY geom_3857 <-> ST_Transform(%(spot)s::geometry, 3857) LIMIT 1) l
"""
FACILITIES = """
SELECT DISTINCT ON (f.kind) f.kind, f.id, f.name, ST_Distance(f.geom::geography, %(spot)s::geography) AS away_m
FROM territory_facility f
WHERE f.active AND f.geom_3857 && ST_Expand(ST_Transform(%(spot)s::geometry, 3857), %(reach)s * 2)
  AND ST_DWithin(f.geom::geography, %(spot)s::geography, %(reach)s)
ORDER BY f.kind, away_m, f.id
"""


def around(spot: Point) -> list[Section]:
    """Sections about what lies around a place in degrees."""
    return [*_watched(spot), *_walk(spot)]


def _watched(spot: Point) -> list[Section]:
    rows = _asked(SEEING, spot, reach=FARTHEST_M, most=MOST_CAMERAS + 1)
    working = [row for row in rows if row[2] != Camera.Status.BROKEN]
    night = [row for row in working if row[3]]
    many = _("or more") if len(rows) > MOST_CAMERAS else ""
    note = " · ".join(filter(None, [_("%(count)d at night") % {"count": len(night)} if working else "", many]))
    facts = [Fact(_("Cameras that see it"), len(working[:MOST_CAMERAS]), "", note), *_lamp(spot)]
    links = [select(f"{row[1]} · {row[4]:.0f} m", "camera", str(row[0])) for row in rows[:MOST_CAMERAS]]
    return [Section(_("Seen and lit"), facts, links)]


def _lamp(spot: Point) -> list[Fact]:
    rows = _asked(LAMP, spot)
    if not rows or rows[0][2] > LAMP_REACH_M:
        return [Fact(_("Nearest street lamp"), None, note=_("none within %(reach)d m") % {"reach": LAMP_REACH_M})]
    lit, status, away_m = rows[0]
    dark = lit is False or status == Camera.Status.BROKEN
    told = _("dark") if dark else _("lit") if lit else _("unknown")
    return [Fact(_("Nearest street lamp"), told, "", f"{away_m:.0f} m")]


def _walk(spot: Point) -> list[Section]:
    """The nearest facility of each kind, nearest first."""
    kinds = dict(Facility.Kind.choices)
    rows = sorted(_asked(FACILITIES, spot, reach=WALK_M), key=lambda row: row[3])
    if not rows:
        return []
    links = [select(f"{kinds[kind]} {name} · {away_m:.0f} m", "facility", str(pk)) for kind, pk, name, away_m in rows]
    facts = [
        Fact(_("Kinds of facilities"), len(rows), "", _("as the crow flies, up to %(reach)d m") % {"reach": WALK_M})
    ]
    return [Section(_("Within a walk of 15 minutes"), facts, links)]


def _asked(statement: str, spot: Point, **parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"spot": f"SRID=4326;{spot.wkt}", **parameters})
        return list(cursor.fetchall())
