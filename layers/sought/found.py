"""A question as the finders take it, and a row as they give it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import Point
from django.db.models import F, FloatField, Func, Q, QuerySet, TextField, Value

from gridmap.finding.models import Word
from gridmap.finding.services import EXACT, WITHIN, Called, alike, called
from gridmap.finding.understanding import Asked, Meaning
from gridmap.territory.querysets import Viewer

#: The largest number of rows of one kind that is looked at.
MOST_OF_A_KIND = 20
#: Half the sides of the boxes in which common things are looked for first, Mercator metres.
BOXES_M = (600.0, 2400.0)
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Found:
    """One answer: the better, the lower its rank (0 exact, 1 begins with it, 2 holds it, 3 sounds like it); `away_m`
    from the middle of the view (Mercator metres), where that is known. `bears` are the known words by which it was
    found."""

    rank: int
    type: str
    id: str
    title: str
    subtitle: str
    lon: float | None
    lat: float | None
    away_m: float = 0.0
    bears: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """The row as the API gives it."""
        row = dict(vars(self))
        del row["rank"], row["away_m"], row["bears"]
        return row


class Words(Func):
    """What an address or name says before its first figure; indexed."""

    function = "finding_words"
    output_field = TextField()


class Figure(Func):
    """The first figure of an address; indexed."""

    function = "finding_figure"
    output_field = TextField()


class Number(Func):
    """What a building is numbered by: 3号楼 is 3; indexed."""

    function = "finding_number"
    output_field = TextField()


class Away(Func):
    """Distance that a GiST index orders by."""

    template = "%(expressions)s"
    arg_joiner = " <-> "
    output_field = FloatField()


@dataclass
class Question:
    """What is asked, by whom, from where on the map, among which words; what names mean is looked up once."""

    asked: Asked
    user: Viewer
    near: Point | None = None
    words: "QuerySet[Word] | None" = None
    _known: dict[tuple[str, bool], Called] = field(default_factory=dict)
    _looked_up: dict[str, list[Any]] = field(default_factory=dict)

    def called(self, name: str, meaning: Meaning) -> Called:
        """The known words that a name of a meaning may be."""
        key = (name, meaning.letters)
        if key not in self._known:
            self._known[key] = called(name, letters=meaning.letters, among=self.words)
        return self._known[key]

    def guess(self, name: str, meaning: Meaning) -> list[str]:
        """Have a misspelt name mean the words that sound or look like it; what they are."""
        words = self._known[(name, meaning.letters)] = alike(name, among=self.words)
        return words.texts()

    def once(self, what: str, look: Callable[[], Iterable[Any]]) -> list[Any]:
        """What `look` gives, looked up once however many meanings the question has."""
        if what not in self._looked_up:
            self._looked_up[what] = list(look())
        return self._looked_up[what]

    def knows_nothing(self, meaning: Meaning) -> bool:
        """Whether one of its names is called by nothing at all."""
        return not meaning.names or any(not self.called(name, meaning).ranks for name in meaning.names)

    def distance_m(self, point: Point | None) -> float:
        """From the middle of the view, in Mercator metres; 0 where it is not known."""
        if self.near is None or point is None:
            return 0.0
        return float(self.near.transform(3857, clone=True).distance(point.transform(3857, clone=True)))

    def nearest(self, rows: Rows) -> Rows:
        """Rows with `away_m`, nearest to the middle of the view first; by key where that is not known."""
        if self.near is None:
            ordered: Rows = rows.annotate(away_m=Value(0.0)).order_by("pk")
            return ordered[:MOST_OF_A_KIND]
        away = Away(F("geom_3857"), Value(self.near.transform(3857, clone=True), GeometryField(srid=3857)))
        nearest: Rows = rows.annotate(away_m=away).order_by("away_m", "pk")
        return nearest[:MOST_OF_A_KIND]

    def nearby(self, rows: Rows) -> list[Any]:
        """As `nearest` for what there may be tens of thousands of: looked for in growing boxes around the view."""
        if self.near is not None:
            here = self.near.transform(3857, clone=True)
            for reach_m in BOXES_M:
                box = here.buffer(reach_m, quadsegs=8)
                found = [row for row in self.nearest(rows.filter(geom_3857__bboverlaps=box)) if row.away_m <= reach_m]
                if len(found) == MOST_OF_A_KIND:
                    return found
        return list(self.nearest(rows))


def best_first(question: Question, rows: Rows, columns: Sequence[str], words: Called) -> Iterator[Any]:
    """Rows that have exactly the name in one of `columns`, then those of which it only begins with the name or holds
    it; each with its `rank`."""
    given: set[Any] = set()
    for texts in (words.best(), [text for text in words.texts() if words.ranks[text] != EXACT]):
        if texts and len(given) < MOST_OF_A_KIND:
            called_so = reduce(or_, (Q(**{f"{column}__in": texts}) for column in columns))
            for row in question.nearest(rows.filter(called_so)):
                if row.pk not in given:
                    given.add(row.pk)
                    row.rank = min(words.ranks.get(getattr(row, column), WITHIN) for column in columns)
                    yield row


def lon_lat(point: Any) -> tuple[float | None, float | None]:
    """Seven decimals: a centimetre."""
    return (round(point.x, 7), round(point.y, 7)) if point else (None, None)
