"""What every page of the site says about the person in front of it, and the words its scripts use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridmap.accounts.models import Post, User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Region
from gridmap.territory.words import map_words

#: Rooms of the top bar: route, label, the rights each of which opens it.
ROOMS = (
    ("console:map", gettext_lazy("Map"), (Verb.VIEW,)),
    ("importers:start", gettext_lazy("Import"), (Verb.IMPORT_DATA,)),
    ("planning:communities", gettext_lazy("Draw grids"), (Verb.DRAW_GRIDS, Verb.ADOPT_PLAN)),
    ("population:residents", gettext_lazy("People"), (Verb.VIEW_PEOPLE,)),
    ("traces:list", gettext_lazy("Traces"), (Verb.AUDIT,)),
    ("special_groups:records", gettext_lazy("Special groups"), (Verb.SPECIAL_GROUPS,)),
    ("jobs:list", gettext_lazy("Work"), (Verb.VIEW,)),
    ("staff:people", gettext_lazy("Staff"), (Verb.ADMINISTER,)),
)


@dataclass(frozen=True)
class Room:
    """A link of the top bar; `here` is whether the page lies in it."""

    route: str
    href: str
    label: str
    here: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `person` (posts in force with their places, rooms open to them) and `words`."""
    return {"person": SimpleLazyObject(lambda: person(request)), "words": map_words()}


def person(request: HttpRequest) -> Mapping[str, Any]:
    """Posts and rooms of who is signed in; empty for who is not."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"posts": [], "rooms": []}
    return {"posts": posts_with_places(user), "rooms": rooms(user, request.path)}


def posts_with_places(user: User) -> list[Post]:
    """The posts in force today, each with `place`: the name of its area, or its code where no region has it."""
    posts = list(Post.objects.filter(person=user).in_force(timezone.localdate()).order_by("area", "role"))
    codes = {post.area[:12].ljust(12, "0") for post in posts if post.area}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    for post in posts:
        post.place = _place_of(post.area, names)  # type: ignore[attr-defined]
    return posts


def _place_of(area: str, names: Mapping[str, str]) -> str:
    if not area:
        return _("everywhere")
    name = names.get(area[:12].ljust(12, "0"), area)
    return _("%(community)s, grid %(number)s") % {"community": name, "number": area[12:]} if len(area) == 15 else name


def rooms(user: User, path: str) -> list[Room]:
    """The rooms that a right of the person opens and that this installation has."""
    found = []
    for route, label, verbs in ROOMS:
        if Verb.VIEW not in verbs and not any(areas_of(user, verb) for verb in verbs):
            continue
        try:
            href = reverse(route)
        except NoReverseMatch:
            continue
        found.append(Room(route, href, str(label), path == href if href == "/" else path.startswith(href)))
    return found
