"""What tables for spreadsheets have in common: headings in the reader's language, and a place for every row."""

from django.contrib.gis.db.models import PointField
from django.db.models import FloatField, Func
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from layers.exports.tables import Table

#: Coordinate systems of longitude and latitude; the other one counts metres.
IN_DEGREES = frozenset({4326, 4490})


def place_of(table: Table) -> list[Combinable]:
    """Easting and northing of a point that lies on each shape, in the system of the file."""
    point = Func(table.in_system(), function="ST_PointOnSurface", output_field=PointField(srid=table.srid))
    return [Func(point, function=function, output_field=FloatField()) for function in ("ST_X", "ST_Y")]


def headings(table: Table) -> list[str]:
    """What the columns are called, each once: identity, place, and the fields by their titles."""
    places = [_("longitude"), _("latitude")] if table.srid in IN_DEGREES else ["x (m)", "y (m)"]
    found = [_("ID"), *places]
    for column in table.columns:
        found.append(column.title if column.title not in found else f"{column.title} [{column.name}]")
    return found


def digits_of(table: Table) -> int:
    """How many digits of a coordinate are a centimetre, or finer."""
    return 7 if table.srid in IN_DEGREES else 3
