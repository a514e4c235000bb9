"""The doors of a building as a table, its masked list for the map's card, and care near a place on the map."""

import math
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Polygon
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.exceptions import ParseError

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.doorplan import doors_of, plan_of
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.models import Dwelling, Resident
from gridmap.population.paging import first_of
from gridmap.population.permissions import may_edit
from gridmap.population.placing import area_of
from gridmap.population.showing import building_name, dwelling_of, note_shown, rows_of, with_tags
from gridmap.population.views.page import page
from gridmap.safety import bodies
from gridmap.territory.models import Building
from gridmap.territory.querysets import place_in

#: More on one card would be a list, for which there is the page.
MOST_ON_A_CARD = 40
MOST_NEAR = 200
MOST_BEHIND_A_DOOR = 200
NEAR_FROM_ZOOM = 17
#: The longest side of a box near which somebody may ask, degrees: a little more than a wide screen at zoom 17.
WIDEST_DEG = 0.06


def visible_building(opened: Opened, key: int) -> Building:
    """The building, if people there may be seen by the person; Http404 otherwise."""
    rows = Building.objects.filter(place_in(opened.areas, grids=True)).select_related("compound", "community", "grid")
    return get_object_or_404(rows, pk=key)


@require_GET
@personal
def building(request: HttpRequest, key: int) -> HttpResponse:
    """Floors × units: occupancy, how many people, risk; a click leads to the dwelling."""
    with people_door(request) as opened:
        found = visible_building(opened, key)
        opened.at(area_of(found))
        dwellings = list(Dwelling.objects.visible_to(opened.person).filter(building=found).in_door_order())
        residents = Resident.objects.visible_to(opened.person).present().filter(dwelling__building=found)
        doors = doors_of(dwellings, residents.only("name", "dwelling_id", "risk", "area").head_first())
        context: dict[str, Any] = {
            "building": found,
            "name": building_name(found),
            "plan": plan_of(doors),
            "doors": len(doors),
            "people": sum(door.people for door in doors),
            "vacant": sum(door.occupancy == Dwelling.Occupancy.VACANT for door in doors),
            "let": sum(door.occupancy == Dwelling.Occupancy.LET for door in doors),
        }
    return page(request, "population/building.html", context)


@require_GET
@personal
def dwelling(request: HttpRequest, key: UUID) -> HttpResponse:
    """One dwelling: who lives there, masked, and who did."""
    with people_door(request) as opened:
        rows = Dwelling.objects.visible_to(opened.person).select_related("building__compound")
        found = get_object_or_404(rows, pk=key)
        opened.at(found.area)
        residents = with_tags(Resident.objects.visible_to(opened.person).filter(dwelling=found))
        context = {
            "dwelling": dwelling_of(found),
            "rows": rows_of(sorted(residents.head_first()[:MOST_BEHIND_A_DOOR], key=lambda one: not one.present)),
            "may_edit": may_edit(opened.person, found),
        }
    return page(request, "population/dwelling.html", context)


@require_GET
@personal
def card(request: HttpRequest, key: int) -> HttpResponse:
    """Care households of a building for the map's card, masked; asked by itself and kept by nobody."""
    with people_door(request) as opened:
        found = visible_building(opened, key)
        opened.at(area_of(found))
        residents = with_tags(Resident.objects.visible_to(opened.person).in_care().filter(dwelling__building=found))
        rows = rows_of(first_of(residents.worst_first(), MOST_ON_A_CARD + 1))
    answer = {
        "rows": [_on_the_card(row) for row in rows[:MOST_ON_A_CARD]],
        "more": len(rows) > MOST_ON_A_CARD,
        "href": reverse("population:building", args=[key]),
    }
    return JsonResponse(answer)


def _on_the_card(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "door": row.door,
        "risk": row.risk,
        "riskLabel": row.risk_label,
        "tags": [tag.label for tag in row.tags],
        "href": reverse("population:resident", args=[row.key]),
    }


@require_POST
@personal
def near(request: HttpRequest) -> HttpResponse:
    """Masked points of people in care inside a small box of the map, for whom it concerns; the box is in the body."""
    if not areas_of(request.user, Verb.VIEW_PEOPLE):
        raise Http404
    box = _box(request.body)
    if box is None:
        message = _("Zoom in to %(zoom)d or closer to see people.") % {"zoom": NEAR_FROM_ZOOM}
        return JsonResponse({"error": {"code": "invalid", "message": message}}, status=400)
    with people_door(request) as opened:
        found = Resident.objects.visible_to(opened.person).in_care().inside_box(box).worst_first()
        residents = first_of(found.select_related("dwelling__building"), MOST_NEAR + 1)
        points = [_point(one) for one in residents[:MOST_NEAR]]
    return JsonResponse({"points": points, "more": len(residents) > MOST_NEAR})


def _point(resident: Resident) -> dict[str, Any]:
    note_shown(resident)
    place = resident.location or resident.dwelling.building.point
    return {
        "lon": round(place.x, 6),
        "lat": round(place.y, 6),
        "name": resident.name.mask(),
        "door": str(resident.dwelling),
        "risk": resident.risk,
        "riskLabel": resident.get_risk_display(),
        "href": reverse("population:resident", args=[resident.pk]),
    }


def _box(body: bytes) -> Polygon | None:
    """The box asked for, with a zoom that is near enough; None for anything else."""
    try:
        asked = bodies.read(body[:2000])
        west, south, east, north = (float(edge) for edge in asked["bbox"])
        zoom = float(asked["zoom"])
    except (ParseError, ValueError, TypeError, KeyError):
        return None
    on_earth = -180 <= west < east <= 180 and -90 <= south < north <= 90
    near_enough = NEAR_FROM_ZOOM <= zoom < math.inf
    if not on_earth or not near_enough or max(east - west, north - south) > WIDEST_DEG:
        return None
    box: Polygon = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box
