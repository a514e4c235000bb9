"""The revision of each set of layers: part of every tile's address, so that no cache shows a stale one."""

import hashlib
from collections.abc import Iterable
from functools import cache

from django.db import connection

from gridmap.territory.models import LayerRevision

#: Which layers are cut into one tile.
SETS: dict[str, tuple[str, ...]] = {
    "ground": ("ground", "building_shapes"),
    "areas": ("regions", "compounds", "grids"),
    "things": ("cameras", "lamps", "facilities"),
    "people": ("people", "building_shapes"),
}
#: Sets whose content depends on the viewer's areas; the others show everyone with a post the same.
SCOPED = frozenset({"areas", "people"})

#: Raised when the tiles' SQL changes: browsers keep tiles for a year, and an upgrade must not show old ones.
FORMAT = 2


def scope_of(areas: Iterable[str]) -> str:
    """A short name for a set of area prefixes; equal sets have equal names, and nowhere is not everywhere ("")."""
    return hashlib.sha256(repr(sorted(areas)).encode()).hexdigest()[:10]


def revisions(areas: Iterable[str]) -> dict[str, str]:
    """The present revision of each set for a viewer of `areas`; a change of any of its layers changes it."""
    scope = scope_of(areas)
    return {
        name: f"{number}-{scope}" if name in SCOPED else number
        for name, number in numbers(dict(LayerRevision.objects.values_list("layer", "number"))).items()
    }


def numbers(layers: dict[str, int]) -> dict[str, str]:
    """The revision of each set without its scope: the sum of its layers' revisions, which only grow."""
    origin = database_origin()
    return {name: f"{origin}{FORMAT}.{sum(layers.get(layer, 0) for layer in parts)}" for name, parts in SETS.items()}


@cache
def database_origin() -> str:
    """Four letters for this very database: a fresh one counts from 1 again, and must not meet an older one's tiles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
        )
        return hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()[:4] + "."
