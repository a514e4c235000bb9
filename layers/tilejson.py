"""TileJSON 3.0.0: what other people's tools must know of a tile set before they ask for its tiles.

Source: https://github.com/mapbox/tilejson-spec/tree/master/3.0.0
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from layers.cuts.cut import MAX_ZOOM
from layers.layer import Layer
from layers.tiles import cuts_of, layers_of

EVERYWHERE = ("",)
ATTRIBUTE = re.compile(r'\sAS "?(\w+)"?(?=,|$)')


@dataclass(frozen=True)
class Part:
    """A source layer of a tile set: its zooms (of tiles) and its attributes."""

    name: str
    first_zoom: int
    last_zoom: int
    attributes: tuple[str, ...]


@lru_cache(50)
def parts_of(name: str) -> tuple[Part, ...]:
    """What the tiles of a set can hold, in drawing order."""
    found: dict[str, Part] = {}
    for z in range(MAX_ZOOM + 1):
        for cut in cuts_of(name, z, EVERYWHERE):
            before = found.get(cut.layer, Part(cut.layer, z, z, ()))
            attributes = dict.fromkeys((*before.attributes, *ATTRIBUTE.findall(cut.columns)))
            found[cut.layer] = Part(cut.layer, before.first_zoom, z, tuple(attributes))
    return tuple(found.values())


def describe(name: str, url: str, *, bounds: list[float], sources: list[str]) -> dict[str, Any]:
    """The document of a set whose tiles have the address `url` (with {z}, {x}, {y}); `bounds` in degrees."""
    parts = parts_of(name)
    return {
        "tilejson": "3.0.0",
        "name": name,
        "description": ", ".join(str(layer.title) for layer in layers_of(name)),
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": min((part.first_zoom for part in parts), default=0),
        "maxzoom": MAX_ZOOM,
        "bounds": bounds,
        "attribution": ", ".join(sources),
        "vector_layers": [_described(part, _layer_with(name, part.name)) for part in parts],
    }


def _described(part: Part, layer: Layer | None) -> dict[str, Any]:
    words = {one.tile: str(one.title) for one in (layer.filters if layer else ())}
    words |= {one.tile: str(one.title) for one in (layer.fields if layer else ()) if one.tile}
    return {
        "id": part.name,
        "description": str(layer.title) if layer else "",
        "minzoom": part.first_zoom,
        "maxzoom": part.last_zoom,
        "fields": {attribute: words.get(attribute, "") for attribute in part.attributes},
    }


def _layer_with(name: str, part: str) -> Layer | None:
    return next((layer for layer in layers_of(name) if layer.tiles and part in layer.tiles.parts), None)
