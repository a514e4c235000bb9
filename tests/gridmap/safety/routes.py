"""Every address of the site, with values in the places of its parameters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

SOME_UUID = UUID("6f2c1b58-6d0e-4d7b-9a53-0c5f5d1f0a11")
VALUES = {"int": "1", "str": "areas", "slug": "areas", "path": "areas", "uuid": str(SOME_UUID)}


@dataclass(frozen=True)
class Route:
    """A route's full name ("jobs:list") and one address that leads to it."""

    name: str
    path: str


def routes() -> list[Route]:
    """All routes of the resolver; AssertionError where one has no name, because nothing could speak of it."""
    found = list(_walk(get_resolver(), "/", ()))
    assert all(route.name.split(":")[-1] != "None" for route in found), found
    return found


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _walk(entry, prefix + _filled(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield Route(":".join((*spaces, str(entry.name))), prefix + _filled(entry.pattern))


def _filled(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES[found[1] or "str"], str(pattern))
    if isinstance(pattern, RegexPattern):
        return re.sub(
            r"\(\?P<\w+>\[0-9\]\{(?:\d+,)?(\d+)\}\)", lambda found: "9" * int(found[1]), str(pattern).strip("^$")
        )
    raise AssertionError(f"a kind of pattern that nobody has told this test about: {pattern!r}")
