"""How many rows every layer has for one area and its filters, kept until the data changes."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.http import QueryDict

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import LayerRevision
from gridmap.territory.querysets import Viewer
from layers.asking import Question, ask, read
from layers.catalogue import layers_for
from layers.layer import Layer, Refresh
from layers.reading import known_names
from layers.revisions import database_origin, scope_of, tile_sets

#: Parameters that all layers share; others are `<layer>.<filter>`.
SHARED = ("area", "bbox", "q")
#: Whose changes decide who sees what, whatever the layer.
SCOPING = ("buildings", "regions", "grids")
#: Seconds for which a count holds: by the revision of its data, and where nothing tells of a change.
KEPT_S, GUESSED_S = 3600, 15


def counts(user: Viewer, asked: QueryDict) -> dict[str, int]:
    """Layer → rows, for every layer that is open to the person. ValidationError names what can't be used."""
    layers = layers_for(user)
    questions = {layer.key: read(layer, _body(layer, asked)) for layer in layers}
    known_names(asked, {*SHARED, *(f"{layer.key}.{one.name}" for layer in layers for one in layer.filters)})
    numbers = dict(LayerRevision.objects.values_list("layer", "number"))
    return {layer.key: _count(layer, user, questions[layer.key], asked, numbers) for layer in layers}


def _body(layer: Layer, asked: QueryDict) -> dict[str, Any]:
    filters = {
        one.name: [word for text in asked.getlist(f"{layer.key}.{one.name}") for word in text.split(",")]
        for one in layer.filters
        if f"{layer.key}.{one.name}" in asked
    }
    return {"filters": filters, **{name: asked[name] for name in SHARED if name in asked}}


def _count(layer: Layer, user: Viewer, question: Question, asked: QueryDict, numbers: Mapping[str, int]) -> int:
    told = revision_of(layer, numbers)
    verbs = {layer.verb, Verb.VIEW, Verb.VIEW_PEOPLE, *(field.verb for field in layer.fields)}
    scopes = [scope_of(areas_of(user, verb)) for verb in sorted(verbs)]
    words = [asked.get(name, "") for name in SHARED] + [sorted(map(repr, question.filters.items()))]
    key = "count:" + _digest([database_origin(), layer.key, told, *scopes, *words])
    found: int | None = cache.get(key)
    if found is None:
        found = ask(layer, user, question).order_by().count()
        cache.set(key, found, KEPT_S if told else GUESSED_S)
    return found


def _digest(parts: Iterable[Any]) -> str:
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()[:32]


def revision_of(layer: Layer, numbers: Mapping[str, int]) -> str:
    """What moves when the layer's rows, or who may see them, change; "" where nothing tells."""
    if layer.tiles is None or layer.refresh == Refresh.LIVE:
        return ""
    names = sorted({*tile_sets()[layer.tiles.set], *SCOPING})
    return ".".join(str(numbers.get(name, 0)) for name in names)
