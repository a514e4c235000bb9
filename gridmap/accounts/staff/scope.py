"""What an administrator may see and change: the areas of their own posts, and nothing wider.

- Posts and organisations are theirs where the area lies inside.
- A person is seen where any post, past or future, lies inside; somebody without any post by who administers everywhere.
- A person's account (password, second factor, switch) is theirs only where no present or future post lies outside: else
  the administrator of one street could take over the account of a planner of the county.
- Nobody changes their own posts or account, so nobody promotes themselves.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from gridmap.accounts.models import AREA_PATTERN, Organisation, Post, User
from gridmap.accounts.permissions import PREFIX_LENGTHS, areas_of, codes_in, inside
from gridmap.accounts.querysets import PostQuerySet
from gridmap.accounts.roles import Verb
from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError

_looked: ContextVar[tuple[int, list[str]] | None] = ContextVar("areas_looked_at_once", default=None)


def areas_administered(by: User) -> list[str]:
    """Code prefixes in which `by` administers today."""
    known = _looked.get()
    return known[1] if known is not None and known[0] == by.pk else areas_of(by, Verb.ADMINISTER)


@contextmanager
def looking_once(by: User) -> Iterator[None]:
    """Within the block the areas of `by` are looked up once: for many acts in one transaction, none on themselves."""
    token = _looked.set((by.pk, areas_of(by, Verb.ADMINISTER)))
    try:
        yield
    finally:
        _looked.reset(token)


def people_seen_by(by: User) -> "QuerySet[User]":
    """People (no screens) with a post in the administrator's areas; everybody for who administers everywhere."""
    areas = areas_administered(by)
    people = User.objects.filter(device__isnull=True)
    if "" in areas:
        return people
    held = Post.objects.filter(codes_in(areas, "area"), person=OuterRef("pk"))
    return people.filter(Exists(held))


def posts_seen_by(by: User) -> PostQuerySet:
    """Posts of people inside the administrator's areas."""
    return Post.objects.filter(codes_in(areas_administered(by), "area"), person__device__isnull=True)


def organisations_of(by: User) -> "QuerySet[Organisation]":
    """Organisations that the administrator may change."""
    return Organisation.objects.filter(codes_in(areas_administered(by), "area"))


def organisations_known_to(by: User) -> "QuerySet[Organisation]":
    """Those, and the ones above: a person of the county's office may serve in a street."""
    areas = areas_administered(by)
    above = {area[:length] for area in areas for length in (0, *PREFIX_LENGTHS) if length < len(area)}
    return Organisation.objects.filter(codes_in(areas, "area") | Q(area__in=above))


def in_charge_of(by: User, person: User, *, today: date) -> bool:
    """Whether the account of `person` is in the administrator's hands: no present or future post lies outside."""
    if by.pk == person.pk or not people_seen_by(by).filter(pk=person.pk).exists():
        return False
    areas = areas_administered(by)
    return all(inside(post.area, areas) for post in Post.objects.filter(person=person).not_over(today))


def demand_charge(by: User, person: User, *, today: date) -> None:
    """StaffForbiddenError unless `by` may act on the account of `person`."""
    if by.pk == person.pk:
        raise StaffForbiddenError("own_account")
    if not in_charge_of(by, person, today=today):
        raise StaffForbiddenError("not_in_charge")


def demand_area(by: User, area: str, field: str = "area") -> None:
    """StaffRefusedError unless `area` is a code prefix inside the areas that `by` administers."""
    if not re.fullmatch(AREA_PATTERN, area) or not inside(area, areas_administered(by)):
        raise StaffRefusedError("area_outside", field)
