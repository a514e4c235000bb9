"""What is to be taken out: layers, question, format, coordinate system; read from a request and refused by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridmap.accounts.models import User
from gridmap.territory.models import Grid, Region
from layers.asking import Question
from layers.exports.tables import DEGREES, SYSTEMS, About, Fact, iso
from layers.layer import GRID_DIGITS, Filter
from layers.models import LayerExport
from layers.reading import Span, known_names, refuse
from layers.rows import Sort, read_sort
from layers.selecting import Asked, read_many, recall

Format = LayerExport.Format
#: Formats whose standard knows WGS 84 alone.
ONLY_DEGREES = frozenset({Format.GEOJSON, Format.KML})
NAMES = ("layer", "layers", "question", "selection", "format", "crs", "sort")
#: Parts of a question that name something of each layer: for one layer they may be given without its key.
EACH = ("filters", "ids")
LONGEST_TITLE = 200
SHOWN_VALUES = 20


@dataclass(frozen=True)
class Order:
    """A checked order; `body` says the same again when a worker reads it later."""

    body: Mapping[str, Any]
    layers: list[Asked]
    format: str
    crs: int
    sort: Sort

    @property
    def title(self) -> str:
        """The layers, and the place where one was asked for."""
        names = ", ".join(str(one.layer.title) for one in self.layers)
        place = next((place_name(one.question.area) for one in self.layers if one.question.area), "")
        return f"{names} · {place}"[:LONGEST_TITLE] if place else names[:LONGEST_TITLE]


def read_order(user: User, body: Any, *, at: datetime) -> Order:
    """The order of a request: {"layer" | "layers", "question" | "selection", "format", "crs", "sort"}.

    ValidationError (400) names the field. A question is that of `read_many`; of one layer its filters and identities
    may be given plainly.
    """
    if not isinstance(body, Mapping):
        refuse("body", _("The body is a JSON object."))
    known_names(body, NAMES)
    asked = _asked(user, body, at)
    chosen = {"format": body.get("format"), "crs": body.get("crs") or DEGREES, "sort": body.get("sort") or ""}
    return check(user, {**asked, **chosen})


def check(user: User, body: Mapping[str, Any]) -> Order:
    """The order as it is kept, checked by the rights that the person has now."""
    layers = read_many(user, {name: body[name] for name in body if name not in {"format", "crs", "sort"}})
    for one in layers:
        if not one.layer.public:
            refuse("layers", _("“%(title)s” can't be taken out here.") % {"title": one.layer.title})
    file_format, crs = _format(body.get("format")), _system(body.get("crs"))
    if file_format in ONLY_DEGREES and crs != DEGREES:
        refuse("crs", _("%(format)s is always in WGS 84 (4326); choose that, or another format.")
               % {"format": Format(file_format).label})  # fmt: skip
    return Order(body, layers, file_format, crs, _sort(user, layers, body.get("sort")))


def _asked(user: User, body: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Layers and question in one, from either of the ways to say it."""
    layers = body.get("layers", [body["layer"]] if body.get("layer") else None)
    asked = dict(_question(body, layers))
    if body.get("selection"):
        kept = recall(user, body["selection"], at=at)
        if kept is None:
            refuse("selection", _("This selection is not kept any more; select again."))
        asked = {**kept, **asked}
    return {**asked, "layers": layers} if layers is not None else asked


def _question(body: Mapping[str, Any], layers: Any) -> Mapping[str, Any]:
    question = body.get("question") or {}
    if not isinstance(question, Mapping):
        refuse("question", _("The question is an object."))
    known_names(question, ("area", "bbox", "shape", "at", "q", *EACH), "question.")
    if not (isinstance(layers, list) and len(layers) == 1 and isinstance(layers[0], str)):
        return question
    [key] = layers
    said = {name: question[name] for name in EACH if question.get(name) is not None}
    plain = {name: value for name, value in said.items() if not _keyed(value, key)}
    return {**question, **{name: {key: value} for name, value in plain.items()}}


def _keyed(value: Any, key: str) -> bool:
    """Whether it is said layer by layer."""
    return isinstance(value, Mapping) and set(value) == {key}


