"""The revision of each set of layers: part of every tile's address, so that no cache shows a stale one."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache

from django.db import connection

from gridmap.territory.models import LayerRevision
from layers import catalogue

#: Raised when the tiles' SQL changes: browsers keep tiles for a year, and an upgrade must not show old ones.
FORMAT = 3


def tile_sets() -> dict[str, tuple[str, ...]]:
    """The tile sets of the catalogue, each with the `LayerRevision`s that it follows."""
    found: dict[str, tuple[str, ...]] = {}
    for tiles in catalogue.tiles_by_layer():
        found[tiles.set] = tuple(dict.fromkeys((*found.get(tiles.set, ()), *tiles.follows)))
    return found


def scoped_sets() -> frozenset[str]:
    """Sets whose content depends on the viewer's areas; the others show everyone with a post the same."""
    return frozenset(tiles.set for tiles in catalogue.tiles_by_layer() if tiles.scoped)


def scope_of(areas: Iterable[str]) -> str:
    """A short name for a set of area prefixes; equal sets have equal names, and nowhere is not everywhere ("")."""
    return hashlib.sha256(repr(sorted(areas)).encode()).hexdigest()[:10]


def revisions(areas: Iterable[str]) -> dict[str, str]:
    """The present revision of each set for a viewer of `areas`; a change of any of its layers changes it."""
    return for_viewer(numbers(dict(LayerRevision.objects.values_list("layer", "number"))), areas)


def for_viewer(without_scope: Mapping[str, str], areas: Iterable[str]) -> dict[str, str]:
    """The revisions of `numbers` as a viewer of `areas` asks for them."""
    scope, scoped = scope_of(areas), scoped_sets()
    return {name: f"{number}-{scope}" if name in scoped else number for name, number in without_scope.items()}


def numbers(layers: Mapping[str, int]) -> dict[str, str]:
    """The revision of each set without its scope: the sum of its layers' revisions, which only grow."""
    origin = database_origin()
    return {
        name: f"{origin}{FORMAT}.{sum(layers.get(layer, 0) for layer in parts)}" for name, parts in tile_sets().items()
    }


@cache
def database_origin() -> str:
    """Four letters for this very database: a fresh one counts from 1 again, and must not meet an older one's tiles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
        )
        return hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()[:4] + "."
