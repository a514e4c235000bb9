"""Finding kinds of things: a layer by its title (路灯), or a choice of one of its filters (药店) or a class of
components (井盖). Such a row leads to the list of them; the nearest of the best one follow."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gridmap.accounts.roles import Verb
from gridmap.finding.readings import fold_letters
from gridmap.finding.services import EXACT, PREFIX, WITHIN, spelt
from gridmap.finding.understanding import Meaning
from layers import asking
from layers.catalogue import layers_for
from layers.layer import Kind, Layer
from layers.rows import counted, lines, placed
from layers.sought.found import Found, Question
from layers.sought.work import component_classes
from layers.standing import COMPONENTS

#: Fewer letters or characters begin too many names of kinds.
SHORTEST_NAME = 2
MOST_KINDS = 3
#: So many of the best kind follow it, nearest first.
MOST_NEAREST = 6


@dataclass(frozen=True)
class Sought:
    """A kind of things: those of a layer, or of them what a filter or words leave; `name` is what people call it."""

    layer: Layer
    name: str
    filter: str = ""
    value: Any = ""
    words: str = ""

    @property
    def id(self) -> str:
        """`lamps`, `facilities?kind=pharmacy`, `components?words=井盖`: a list of the console, and what narrows it."""
        asked = {self.filter: self.value} if self.filter else {"words": self.words} if self.words else {}
        return f"{self.layer.key}?{urlencode(asked)}" if asked else self.layer.key

    def question(self) -> asking.Question:
        """The same, asked of the layer."""
        return asking.Question(filters={self.filter: [self.value]} if self.filter else {}, q=self.words)


def find_kinds(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Kinds that are called so, those of which there are any; where there is nothing of any, the first says so."""
    if len(meaning.names) != 1 or meaning.has_figures or len(meaning.names[0]) < SHORTEST_NAME:
        return
    ranked = _ranked(question, meaning.names[0], letters=meaning.letters)
    best = sorted(ranked, key=lambda one: one[1])[:MOST_KINDS]
    asked = ((sought, rank, asking.ask(sought.layer, question.user, sought.question())) for sought, rank in best)
    tallied = [(sought, rank, counted(rows)) for sought, rank, rows in asked]
    told = [one for one in tallied if one[2][0]]
    for place, (sought, rank, tally) in enumerate(told or tallied[:1]):
        yield _row(sought, rank, *tally, away_m=float(place))
    if told and told[0][1] <= PREFIX and not told[0][0].words:  # of a class the components are found by themselves
        yield from _nearest(question, *told[0][:2])


def _ranked(question: Question, name: str, *, letters: bool) -> list[tuple[Sought, int]]:
    """Kinds by how well the name fits what they are called; of a layer and its choices each once."""
    kinds = question.once("kinds", lambda: _kinds(question))
    fits = _fit_letters(kinds, fold_letters(name)) if letters else _fit_characters(kinds, name.casefold())
    best: dict[str, tuple[Sought, int]] = {}
    for found, rank in fits:
        sought = found if letters else _together(found, name)
        if sought.id not in best or rank < best[sought.id][1]:
            best[sought.id] = (sought, rank)
    return list(best.values())


def _together(sought: Sought, name: str) -> Sought:
    """Of all classes of components that hold a word one list: 井盖 is in a dozen of them."""
    return replace(sought, name=name, words=name) if sought.words else sought


def _kinds(question: Question) -> Iterator[Sought]:
    """All kinds of what is open to everybody who sees the layer, and to other people's tools."""
    for layer in layers_for(question.user):
        if not layer.public:
            continue
        yield Sought(layer, str(layer.title))
        yield from (Sought(layer, name) for name in re.split("[,、] ?", str(layer.called)) if name)
        for one in layer.filters:
            if one.kind == Kind.CHOICE:
                yield from (Sought(layer, str(label), one.name, value) for value, label in one.choices)
        if layer is COMPONENTS:
            yield from (Sought(layer, one.name, words=one.name) for one in component_classes(question))


def _fit_characters(kinds: Iterable[Sought], name: str) -> Iterator[tuple[Sought, int]]:
    for sought in kinds:
        called = sought.name.casefold()
        if name in called:
            yield sought, EXACT if called == name else PREFIX if called.startswith(name) else WITHIN


def _fit_letters(kinds: list[Sought], typed: str) -> Iterator[tuple[Sought, int]]:
    """Letters say more than initials, and all of them more than a beginning."""
    spellings = spelt(tuple(sorted({sought.name for sought in kinds})))
    for sought in kinds:
        for letters, initials in spellings.get(sought.name, ()):
            if letters == typed:
                yield sought, EXACT
            elif initials == typed or letters.startswith(typed):
                yield sought, PREFIX
            elif initials.startswith(typed):
                yield sought, WITHIN


def _row(sought: Sought, rank: int, count: int, exact: bool, *, away_m: float) -> Found:
    number = str(count) if exact else f"≥ {count}"
    title = str(sought.layer.title)
    told = _("%(count)s in all, open the list") % {"count": number}
    subtitle = told if sought.name == title else f"{title} · {told}"
    return Found(rank, "layer", sought.id, sought.name, subtitle, None, None, away_m)


def _nearest(question: Question, sought: Sought, rank: int) -> Iterator[Found]:
    """The nearest of a kind that has cards of its own, in words that everybody who sees the layer may read."""
    layer = sought.layer
    chosen = asking.ask(layer, question.user, sought.question())
    if not layer.card or layer.identity != "pk" or not hasattr(chosen.model, "geom_3857"):
        return
    fields = tuple(one for one in layer.fields if one.verb == Verb.VIEW)
    rows = question.nearest(chosen)[:MOST_NEAREST]
    for record in placed(layer, question.user, rows):
        lon, lat = record["_lon"], record["_lat"]
        away_m = question.distance_m(Point(lon, lat, srid=4326))
        title, subtitle = lines(layer, fields, record)
        yield Found(rank, layer.card, str(record["_id"]), title, subtitle, round(lon, 7), round(lat, 7), away_m)
