"""The entries of the catalogue about what stands there: cameras, facilities, lamps, components."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, F, Func, Q, TextField, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.roles import Verb
from gridmap.territory.hours import HoursError, from_json, state_at
from gridmap.territory.hours_words import text_told
from gridmap.territory.models import Camera, Component, ComponentClass, Facility, StreetLamp
from gridmap.territory.querysets import Viewer
from layers import looks
from layers.cuts import things
from layers.layer import Field, Filter, Kind, Layer, Mark, Rows, Shape, Tiles, active
from layers.origins import origin_told

PLACES = "places"
SOURCE = (
    Field("source", _("source"), words=origin_told, sorts=False),
    Field("source_ref", _("number in the source"), sorts=False),
)


def facilities_now(user: Viewer, moment: datetime | None = None) -> Rows:
    """Facilities with `open_now`: by the one function of opening hours, asked once for each table of hours that there
    is; unknown where no hours are known."""
    rows = active(Facility)(user, moment)
    now = timezone.localtime()
    tables = rows.filter(hours__isnull=False).order_by().values_list("hours", flat=True).distinct()
    opened = [table for table in tables if _is_open(table, now)]
    known = Q(hours__isnull=False)
    told: Rows = rows.annotate(
        open_now=Case(
            When(known & Q(hours__in=opened), then=Value(True)),
            When(known, then=Value(False)),
            default=Value(None),
            output_field=BooleanField(null=True),
        )
    )
    return told


def _is_open(table: Any, now: datetime) -> bool:
    try:
        return state_at(from_json(table), now).open
    except HoursError:
        return False


def _components(user: Viewer, moment: datetime | None = None) -> Rows:
    """Components with `major`, the first two digits of their class."""
    major = Func(F("category_id"), Value(2), function="left", output_field=TextField())
    rows: Rows = active(Component)(user, moment).annotate(major=major)
    return rows


CAMERAS = Layer(
    key="cameras",
    title=_("Cameras and what they see"),
    group=PLACES,
    shape=Shape.POINT,
    rows=active(Camera),
    label="name",
    fields=(
        Field("name", _("name")),
        Field("place", _("place")),
        Field("pole", _("number of the pole")),
        Field("code", _("device code (GB/T 28181)"), sorts=False),
        Field("bearing", _("bearing (° from north)"), Kind.NUMBER, source="bearing_deg", sorts=False),
        Field("angle", _("horizontal angle (°)"), Kind.NUMBER, source="angle_deg", sorts=False),
        Field("range_m", _("range (m)"), Kind.NUMBER),
        Field("height_m", _("height (m)"), Kind.NUMBER),
        Field("tilt", _("tilt below the horizon (°)"), Kind.NUMBER, source="tilt_deg", sorts=False),
        Field("status", _("status"), Kind.CHOICE, choices=Camera.Status.choices),
        Field("night", _("sees at night"), Kind.FLAG, source="sees_at_night"),
        Field("coverage", _("coverage class"), Kind.CHOICE, choices=Camera.Coverage.choices),
        Field("owner", _("owner")),
        *SOURCE,
    ),
    filters=(
        Filter("status", _("status"), "status", choices=Camera.Status.choices, tile="s"),
        Filter("night", _("sees at night"), "sees_at_night", Kind.FLAG, tile="nt"),
        Filter("coverage", _("coverage class"), "coverage", choices=Camera.Coverage.choices, tile="cv"),
    ),
    style=looks.CAMERAS,
    tiles=Tiles("things", ("camera",), ("cameras",), scoped=False, cut=things.cameras),
    zooms=(16, 22),
    legend=lambda: (Mark("camera", _("camera and what it sees")),),
    card="camera",
    called=_("camera, surveillance camera"),
)
FACILITIES = Layer(
    key="facilities",
    title=_("Facilities"),
    group=PLACES,
    shape=Shape.POINT,
    rows=facilities_now,
    label="name",
    fields=(
        Field("name", _("name")),
        Field("kind", _("kind"), Kind.CHOICE, choices=Facility.Kind.choices),
        Field("address", _("address"), sorts=False),
        Field("phone", _("phone"), sorts=False),
        Field("open_now", _("open now"), Kind.FLAG),
        Field("hours", _("opening hours as the source has them"), source="hours_text", words=text_told, sorts=False),
        Field("capacity", _("capacity"), Kind.INTEGER),
        Field("area_m2", _("floor area"), Kind.NUMBER, unit="m²"),
        Field("accessible", _("accessible without steps"), Kind.FLAG),
        *SOURCE,
    ),
    filters=(
        Filter("kind", _("kind"), "kind", choices=Facility.Kind.choices, tile="k"),
        Filter("open_now", _("open now"), "open_now", Kind.FLAG),
        Filter("accessible", _("accessible without steps"), "accessible", Kind.FLAG, tile="ac"),
    ),
    style=looks.FACILITIES,
    tiles=Tiles("things", ("facility",), ("facilities",), scoped=False, cut=things.facilities),
    zooms=(15, 22),
    card="facility",
)
LAMPS = Layer(
    key="lamps",
    title=_("Street lamps"),
    group=PLACES,
    shape=Shape.POINT,
    rows=active(StreetLamp),
    label="source_ref",
    fields=(
        Field("lit", _("lit at night"), Kind.FLAG),
        Field("status", _("status"), Kind.CHOICE, choices=StreetLamp.Status.choices),
        Field("pole", _("number of the pole")),
        *SOURCE,
    ),
    filters=(
        Filter("lit", _("lit at night"), "lit", Kind.FLAG, tile="lit"),
        Filter("status", _("status"), "status", choices=StreetLamp.Status.choices, tile="s"),
    ),
    style=looks.LAMPS,
    tiles=Tiles("things", ("lamp",), ("lamps",), scoped=False, cut=things.lamps),
    zooms=(17, 22),
    legend=lambda: (Mark("lamp", _("street lamp")),),
    card="lamp",
    shown=False,
)
COMPONENTS = Layer(
    key="components",
    title=_("Components (部件)"),
    group=PLACES,
    shape=Shape.ANY,
    rows=_components,
    label="name",
    fields=(
        Field("code", _("component code")),
        Field("name", _("name")),
        Field("class", _("class"), source="category__name"),
        Field("major", _("upper class"), Kind.CHOICE, choices=ComponentClass.Major.choices),
        Field("state", _("state"), Kind.CHOICE, choices=Component.State.choices),
        Field("manager", _("responsible department")),
        Field("owner", _("owner")),
        Field("keeper", _("maintained by")),
        Field("phone", _("phone of maintenance"), source="keeper_phone", verb=Verb.VIEW_STAFF, sorts=False),
        Field("accuracy", _("accuracy"), Kind.CHOICE, choices=Component.Accuracy.choices),
        Field("surveyed", _("surveyed on"), Kind.DAY, source="surveyed_on"),
        *SOURCE,
    ),
    filters=(
        Filter("state", _("state"), "state", choices=Component.State.choices, tile="s"),
        Filter("major", _("upper class"), "major", choices=ComponentClass.Major.choices, tile="k"),
    ),
    style=looks.COMPONENTS,
    tiles=Tiles("things", ("component",), ("components",), scoped=False, cut=things.components),
    zooms=(17, 22),
    legend=lambda: (Mark(value, label) for value, label in Component.State.choices),
    card="component",
    shown=False,
)
