"""Words of filters and of the rooms inside the room, in the language of the page."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.models import CareTag, Dwelling, Resident, Risk
from gridmap.population.narrowing import Narrowing

#: Route, label, the right that opens it.
ROOMS = (
    ("population:residents", gettext_lazy("Residents"), Verb.VIEW_PEOPLE),
    ("population:care", gettext_lazy("Care households"), Verb.VIEW_PEOPLE),
    ("population:conflicts", gettext_lazy("Conflicts"), Verb.VIEW_PEOPLE),
    ("population_lists:start", gettext_lazy("Lists"), Verb.IMPORT_PEOPLE),
    ("population:exports", gettext_lazy("Exports"), Verb.EXPORT_PEOPLE),
)


def people_rooms(request: HttpRequest) -> list[dict[str, Any]]:
    """The rooms inside the room that are open to the person: href, label, here."""
    found = []
    for route, label, verb in ROOMS:
        if not areas_of(request.user, verb):
            continue
        try:
            href = reverse(route)
        except NoReverseMatch:
            continue
        found.append({"href": href, "label": label, "here": request.path == href})
    return found


def filter_choices(narrowing: Narrowing) -> list[dict[str, Any]]:
    """Each filter: name, label, values with theirs, which one is chosen."""
    filters: list[tuple[str, str, list[tuple[str, Any]]]] = [
        ("kind", _("Kind"), list(Resident.Kind.choices)),
        ("risk", _("Risk"), [("any", _("any care tag")), *Risk.choices]),
        ("tag", _("Care tag"), list(CareTag.Kind.choices)),
        ("age", _("Age"), [("60", _("60 and over")), ("80", _("80 and over"))]),
        ("occupancy", _("Dwelling"), list(Dwelling.Occupancy.choices)),
    ]
    return [
        {"name": name, "label": label, "values": values, "chosen": getattr(narrowing, name)}
        for name, label, values in filters
    ]
