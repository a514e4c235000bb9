"""Who is on duty where: how many people, and in which roles; no names."""

from collections.abc import Sequence

from django.conf import settings

from gridmap.accounts.roles import Role
from gridmap.casework.duty import NARROWEST_DIGITS
from layers.cuts.cut import Cut, envelope

DUTY_FROM = 11
#: Attribute → the roles that it counts; all others are in `n` alone.
ROLES = {
    "w": [Role.GRID_WORKER],
    "l": [Role.GRID_LEADER],
    "b": [Role.BUILDING_LEADER],
    "c": [Role.COMMUNITY_OFFICER, Role.STREET_OFFICER],
}


def duty(z: int, areas: Sequence[str]) -> list[Cut]:
    """One point for each grid, community or street with somebody on duty today."""
    if z < DUTY_FROM:
        return []
    place = f"""SELECT g.code AS area, e.geom_3857
        FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
        WHERE upper_inf(e.valid) AND e.geom_3857 && {envelope(z)}
        UNION ALL SELECT left(r.code, CASE r.level WHEN 4 THEN 9 ELSE 12 END), e.geom_3857
        FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
        WHERE upper_inf(e.valid) AND r.level IN (4, 5) AND e.geom_3857 && {envelope(z)}"""
    roles = ", ".join(f"count(DISTINCT p.person_id) FILTER (WHERE p.role = ANY (%s)) AS {name}" for name in ROLES)
    seen = "TRUE" if "" in areas else "p.area LIKE ANY (%s)"
    source = f"""(SELECT min(p.id) AS id, p.area, count(DISTINCT p.person_id) AS n, {roles},
            ST_PointOnSurface(place.geom_3857) AS geom_3857
        FROM ({place}) place JOIN accounts_post p ON p.area = place.area
        JOIN accounts_user u ON u.id = p.person_id AND u.is_active
        CROSS JOIN (SELECT (now() AT TIME ZONE %s)::date AS today) clock
        WHERE p.role <> %s AND length(p.area) >= {NARROWEST_DIGITS} AND p.starts_on <= today
          AND coalesce(p.ends_on >= today, TRUE) AND coalesce(p.ended_at > now(), TRUE) AND {seen}
        GROUP BY p.area, place.geom_3857) s WHERE TRUE"""
    parameters = (*([*roles] for roles in ROLES.values()), settings.TIME_ZONE, Role.WALL_SCREEN.value)
    inside = () if "" in areas else ([f"{area}%" for area in areas],)
    told = ", ".join(f"nullif(s.{name}, 0) AS {name}" for name in ROLES)
    return [Cut("duty", f"s.id AS id, s.area AS a, s.n AS n, {told}", source, (*parameters, *inside), simplify=False)]
