"""How many things of each layer lie in an area, as the layer's list counts them, with links that open the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import area_prefix, areas_of
from gridmap.accounts.roles import Verb
from gridmap.casework.models import Case
from gridmap.territory.models import Camera, LayerRevision
from gridmap.territory.querysets import Viewer
from layers.asking import ask, read
from layers.cards.card import Fact, Link, Section, listed
from layers.cards.duty import staff_fact
from layers.cards.figures import counted
from layers.catalogue import BY_KEY
from layers.counts import KEPT_S, revision_of
from layers.layer import Layer
from layers.revisions import database_origin, scope_of

#: Layers that are counted, in order, each with the filters of the part that is told beside the whole.
COUNTED: tuple[tuple[str, dict[str, str]], ...] = (
    ("cameras", {"status": Camera.Status.BROKEN.value}),
    ("lamps", {"lit": "false"}),
    ("components", {}),
    ("facilities", {}),
)
LATELY = timedelta(days=30)
CASES_KEPT_S = 15


def tallies(code: str, user: Viewer) -> list[Section]:
    """Sections about what lies in the region or grid with this code."""
    return [*_cases(code, user), _things(code, user)]


def _things(code: str, user: Viewer) -> Section:
    areas = areas_of(user, Verb.VIEW)
    numbers = dict(LayerRevision.objects.values_list("layer", "number"))
    facts, links = [], []
    for key, part in COUNTED:
        layer = BY_KEY.get(key)
        if layer is None or not areas:
            continue
        kept = _Kept(code, scope_of(areas), numbers)
        whole = tally(layer, user, kept, {})
        fewer = tally(layer, user, kept, part) if part and whole else 0
        facts.append(Fact(str(layer.title), whole, "", _PARTS[key](fewer) if fewer else ""))
        links += _lists(key, str(layer.title), code, whole, part if fewer else {})
    facts += counted([staff_fact(area_prefix(code), user)], partly=_partly(code, user))
    return Section(_("In this area"), facts, links)


_PARTS = {
    "cameras": lambda count: _("%(count)d broken") % {"count": count},
    "lamps": lambda count: _("%(count)d dark") % {"count": count},
}


def _lists(key: str, title: str, code: str, whole: int, part: Mapping[str, str]) -> list[Link]:
    links = [listed(_("%(layer)s: list") % {"layer": title}, key, code)] if whole else []
    if part:
        links.append(listed(_("%(layer)s: what is wrong") % {"layer": title}, key, code, **part))
    return links


@dataclass(frozen=True)
class _Kept:
    """Under what a count is kept: the place, who sees what, and the revisions of the data."""

    code: str
    scope: str
    numbers: Mapping[str, int]


def tally(layer: Layer, user: Viewer, kept: _Kept, filters: Mapping[str, str]) -> int:
    """How many rows the list of the layer has; kept until the layer's data changes."""
    told = revision_of(layer, kept.numbers)
    part = "-".join(f"{name}.{value}" for name, value in filters.items())
    name = f"tally:{database_origin()}{layer.key}:{kept.code}:{told}:{kept.scope}:{part}"
    found: int | None = cache.get(name) if told else None
    if found is None:
        question = read(layer, {"area": kept.code, "filters": {field: [value] for field, value in filters.items()}})
        found = ask(layer, user, question).order_by().count()
        cache.set(name, found, KEPT_S)
    return found


def _cases(code: str, user: Viewer) -> list[Section]:
    """Open now, and closed in the last thirty days, as of now."""
    if (layer := BY_KEY.get("cases")) is None or not layer.open_to(user):
        return []
    scopes = ":".join(scope_of(areas_of(user, verb)) for verb in (layer.verb, Verb.VIEW_PEOPLE))
    name = f"cases:{database_origin()}{code}:{scopes}"
    counts: tuple[int, int, int] | None = cache.get(name)
    if counts is None:
        rows = Case.objects.visible_to(user).in_area(code)
        lately = rows.filter(is_open=False, closed_at__gte=timezone.now() - LATELY)
        counts = (rows.open().count(), rows.overdue_at(timezone.now()).count(), lately.count())
        cache.set(name, counts, CASES_KEPT_S)
    count, overdue, closed = counts
    facts = [
        Fact(_("Open cases"), count, "", _("%(count)d overdue") % {"count": overdue} if overdue else ""),
        Fact(_("Closed in the last 30 days"), closed),
    ]
    links = [listed(_("Open cases: list"), "cases", code, open="true")] if count else []
    return [Section(_("Cases"), counted(facts, partly=_partly(code, user)), links)]


def _partly(code: str, user: Viewer) -> bool:
    """Whether the place reaches beyond the viewer's areas, so that what is counted is a part of it."""
    inside = area_prefix(code)
    return not any(inside.startswith(area) for area in areas_of(user, Verb.VIEW))