def _format(value: Any) -> str:
    if value not in Format.values:
        refuse("format", _("Choose one of %(formats)s.") % {"formats": ", ".join(Format.values)})
    return str(value)


def _system(value: Any) -> int:
    known = {str(srid): srid for srid in SYSTEMS}
    found = known.get(str(value).removeprefix("EPSG:"))
    if found is None:
        refuse("crs", _("Choose one of %(systems)s.") % {"systems": ", ".join(known)})
    return found


def _sort(user: User, layers: list[Asked], text: Any) -> Sort:
    if not text:
        return Sort()
    if len(layers) != 1 or not isinstance(text, str):
        refuse("sort", _("One layer alone can be sorted by a field."))
    return read_sort(layers[0].layer, user, text)


def describe(order: Order, counts: Mapping[str, int], at: datetime) -> About:
    """What the file says about itself, in the person's language."""
    facts = [
        Fact("title", _("Title"), order.title),
        *(
            Fact(
                f"layer.{one.layer.key}",
                str(one.layer.title),
                ngettext("%(count)d row", "%(count)d rows", counts[one.layer.key]) % {"count": counts[one.layer.key]},
            )
            for one in order.layers
        ),
        *_asked_for(order),
        Fact("crs", _("Coordinate system"), SYSTEMS[order.crs]),
        Fact("time", _("Taken out at"), iso(at)),
        Fact("software", _("Written by"), "gridmap"),
    ]
    return About(order.title, facts, at)


def _asked_for(order: Order) -> list[Fact]:
    """Place, words, time and filters, in words; what was not asked for is left out."""
    question = order.layers[0].question
    dated = next((one.question.moment for one in order.layers if one.question.moment), None)
    facts = [
        ("area", _("Area"), place_name(question.area) + f" ({question.area})" if question.area else ""),
        ("bbox", _("Box"), _box(question)),
        ("shape", _("Shape"), _shape(question)),
        ("q", _("Words"), question.q),
        ("state", _("State of"), iso(dated) if dated else ""),
        ("sort", _("Sorted by"), str(order.sort)),
    ]
    filters = [
        (f"filter.{one.layer.key}.{narrowed.name}", f"{one.layer.title} · {narrowed.title}", _values(narrowed, values))
        for one in order.layers
        for narrowed in one.layer.filters
        if (values := one.question.filters.get(narrowed.name))
    ]
    chosen = [
        (f"ids.{one.layer.key}", f"{one.layer.title} · {_('chosen one by one')}", str(len(one.question.ids)))
        for one in order.layers
        if one.question.ids is not None
    ]
    return [Fact(key, label, value) for key, label, value in [*facts, *filters, *chosen] if value]


def _box(question: Question) -> str:
    box = question.bbox
    return "" if box is None else ", ".join(f"{edge:.7g}" for edge in (box.west, box.south, box.east, box.north))


def _shape(question: Question) -> str:
    if question.near is not None:
        near = question.near
        place = {"radius": f"{near.radius_m:.10g}", "lon": f"{near.lon:.6f}", "lat": f"{near.lat:.6f}"}
        return _("within %(radius)s m of %(lon)s, %(lat)s") % place
    return "" if question.shape is None else str(question.shape.wkt)


def _values(narrowed: Filter, values: Any) -> str:
    known = {value: str(label) for value, label in narrowed.choices}
    said = [_value(known.get(value, value)) for value in values]
    return ", ".join(said[:SHOWN_VALUES]) + (" …" if len(said) > SHOWN_VALUES else "")


def _value(value: Any) -> str:
    if isinstance(value, Span):
        return " – ".join("…" if end is None else _value(end) for end in (value.low, value.high))
    if value is None:
        return _("unknown")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return iso(value) if hasattr(value, "isoformat") else str(value)


def place_name(code: str) -> str:
    """A region or grid in words; the code itself where nobody knows it."""
    if len(code) == GRID_DIGITS:
        grid = Grid.objects.filter(code=code).select_related("community").first()
        return f"{grid.community.name} {code[-3:]}" if grid else code
    region = Region.objects.filter(code=code.ljust(12, "0")).first()
    return region.name if region else code
