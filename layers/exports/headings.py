"""What tables for spreadsheets have in common: headings in the reader's language, and a place for every row."""

from django.contrib.gis.db.models import PointField
from django.db.models import FloatField, Func
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext as _

from layers.exports.tables import Column, Table, zone_name
from layers.layer import Kind

#: Coordinate systems of longitude and latitude; the other one counts metres.
IN_DEGREES = frozenset({4326, 4490})


def place_of(table: Table) -> list[Combinable]:
    """Easting and northing of a point that lies on each shape, in the system of the file."""
    point = Func(table.in_system(), function="ST_PointOnSurface", output_field=PointField(srid=table.srid))
    return [Func(point, function=function, output_field=FloatField()) for function in ("ST_X", "ST_Y")]


def headings(table: Table) -> list[str]:
    """What the columns are called, each once: identity, place, and the fields by their titles; moments with the zone
    of their clock."""
    places = [_("longitude"), _("latitude")] if table.srid in IN_DEGREES else ["x (m)", "y (m)"]
    found = [_("ID"), *places]
    for column in table.columns:
        title = _title(column)
        found.append(title if title not in found else f"{title} [{column.name}]")
    return found


def _title(column: Column) -> str:
    return f"{column.title} ({zone_name(timezone.now())})" if column.kind == Kind.MOMENT else column.title


def digits_of(table: Table) -> int:
    """How many digits of a coordinate are a centimetre, or finer."""
    return 7 if table.srid in IN_DEGREES else 3
