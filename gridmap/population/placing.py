"""Where people's records belong: always where their building stands, in one statement for any number of them."""

from collections.abc import Iterable

from django.db import connection

from gridmap.territory.models import Building


def place_people(building_ids: Iterable[int] | None = None) -> int:
    """Give dwellings, households, residents and what hangs on them the area and the location of their building.

    All buildings where none are named. Returns how many records moved; nothing of them is read. Needs no door.
    """
    chosen = None if building_ids is None else list(building_ids)
    if chosen is not None and not chosen:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT population_place(%s::bigint[])", [chosen])
        return int(cursor.fetchone()[0])


def area_of(building: Building) -> str:
    """The area of the records of a building: the code of its grid, else of its community, else nothing."""
    code: str | None = building.grid.code if building.grid else None
    return code or (building.community.code if building.community else "")
