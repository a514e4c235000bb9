"""The entries of the catalogue about work: cases, who is on duty, and how many homes there are to look after."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, overload

from django.db.models import Case as Choose
from django.db.models import CharField, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import Post
from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Network, Role, Verb
from gridmap.casework.duty import on_duty
from gridmap.casework.models import Case, Category
from gridmap.territory.models import Building
from gridmap.territory.querysets import Viewer
from layers import looks
from layers.cuts import cases, duty, homes
from layers.layer import Field, Filter, Kind, Layer, Mark, Refresh, Rows, Shape, Tiles, by_code

WORK = "work"


class Classes(Sequence[tuple[str, str]]):
    """The upper classes of cases as the database has them now: a city adds its own without an edit of the catalogue."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(Category.objects.tops().order_by("code").values_list("code", "name"))

    def __len__(self) -> int:
        return Category.objects.tops().count()

    @overload
    def __getitem__(self, place: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[str, str]]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return list(self)[place]


def _cases(user: Viewer, _moment: datetime | None = None) -> Rows:
    """Cases with `klass`, and `spot`: the address, empty where the person may not see people's data."""
    told = When(codes_in(areas_of(user, Verb.VIEW_PEOPLE), "area"), then=F("address"))
    spot = Choose(told, default=Value(""), output_field=CharField())
    return Case.objects.visible_to(user).classed().annotate(spot=spot)


def _duty(user: Viewer, _moment: datetime | None = None) -> Rows:
    return on_duty(user, on=timezone.localdate())


def _homes(user: Viewer, _moment: datetime | None = None) -> Rows:
    return Building.objects.visible_to(user).active().filter(Q(households__gt=0) | Q(dwellings__gt=0))


def _networks() -> Iterable[Mark]:
    return (Mark(network.value, network.label) for network in Network)


CASES = Layer(
    key="cases",
    title=_("Cases"),
    group=WORK,
    shape=Shape.POINT,
    rows=_cases,
    label="number",
    fields=(
        Field("number", _("number")),
        Field("network", _("network"), Kind.CHOICE, choices=Network.choices),
        Field("category", _("class of case"), source="category__name"),
        Field("state", _("stage"), Kind.CHOICE, source="stage", choices=Case.Stage.choices),
        Field("open", _("still open"), Kind.FLAG, source="is_open"),
        Field("urgent", _("urgent"), Kind.FLAG),
        Field("overdue", _("overdue"), Kind.FLAG),
        Field("reported", _("reported at"), Kind.MOMENT, source="reported_at"),
        Field("due", _("due at"), Kind.MOMENT, source="due_at"),
        Field("closed", _("closed at"), Kind.MOMENT, source="closed_at"),
        Field("place", _("place"), source="spot", verb=Verb.VIEW_PEOPLE, sorts=False),
        Field("community", _("community"), source="community__name"),
        Field("grid", _("grid"), source="grid__code"),
        Field("class", _("class above"), source="klass"),
    ),
    filters=(
        Filter("network", _("network"), "network", choices=Network.choices, tile="k"),
        Filter("state", _("stage"), "stage", choices=Case.Stage.choices, tile="s"),
        Filter("open", _("still open"), "is_open", Kind.FLAG, tile="o"),
        Filter("urgent", _("urgent"), "urgent", Kind.FLAG, tile="u"),
        Filter("overdue", _("overdue"), "overdue", Kind.FLAG),
        Filter("class", _("class above"), "klass", choices=Classes(), tile="c"),
        Filter("reported", _("reported at"), "reported_at", Kind.MOMENT),
    ),
    inside=by_code("area"),
    style=looks.CASES,
    tiles=Tiles("cases", ("case_square", "case"), ("cases",), cut=cases.cases),
    zooms=(9, 22),
    legend=_networks,
    card="case",
    refresh=Refresh.LIVE,
)
DUTY = Layer(
    key="duty",
    title=_("On duty"),
    group=WORK,
    shape=Shape.POINT,
    rows=_duty,
    label="place",
    fields=(
        Field("place", _("place")),
        Field("area", _("area")),
        Field("role", _("role"), Kind.CHOICE, choices=Role.choices),
        Field("network", _("network"), Kind.CHOICE, choices=Network.choices),
        Field("duty", _("main or assisting"), Kind.CHOICE, choices=Post.Duty.choices),
        Field("who", _("name"), verb=Verb.VIEW_STAFF),
        Field("since", _("starts on"), Kind.DAY, source="starts_on"),
    ),
    filters=(
        Filter("role", _("role"), "role", choices=Role.choices),
        Filter("network", _("network"), "network", choices=Network.choices),
    ),
    inside=by_code("area"),
    style=looks.DUTY,
    tiles=Tiles("duty", ("duty",), ("duty", "grids", "regions"), cut=duty.duty),
    zooms=(12, 22),
    legend=lambda: (Mark("duty", _("people on duty")),),
    card="duty",
    shown=False,
    public=False,
)
HOMES = Layer(
    key="homes",
    title=_("Households / dwellings of buildings"),
    group=WORK,
    shape=Shape.POINT,
    rows=_homes,
    geometry="point",
    label="number",
    fields=(
        Field("number", _("number")),
        Field("address", _("address")),
        Field("households", _("resident households"), Kind.INTEGER),
        Field("dwellings", _("dwellings"), Kind.INTEGER),
    ),
    inside=lambda rows, code: by_code("grid__code" if len(code) == 15 else "community__code")(rows, code),
    style=looks.HOMES,
    tiles=Tiles("homes", ("home",), ("homes", "building_shapes"), cut=homes.homes),
    zooms=(17, 22),
    card="building",
    shown=False,
    public=False,
)
