"""What the accounts need to know of the ground, said by the room above that knows it: names of areas, and finding them.

Posts hold code prefixes only. The room that keeps regions and grids hands in its `Atlas` when the site starts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Place:
    """An area that a post can hold, or a building inside one: `area` is a code prefix, `path` the names above it."""

    area: str
    name: str
    kind: str
    path: str = ""


class Atlas(Protocol):
    """Questions about places; `areas` are the code prefixes that the answers must lie in."""

    def names_of(self, areas: Collection[str]) -> dict[str, str]:
        """Names by area; an area that no region or grid has is left out."""
        ...

    def search(self, words: str, areas: Sequence[str]) -> list[Place]:
        """Regions and grids by name or code, best first, some twenty at most."""
        ...

    def below(self, area: str, areas: Sequence[str]) -> list[Place]:
        """The regions (or grids of a community) one step below `area`; the uppermost of `areas` for an empty one."""
        ...

    def find(self, text: str, areas: Sequence[str]) -> list[Place]:
        """What `text` names exactly: a code, the whole name of a region or grid, or a building by name or address."""
        ...


class _Blank:
    """The atlas of an installation that knows no ground: every area goes by its code alone."""

    def names_of(self, areas: Collection[str]) -> dict[str, str]:
        return {}

    def search(self, words: str, areas: Sequence[str]) -> list[Place]:
        return []

    def below(self, area: str, areas: Sequence[str]) -> list[Place]:
        return []

    def find(self, text: str, areas: Sequence[str]) -> list[Place]:
        return []


_atlas: Atlas = _Blank()


def register_atlas(atlas: Atlas) -> None:
    """Say who knows the ground."""
    global _atlas  # noqa: PLW0603  (set once, when the site starts)
    _atlas = atlas


def atlas() -> Atlas:
    """Who knows the ground."""
    return _atlas
