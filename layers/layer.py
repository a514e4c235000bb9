"""What one layer of the map is: one entry that tiles, lists, cards, legends, exports and other people's tools read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.gis.db.models import Union
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from gridmap.accounts.permissions import area_prefix, areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import GridEdition, Region, RegionEdition
from gridmap.territory.querysets import Viewer
from layers.cuts.cut import Cutter

Words = str | Promise
Rows = QuerySet[Any, Any]
Choices = Sequence[tuple[Any, Words]]
#: A grid's code has so many digits, a region's has twelve.
GRID_DIGITS = 15


class Shape(StrEnum):
    """What a layer's things are on the ground."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    ANY = "any"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    DAY = "day"
    MOMENT = "moment"


class Refresh(StrEnum):
    """How a change reaches open pages: a new revision of the tiles, or each thing by itself over the stream."""

    REVISION = "revision"
    LIVE = "live"


@dataclass(frozen=True)
class Field:
    """One column of a layer, as answers, lists and exports give it.

    `name` is ASCII, at most ten bytes (a shapefile has no more), and never changes. `source` is the column, or the path
    to it; empty where it is called `name`. Who does not hold `verb` somewhere is not told that the field exists.
    `tile` is the attribute under which the layer's tiles hold it, where no cut is written for the layer; such a field
    is for everyone who sees the layer. `words` puts what is kept into the reader's words, for lists and files; other
    people's programs get it as it is kept. Lists of many columns are not offered in the order of one with `sorts` off.
    """

    name: str
    title: Words
    kind: Kind = Kind.TEXT
    source: str = ""
    choices: Choices = ()
    unit: Words = ""
    verb: Verb = Verb.VIEW
    tile: str = ""
    words: Callable[[str], str] | None = None
    sorts: bool = True

    @property
    def column(self) -> str:
        """The path of the column in the layer's rows."""
        return self.source or self.name


@dataclass(frozen=True)
class Filter:
    """One question that lists, selections, exports and the map can be narrowed by.

    `tile` is the attribute of the layer's tiles that answers the same question, so that the page can hide what it has
    drawn already; empty where the tiles hold none.
    """

    name: str
    title: Words
    column: str
    kind: Kind = Kind.CHOICE
    choices: Choices = ()
    tile: str = ""


@dataclass(frozen=True)
class Mark:
    """One line of a legend: `key` names the symbol that the page draws beside it."""

    key: str
    label: Words


@dataclass(frozen=True)
class Tiles:
    """In which tile set a layer lies, in which source layers of it, and when its tiles are stale.

    `follows` are the `LayerRevision`s whose change makes them so. A set is `scoped` as soon as one layer of it shows
    each viewer their own areas; the tiles of the others are the same for everyone who holds a post. `cut` is how the
    layer is cut; None makes it one source layer of its rows (`layers/cuts/rows.py`).
    """

    set: str
    parts: tuple[str, ...]
    follows: tuple[str, ...]
    scoped: bool = True
    cut: Cutter | None = None


def within_place(rows: Rows, code: str, geometry: str = "geom") -> Rows:
    """Rows on the ground of the region or grid with this code (12 or 15 digits), or that of its communities where a
    region has no boundary of its own; none where these have none either."""
    editions: QuerySet[Any] = (
        GridEdition.objects.in_force().filter(grid__code=code) if len(code) == GRID_DIGITS else _of_region(code)
    )
    ground = editions.aggregate(ground=Union("geom"))["ground"]
    return rows.filter(**{f"{geometry}__intersects": ground}) if ground else rows.none()


def _of_region(code: str) -> QuerySet[RegionEdition]:
    editions = RegionEdition.objects.in_force()
    own = editions.filter(region__code=code)
    inside = editions.filter(region__level=Region.Level.COMMUNITY, region__code__startswith=area_prefix(code))
    return own if own.exists() else inside


@dataclass(frozen=True)
class Layer:
    """One layer. `rows` are what a person may see of it (at a moment, where the layer is `dated`); where tiles are cut
    of them, they depend on nothing but the person's areas and what the tiles follow.

    `identity` and `geometry` are columns of the rows; `label` is the field that names a row in lists; `inside` narrows
    rows to a region or grid by its code; `zooms` are those of the screen at which the map draws it; `style` is what the
    page's painter reads (`static/js/map/`); `card` is the type of the card that a click opens, empty where there is no
    such card.
    `spans` are the rows of a dated layer at any time of a range (their column `valid` says when each is in force).
    `called` are other names that people search its things by, with commas between them.
    `public` layers are offered to other people's tools, and `verb` is the right that opens the layer at all.
    """

    key: str
    title: Words
    group: str
    shape: Shape
    rows: Callable[[Viewer, datetime | None], Rows]
    fields: tuple[Field, ...]
    label: str
    tiles: Tiles | None = None
    filters: tuple[Filter, ...] = ()
    identity: str = "pk"
    geometry: str = "geom"
    inside: Callable[[Rows, str], Rows] = field(default=within_place)
    zooms: tuple[int, int] = (0, 22)
    style: Mapping[str, Any] = field(default_factory=dict)
    legend: Callable[[], Iterable[Mark]] = tuple
    card: str = ""
    dated: bool = False
    spans: Callable[[Viewer, DateTimeTZRange], Rows] | None = None
    public: bool = True
    shown: bool = True
    called: Words = ""
    refresh: Refresh = Refresh.REVISION
    verb: Verb = Verb.VIEW

    def open_to(self, user: Viewer) -> bool:
        """Whether the person may see any of it."""
        return bool(areas_of(user, self.verb))

    def fields_for(self, user: Viewer) -> tuple[Field, ...]:
        """The columns that the person's rights show."""
        return tuple(one for one in self.fields if areas_of(user, one.verb))


def by_code(column: str) -> Callable[[Rows, str], Rows]:
    """Narrowing by a column that holds region or grid codes."""

    def narrow(rows: Rows, code: str) -> Rows:
        return rows.filter(**{f"{column}__startswith": area_prefix(code)})

    return narrow


def active(model: type[Model]) -> Callable[[Viewer, datetime | None], Rows]:
    """What the person may see of a sourced table and its source still names."""

    def rows(user: Viewer, _moment: datetime | None = None) -> Rows:
        seen: Rows = model._default_manager.visible_to(user).active()  # type: ignore[attr-defined]
        return seen

    return rows
