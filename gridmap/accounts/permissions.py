"""The one place where rights are decided: the areas in which a person may do a verb, and what lies inside them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Verb

#: Lengths of area prefixes: province, city, county, street, community, grid.
PREFIX_LENGTHS = (2, 4, 6, 9, 12, 15)


@dataclass(frozen=True)
class Bounds:
    """What is left of the rights of who asks by less than a session: these verbs, inside `area` ("" is everywhere)."""

    verbs: frozenset[Verb]
    area: str = ""

    def left_of(self, verb: Verb, areas: Iterable[str]) -> list[str]:
        """The parts of `areas` that the verb keeps."""
        if verb not in self.verbs:
            return []
        return narrowed(
            max(area, self.area, key=len) for area in areas if area.startswith(self.area) or self.area.startswith(area)
        )


@dataclass(frozen=True)
class _Asker:
    """Who asks in the request at hand, and what was found out about their areas so far."""

    person: int
    bounds: Bounds | None
    found: dict[Verb, list[str]] = field(default_factory=dict)

    def held(self, user: User, verb: Verb, on: date | None) -> list[str]:
        if on is not None:
            return self._bounded(verb, _areas_held(user, verb, on))
        if verb not in self.found:
            self.found[verb] = self._bounded(verb, _areas_held(user, verb, timezone.localdate()))
        return list(self.found[verb])

    def _bounded(self, verb: Verb, areas: list[str]) -> list[str]:
        return self.bounds.left_of(verb, areas) if self.bounds else areas


_asker: ContextVar[_Asker | None] = ContextVar("asker", default=None)


def area_prefix(code: str) -> str:
    """The prefix that stands for a 12-digit region code (`990101000000` → `990101`); longer codes stay as they are."""
    for length in PREFIX_LENGTHS[:4]:
        if len(code) == 12 and set(code[length:]) == {"0"}:
            return code[:length]
    return code


def areas_of(user: User | AnonymousUser, verb: Verb, *, on: date | None = None) -> list[str]:
    """Code prefixes inside which `user` may do `verb` on a day (today by default); shortest first, none repeated.

    An empty prefix stands for everywhere. Who is not signed in or is switched off has no area.
    """
    if not isinstance(user, User) or not user.is_active:
        return []
    asker = _asker.get()
    if asker is not None and asker.person == user.pk:
        return asker.held(user, verb, on)
    return _areas_held(user, verb, on or timezone.localdate())


def _areas_held(user: User, verb: Verb, day: date) -> list[str]:
    return narrowed(Post.objects.filter(person=user).in_force(day).allowing(verb).values_list("area", flat=True))


@contextmanager
def asked_once(user: User, bounds: Bounds | None = None) -> Iterator[None]:
    """Inside, the areas of `user`, who asks, are read once per verb, and are what `bounds` leave of them.

    Nobody changes their own posts, so they stay true for the moment that a request takes; of everybody else they are
    read every time.
    """
    token = _asker.set(_Asker(user.pk, bounds))
    try:
        yield
    finally:
        _asker.reset(token)


@contextmanager
def onlooker(areas: Iterable[str]) -> Iterator[User]:
    """Somebody without an account who, inside, sees `areas` and may do nothing else: for what is made for everyone who
    sees just these."""
    nobody = User(pk=0)
    token = _asker.set(_Asker(0, None, {verb: list(areas) if verb == Verb.VIEW else [] for verb in Verb}))
    try:
        yield nobody
    finally:
        _asker.reset(token)


def narrowed(areas: Iterable[str]) -> list[str]:
    """The same areas, shortest first, without those that lie in a wider one; equal sets give equal lists."""
    found = set(areas)
    return [
        area
        for area in sorted(found, key=lambda one: (len(one), one))
        if not any(area != wider and area.startswith(wider) for wider in found)
    ]


def inside(code: str, areas: Iterable[str]) -> bool:
    """Whether the region, community or grid with `code` lies in one of `areas`."""
    prefix = area_prefix(code)
    return any(prefix.startswith(area) for area in areas)


def may(user: User | AnonymousUser, verb: Verb, code: str) -> bool:
    """Whether `user` may do `verb` to the thing with this code, today."""
    return inside(code, areas_of(user, verb))


def codes_in(areas: Iterable[str], field: str) -> Q:
    """A condition for querysets: the code in `field` starts with one of `areas`; without areas nothing matches."""
    condition = Q(pk__in=[])
    for area in areas:
        condition |= Q(**{f"{field}__startswith": area}) if area else Q(pk__isnull=False)
    return condition


def lineage_in(areas: Iterable[str], field: str = "code") -> Q:
    """As `codes_in` for region codes, and the regions above each area too, so that a page can say where it is."""
    above = {area[:length].ljust(12, "0") for area in areas for length in PREFIX_LENGTHS[:5] if length < len(area)}
    return codes_in(areas, field) | Q(**{f"{field}__in": sorted(above)})
