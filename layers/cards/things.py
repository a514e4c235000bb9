"""The cards of cameras and facilities."""

from typing import Any

from django.utils.translation import gettext as _

from gridmap.territory.models import Camera, Facility
from gridmap.territory.querysets import Viewer
from layers.cards.card import Card, Fact
from layers.places import places_at


def camera_card(key: str, user: Viewer) -> Card:
    """The camera with this primary key."""
    camera = Camera.objects.visible_to(user).active().get(pk=int(key))
    return Card(
        type="camera",
        id=str(camera.pk),
        title=str(camera),
        subtitle=camera.place or _("Camera"),
        source=camera.source,
        shape=camera.geom,
        place=places_at(camera.geom, user),
        facts=[
            Fact(_("Status"), camera.get_status_display()),
            Fact(_("Sees at night"), _yes_or_no(camera.sees_at_night)),
            Fact(_("Bearing"), camera.bearing_deg, "°"),
            Fact(_("Horizontal angle"), camera.angle_deg, "°"),
            Fact(_("Range"), camera.range_m, _("m")),
            Fact(_("Height"), camera.height_m, _("m")),
        ],
        findings=_camera_findings(camera),
    )


def facility_card(key: str, user: Viewer) -> Card:
    """The facility with this primary key."""
    facility = Facility.objects.visible_to(user).active().get(pk=int(key))
    return Card(
        type="facility",
        id=str(facility.pk),
        title=facility.name,
        subtitle=facility.get_kind_display(),
        source=facility.source,
        shape=facility.geom,
        place=places_at(facility.geom, user),
        facts=[Fact(_("Address"), facility.address or None)],
    )


def _camera_findings(camera: Camera) -> list[str]:
    found = []
    if camera.status == Camera.Status.BROKEN:
        found.append(_("It is broken and sees nothing."))
    elif camera.sees_at_night is False:
        found.append(_("It sees nothing at night."))
    return found


def _yes_or_no(value: bool | None) -> Any:
    return None if value is None else _("yes") if value else _("no")
