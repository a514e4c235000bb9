"""Many layers asked at once: by a lasso, a radius, an area, each with its own filters; kept an hour under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from gridmap.accounts.models import User
from gridmap.territory.querysets import Viewer
from layers.asking import Question, ask, read
from layers.catalogue import layers_for
from layers.layer import Layer, Rows
from layers.models import Selection
from layers.reading import known_names, refuse
from layers.rows import Sort, as_row, counted, describe_fields, ordered, placed

SELECTION_LIVES = timedelta(hours=1)
MOST_LAYERS = 50
MOST_ROWS = 200
#: Parts of a body that all its layers share, and those that each layer has for itself (layer → value).
SHARED = ("area", "bbox", "shape", "at", "q")
EACH = ("filters", "ids")


@dataclass(frozen=True)
class Asked:
    """One layer and what is asked of it."""

    layer: Layer
    question: Question

    def rows(self, user: Viewer) -> Rows:
        """The rows that the person may see, in no order."""
        return ask(self.layer, user, self.question)


def read_many(user: Viewer, body: Mapping[str, Any], *, also: tuple[str, ...] = ()) -> list[Asked]:
    """What a body asks of which layers, in the catalogue's order.

    {"layers": [keys], "area", "bbox", "shape", "at", "q", "filters": {key: {name: [values]}}, "ids": {key: [ids]}}.
    `at` concerns the dated layers among them. ValidationError (400) names the field; so it does for a layer that does
    not exist or that the person may not see, which is the same to them.
    """
    known_names(body, {"layers", *SHARED, *EACH, *also})
    layers = _layers(user, body.get("layers"))
    keys = {layer.key for layer in layers}
    for part in EACH:
        if not isinstance(body.get(part) or {}, Mapping):
            refuse(part, _("This is an object: layer → what is asked of it."))
        known_names(body.get(part) or {}, keys, f"{part}.")
    if body.get("at") and not any(layer.dated for layer in layers):
        refuse("at", _("This layer has no earlier states."))
    return [Asked(layer, _question(layer, body)) for layer in layers]


def _layers(user: Viewer, keys: Any) -> list[Layer]:
    if not isinstance(keys, list) or not keys or len(keys) > MOST_LAYERS:
        refuse("layers", _("Name from one to %(most)s layers.") % {"most": MOST_LAYERS})
    open_to = {layer.key: layer for layer in layers_for(user)}
    for key in keys:
        if not isinstance(key, str) or key not in open_to:
            refuse("layers", _("There is no layer “%(key)s”, or you may not see it.") % {"key": str(key)[:40]})
    return [layer for layer in open_to.values() if layer.key in keys]


def _question(layer: Layer, body: Mapping[str, Any]) -> Question:
    shared = {name: body[name] for name in SHARED if body.get(name) and (name != "at" or layer.dated)}
    each = {part: body[part][layer.key] for part in EACH if layer.key in (body.get(part) or {})}
    try:
        return read(layer, {**shared, **each})
    except ValidationError as why:
        raise ValidationError(_of_layer(layer, why.detail)) from None


def _of_layer(layer: Layer, reasons: Any) -> dict[str, Any]:
    """Reasons by field, with the layer in the name of a field that each layer has for itself."""
    parts = {name: name.split(".", 1) for name in reasons}
    return {
        ".".join([head, layer.key, *rest]) if head in EACH else name: reasons[name]
        for name, (head, *rest) in parts.items()
    }


def select(user: User, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Counts and first rows of every layer, and the name under which the selection is kept for an hour.

    `keep: false` in the body asks without keeping: a page that looks again at what it shows needs no new name.
    """
    asked = read_many(user, body, also=("keep",))
    keep = body.get("keep", True)
    if not isinstance(keep, bool):
        refuse("keep", _("Say true or false."))
    if not body.get("shape") and not body.get("area"):
        refuse("shape", _("A shape is a GeoJSON polygon, or lon, lat and radius_m."))
    answer = [_found(user, one) for one in asked]
    return {"layers": answer, "selection": _kept(user, body, at) if keep else None}


def _kept(user: User, body: Mapping[str, Any], at: datetime) -> str:
    """The name of a new selection; those of earlier hours go."""
    Selection.objects.filter(made_at__lt=at - SELECTION_LIVES).delete()
    asked = {name: body[name] for name in body if name != "keep"}
    return str(Selection.objects.create(person=user, asked=asked, made_at=at).pk)


def _found(user: Viewer, one: Asked) -> dict[str, Any]:
    rows = one.rows(user)
    count, exact = counted(rows)
    first = placed(one.layer, user, ordered(one.layer, rows, Sort())[:MOST_ROWS])
    return {
        "key": one.layer.key,
        "title": str(one.layer.title),
        "count": count,
        "exact": exact,
        "columns": describe_fields(one.layer, user),
        "rows": [as_row(one.layer, user, record) for record in first],
    }


def recall(user: Viewer, key: Any, *, at: datetime) -> dict[str, Any] | None:
    """The body of one's own selection of the last hour; None where there is none."""
    try:
        wanted = UUID(str(key))
    except ValueError:
        return None
    found = Selection.objects.visible_to(user).filter(pk=wanted, made_at__gte=at - SELECTION_LIVES).first()
    return dict(found.asked) if found else None
