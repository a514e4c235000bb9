"""A door as the text of a conflict: two sources that put somebody at different places."""

from gridmap.population.models import Dwelling

FIELD = "dwelling"


def door_code(building_id: int, unit: str, room: str) -> str:
    """Building, unit and room as one text, to be read back by `dwelling_at`."""
    return f"{building_id}|{unit}|{room}"


def dwelling_at(code: str, *, source: str = "") -> Dwelling:
    """The dwelling of a code, inside a door; not saved where it is not known and no `source` is given to make it by."""
    building, unit, room = code.split("|", 2)
    place = {"building_id": int(building), "unit": unit, "room": room}
    found = Dwelling.objects.filter(**place).select_related("building__compound").first()
    if found is None:
        found = Dwelling(**place, source=source)
        if source:
            found.save(force_insert=True)
            found.refresh_from_db()
    return found
