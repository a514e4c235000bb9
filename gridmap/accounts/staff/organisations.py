"""Organisations: a tree that administrators keep, and how many people each has."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError
from gridmap.accounts.staff.scope import (
    demand_area,
    organisations_known_to,
    organisations_of,
)


@dataclass
class Branch:
    """An organisation in the tree: how deep it hangs, whether the viewer may change it, and its people today.

    `main`, `assisting` and `seconded` (who is lent by another one, and counts 0 towards the staff) are people.
    """

    organisation: Organisation
    depth: int
    mine: bool
    posts: int = 0
    main: int = 0
    assisting: int = 0
    seconded: int = 0

    @property
    def staff(self) -> int:
        """People who count towards the posts of the organisation."""
        return self.main + self.assisting


def version_of(organisation: Organisation) -> str:
    """A mark of what an organisation is; a form carries it back, so that a stale one is noticed."""
    parts = (organisation.pk, organisation.name, str(organisation.kind), organisation.area, organisation.parent_id)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@transaction.atomic
def open_organisation(*, name: str, kind: str, area: str, parent: Organisation | None, by: User) -> Organisation:
    """A new organisation inside the administrator's area."""
    demand_area(by, area)
    _check_parent(parent, by)
    _check_name(name, parent, None)
    return Organisation.objects.create(name=name, kind=Organisation.Kind(kind), area=area, parent=parent)


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, name: str, kind: str, area: str, parent: Organisation | None, seen: str, by: User
) -> Organisation:
    """Rename, move, or give another kind or area. The database refuses circles, also those of two at once."""
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not organisations_of(by).filter(pk=held.pk).exists():
        raise StaffForbiddenError("organisation_outside")
    if seen != version_of(held):
        raise StaffRefusedError("stale")
    demand_area(by, area)
    if parent is None or parent.pk != held.parent_id:
        _check_parent(parent, by)
    _check_name(name, parent, held)
    held.name, held.kind, held.area, held.parent = name, Organisation.Kind(kind), area, parent
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as refusal:
        if "below itself" in str(refusal):
            raise StaffRefusedError("parent_below", "parent") from None
        raise
    return held


def _check_parent(parent: Organisation | None, by: User) -> None:
    if parent is not None and not organisations_known_to(by).filter(pk=parent.pk).exists():
        raise StaffRefusedError("organisation_outside", "parent")


def _check_name(name: str, parent: Organisation | None, itself: Organisation | None) -> None:
    same = Organisation.objects.filter(name=name, parent=parent)
    if (same.exclude(pk=itself.pk) if itself else same).exists():
        raise StaffRefusedError("name_taken", "name")


def tree_of(by: User, *, today: date) -> list[Branch]:
    """The organisations that `by` knows, in the order of a tree, each with its people."""
    known = list(organisations_known_to(by).order_by("area", "name", "pk"))
    mine = set(organisations_of(by).values_list("pk", flat=True))
    figures = _figures([one.pk for one in known], today)
    children: dict[int | None, list[Organisation]] = defaultdict(list)
    pks = {one.pk for one in known}
    for one in known:
        children[one.parent_id if one.parent_id in pks else None].append(one)
    return list(_walk(children, None, 0, mine, figures))


def _walk(
    children: dict[int | None, list[Organisation]],
    under: int | None,
    depth: int,
    mine: set[int],
    figures: dict[int, dict[str, int]],
) -> Iterator[Branch]:
    for organisation in children[under]:
        counts = figures.get(organisation.pk, {})
        yield Branch(organisation, depth, organisation.pk in mine, **counts)
        yield from _walk(children, organisation.pk, depth + 1, mine, figures)


def _figures(pks: list[int], today: date) -> dict[int, dict[str, int]]:
    """Posts in force, and people by how they serve; who does so in several ways counts once, in the first of them."""
    posts = Post.objects.in_force(today).filter(organisation__in=pks, person__is_active=True)
    own = Q(seconded_from__isnull=True, deputy_for__isnull=True)
    main = posts.filter(own, duty=Post.Duty.MAIN)
    found: dict[int, dict[str, int]] = {pk: {"posts": 0, "main": 0, "assisting": 0, "seconded": 0} for pk in pks}
    for pk, number in posts.values_list("organisation").annotate(n=Count("pk")).order_by():
        found[pk]["posts"] = number
    people: dict[int, dict[int, str]] = defaultdict(dict)
    ways = (("main", main), ("assisting", posts.filter(own)), ("seconded", posts.filter(seconded_from__isnull=False)))
    for way, rows in ways:
        for pk, person in rows.values_list("organisation_id", "person_id"):
            people[pk].setdefault(person, way)
    for pk, held in people.items():
        for way in held.values():
            found[pk][way] += 1
    return found
