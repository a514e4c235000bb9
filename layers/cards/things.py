"""The cards of cameras, lamps, components and facilities."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridmap.territory.editing.history import history_of
from gridmap.territory.editing.places import may_edit_at
from gridmap.territory.hours import HoursError, from_json, state_at
from gridmap.territory.hours_text import read_hours
from gridmap.territory.hours_words import state_text, text_told, week_lines
from gridmap.territory.models import Camera, Component, Facility, StreetLamp
from gridmap.territory.models.tended import Tended
from gridmap.territory.querysets import Viewer
from layers.cards.card import Card, Fact, Link, Section, select
from layers.places import places_at

POINTS = (
    gettext_lazy("north"), gettext_lazy("north-east"), gettext_lazy("east"), gettext_lazy("south-east"),
    gettext_lazy("south"), gettext_lazy("south-west"), gettext_lazy("west"), gettext_lazy("north-west"),
)  # fmt: skip
#: How many of the newest changes a card shows.
NEWEST = 5
#: Lamps that light what a camera sees: in its cone, or around it where no cone is known.
LIGHT = """
SELECT count(*) FILTER (WHERE l.lit AND l.status <> 'broken'), count(*) FILTER (WHERE NOT l.lit OR l.status = 'broken')
FROM territory_streetlamp l
WHERE l.active AND (l.lit IS NOT NULL OR l.status = 'broken')
  AND l.geom && ST_Expand(%(spot)s::geometry, %(reach_deg)s)
  AND ST_DWithin(l.geom::geography, %(spot)s::geography, %(range)s)
  AND (%(bearing)s IS NULL OR %(angle)s >= 360 OR ST_DWithin(l.geom::geography, %(spot)s::geography, 3)
       OR abs(mod((degrees(ST_Azimuth(%(spot)s::geography, l.geom::geography)) - %(bearing)s + 540)::numeric, 360)
              - 180) <= %(angle)s / 2 + 5)
"""
#: Types of cards → what the API of editing calls them.
LAYERS = {"camera": "cameras", "lamp": "lamps", "component": "components", "facility": "facilities"}
#: What is looked at where a camera does not say how far and how wide it sees.
USUAL_RANGE_M, USUAL_ANGLE_DEG = 30.0, 90.0


def camera_card(key: str, user: Viewer) -> Card:
    """The camera with this primary key."""
    camera = Camera.objects.visible_to(user).active().get(pk=int(key))
    facts = [
        Fact(_("Sees"), cone_text(camera)),
        Fact(_("Status"), camera.get_status_display()),
        Fact(_("Sees at night"), _yes_or_no(camera.sees_at_night)),
        Fact(_("Bearing"), camera.bearing_deg, "°"),
        Fact(_("Horizontal angle"), camera.angle_deg, "°"),
        Fact(_("Range"), camera.range_m, _("m")),
        Fact(_("Height"), camera.height_m, _("m")),
        Fact(_("Tilt"), camera.tilt_deg, "°"),
        *_known((_("Coverage"), camera.get_coverage_display()), (capfirst(_("owner")), camera.owner)),
        *_known((_("Device code"), camera.code), (_("Pole"), camera.pole)),
    ]
    return _card(
        "camera", camera, user, subtitle=camera.place or _("Camera"), facts=facts, findings=_camera_findings(camera)
    )


def lamp_card(key: str, user: Viewer) -> Card:
    """The street lamp with this primary key."""
    lamp = StreetLamp.objects.visible_to(user).active().get(pk=int(key))
    facts = [
        Fact(_("Status"), lamp.get_status_display()),
        Fact(_("Lit at night"), _yes_or_no(lamp.lit)),
        *_known((_("Pole"), lamp.pole)),
    ]
    return _card("lamp", lamp, user, subtitle=_("Street lamp"), facts=facts)


def component_card(key: str, user: Viewer) -> Card:
    """The component with this primary key; its code is explained."""
    component = Component.objects.visible_to(user).active().select_related("category").get(pk=int(key))
    kind = component.category
    facts = [
        Fact(_("State"), component.get_state_display()),
        Fact(_("Code"), component.code, note=_code_text(component.code)),
        Fact(_("Class"), kind.name, note=kind.major),
        Fact(_("Responsible department"), component.manager or None),
        Fact(capfirst(_("owner")), component.owner or None),
        Fact(_("Maintained by"), component.keeper or None, note=component.keeper_phone),
        Fact(_("Accuracy"), component.get_accuracy_display() or None),
        Fact(_("Surveyed on"), component.surveyed_on.isoformat() if component.surveyed_on else None),
    ]
    return _card("component", component, user, subtitle=kind.name, facts=facts, findings=_component_findings(component))


def facility_card(key: str, user: Viewer) -> Card:
    """The facility with this primary key. Phones of institutions are public."""
    facility = Facility.objects.visible_to(user).active().get(pk=int(key))
    opened, table = _opening(facility)
    facts = [
        *opened,
        Fact(_("Address"), facility.address or None),
        Fact(_("Phone"), facility.phone or None),
        *_known((_("Capacity"), facility.capacity)),
        *([Fact(_("Floor area"), facility.area_m2, "m²")] if facility.area_m2 is not None else []),
        *_known((_("Accessible without steps"), _yes_or_no(facility.accessible))),
    ]
    return _card("facility", facility, user, *table, subtitle=facility.get_kind_display(), facts=facts)


def cone_text(camera: Camera) -> str | None:
    """What a camera sees, in words: “faces north-east, 90° wide, 40 m far”."""
    parts = []
    if camera.angle_deg == 360:
        parts.append(_("all around"))
    elif camera.bearing_deg is not None:
        parts.append(_("faces %(point)s") % {"point": POINTS[round(camera.bearing_deg / 45) % 8]})
    if camera.angle_deg is not None and camera.angle_deg < 360:
        parts.append(_("%(angle)s° wide") % {"angle": f"{camera.angle_deg:g}"})
    if camera.range_m is not None:
        parts.append(_("%(range)s m far") % {"range": f"{camera.range_m:g}"})
    return ", ".join(parts) or None


def lamps_in_view(camera: Camera) -> tuple[int, int]:
    """How many lamps in a camera's view are lit, and how many are dark; asked of the database."""
    reach = camera.range_m or USUAL_RANGE_M
    asked: dict[str, Any] = {
        "spot": camera.geom.ewkt,
        "range": reach,
        "reach_deg": reach / 50_000,
        "bearing": camera.bearing_deg,
        "angle": camera.angle_deg or USUAL_ANGLE_DEG,
    }
    with connection.cursor() as cursor:
        cursor.execute(LIGHT.replace("%(bearing)s", "%(bearing)s::float8"), asked)
        lit, dark = cursor.fetchone()
    return lit, dark


