"""The list of people: narrowed by words, organisation, role, area and state."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import Post, User
from gridmap.accounts.permissions import codes_in
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.places import area_typed
from gridmap.accounts.staff.scope import areas_administered, people_seen_by, posts_seen_by

PER_PAGE = 50
STATES = {
    "serving": _("with a post in force"),
    "coming": _("with a post to come"),
    "former": _("without a post"),
    "off": _("switched off"),
}


@dataclass(frozen=True)
class Narrowing:
    """What of the list is asked for; nonsense narrows nothing."""

    words: str = ""
    organisation: int | None = None
    role: str = ""
    area: str = ""
    state: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "Narrowing":
        """As the address says."""
        words = query.get("q", "").replace("\x00", "").strip()[:60]
        number = query.get("organisation", "")
        organisation = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
        role = query.get("role", "")
        area = area_typed(query.get("area", "")) or ""
        state = query.get("state", "")
        return cls(words, organisation, role if role in Role else "", area, state if state in STATES else "")

    def is_any(self) -> bool:
        """Whether anything is narrowed at all."""
        return self != Narrowing()


def people_listed(by: User, narrowing: Narrowing) -> "QuerySet[User]":
    """People whom `by` sees, by name, each with `shown`: the posts in force and to come inside the areas of `by`."""
    today = timezone.localdate()
    shown = posts_seen_by(by).not_over(today).select_related("organisation", "deputy_for__person")
    people = people_seen_by(by).filter(_condition(narrowing, by))
    lookup: Prefetch[Any] = Prefetch("posts", shown.order_by("starts_on", "pk"), to_attr="shown")
    return people.prefetch_related(lookup).order_by("name", "username")


def _condition(narrowing: Narrowing, by: User) -> Q:
    today = timezone.localdate()
    condition = Q()
    for word in narrowing.words.split():
        condition &= Q(name__icontains=word) | Q(username__icontains=word) | _of_organisation(word, by)
    held = Post.objects.filter(codes_in(areas_administered(by), "area"), person=OuterRef("pk"))
    lasting = held.not_over(today)
    asked = Q()
    if narrowing.organisation is not None:
        asked &= Q(organisation=narrowing.organisation)
    if narrowing.role:
        asked &= Q(role=narrowing.role)
    if narrowing.area:
        asked &= Q(area__startswith=narrowing.area)
    if asked:
        condition &= Q(Exists(lasting.filter(asked)))
    if narrowing.state == "serving":
        condition &= Q(Exists(held.in_force(today)), is_active=True)
    elif narrowing.state == "coming":
        condition &= Q(Exists(lasting.filter(starts_on__gt=today)))
    elif narrowing.state == "former":
        condition &= ~Q(Exists(lasting))
    elif narrowing.state == "off":
        condition &= Q(is_active=False)
    return condition


def _of_organisation(word: str, by: User) -> Q:
    """People with a post that `by` sees in an organisation of this name."""
    posts = posts_seen_by(by).filter(person=OuterRef("pk"), organisation__name__icontains=word)
    return Q(Exists(posts))