def _card(
    kind: str,
    thing: Any,
    user: Viewer,
    *sections: Section,
    subtitle: str,
    facts: list[Fact],
    findings: Sequence[str] = (),
) -> Card:
    layer = LAYERS[kind]
    editable = may_edit_at(user, thing.geom)
    told = [*sections, *_others_on_pole(thing)]
    return Card(
        type=kind,
        id=str(thing.pk),
        title=str(thing),
        subtitle=subtitle,
        source=thing.source,
        shape=thing.geom,
        place=places_at(thing.geom if isinstance(thing.geom, Point) else thing.geom.point_on_surface, user),
        facts=facts,
        findings=list(findings),
        links=[Link(_("Edit"), f"/?select={kind}:{thing.pk}&edit={layer}:{thing.pk}", "edit")] if editable else [],
        sections=[*told, *_history(thing)] if editable else told,
    )


def _others_on_pole(thing: Tended) -> list[Section]:
    """What else hangs on the pole."""
    pole = getattr(thing, "pole", "")
    if not pole:
        return []
    cameras = Camera.objects.active().filter(pole=pole).order_by("bearing_deg", "pk")
    lamps = StreetLamp.objects.active().filter(pole=pole).order_by("pk")
    links = [
        select(", ".join(filter(None, (str(one), cone_text(one)))), "camera", str(one.pk))
        for one in cameras
        if one != thing
    ]
    links += [select(_("Street lamp %(name)s") % {"name": one}, "lamp", str(one.pk)) for one in lamps if one != thing]
    return [Section(_("Also on pole %(pole)s") % {"pole": pole}, links=links)] if links else []


def _history(thing: Tended) -> list[Section]:
    facts = []
    for entry in history_of(thing, newest=NEWEST):
        changes = "; ".join(
            _("%(label)s: %(before)s → %(after)s")
            % {"label": one["label"], "before": _shown(one["before"]), "after": _shown(one["after"])}
            for one in entry["changes"]
        )
        at = timezone.localtime(datetime.fromisoformat(entry["at"]))
        facts.append(Fact(f"{at:%Y-%m-%d %H:%M}", changes or entry["what"], note=entry["who"]))
    return [Section(_("History"), facts=facts)] if facts else []


def _shown(value: Any) -> str:
    return "—" if value in (None, "") else str(value)


def _known(*pairs: tuple[str, Any]) -> list[Fact]:
    """Facts that are known; the others are not worth a line."""
    return [Fact(label, value) for label, value in pairs if value not in (None, "")]


def _camera_findings(camera: Camera) -> list[str]:
    if camera.status == Camera.Status.BROKEN:
        return [_("It is broken and sees nothing.")]
    if camera.sees_at_night is False:
        lit, dark = lamps_in_view(camera)
        if lit:
            return [_("It sees nothing at night without light; %(lit)s lamps in its view are lit.") % {"lit": lit}]
        return [_("It sees nothing at night: no lamp in its view is lit.")]
    lit, dark = lamps_in_view(camera)
    if dark and not lit and camera.sees_at_night is None:
        return [_("At night it is probably blind: %(dark)s lamps in its view are dark.") % {"dark": dark}]
    return []


def _component_findings(component: Component) -> list[str]:
    found = {
        Component.State.LOST: _("It is lost: whoever keeps it must secure the place."),
        Component.State.DAMAGED: _("It is damaged."),
    }.get(Component.State(component.state))
    return [found] if found else []


def _code_text(code: str) -> str:
    return _("county %(county)s, class %(major)s, sub-class %(minor)s, number %(number)s") % {
        "county": code[:6], "major": code[6:8], "minor": code[8:10], "number": int(code[10:]),
    }  # fmt: skip


def _opening(facility: Facility) -> tuple[list[Fact], list[Section]]:
    """Whether it is open now, and the table of the week."""
    title = _("Opening hours")
    written = facility.hours_text
    try:
        hours = from_json(facility.hours)
    except HoursError:
        return [], [Section(title, facts=[Fact(_("As the source has them"), text_told(written))])] if written else []
    reading = read_hours(written)
    differs = written and (reading.left or reading.hours != hours)
    text = [Fact(_("As the source has them"), text_told(written))] if differs else []
    now = wall_clock()
    rows = [Fact(days, spans) for days, spans in week_lines(hours)]
    return [Fact(_("Now"), state_text(state_at(hours, now), now))], [Section(title, facts=rows + text)]


def wall_clock() -> datetime:
    """The time that a clock shows here, now."""
    return timezone.localtime()


def _yes_or_no(value: bool | None) -> Any:
    return None if value is None else _("yes") if value else _("no")
