"""The cards of a case, and of who is on duty somewhere."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Network, Role, Verb
from gridmap.casework.duty import on_duty
from gridmap.casework.models import Case
from gridmap.territory.models import Grid, GridEdition
from gridmap.territory.querysets import Viewer
from layers.cards.card import Card, Fact, Link, Section, select
from layers.places import lineage, places_at

#: Cases that may be the same: of one class, so near and so close in time.
NEAR_M, NEAR_IN_TIME = 50, timedelta(days=30)
MOST_ALIKE = 8


def case_card(key: str, user: Viewer) -> Card:
    """The case with this primary key."""
    rows = Case.objects.visible_to(user).select_related("category__parent", "community", "grid")
    case = rows.get(pk=int(key))
    today, now = _grid_today(case, user), timezone.now()
    told = may(user, Verb.VIEW_STAFF, case.area)  # a screen in a hall tells nobody's words and nobody's door
    return Card(
        type="case",
        id=str(case.pk),
        title=case.category.name,
        subtitle=f"{case.number} · {case.get_stage_display()}",
        source=case.source,
        shape=case.geom,
        place=lineage(case.area, user) if case.area else places_at(case.geom, user),
        facts=[*_what(case, told=told), *_when(case, now), *_where(case, today, told=told)],
        findings=_findings(case, today, now),
        links=_grids(case, today),
        sections=_alike(case, user),
    )


def _what(case: Case, *, told: bool) -> list[Fact]:
    above = case.category.parent
    return [
        Fact(_("Class of case"), f"{above.name} › {case.category.name}" if above else case.category.name),
        Fact(_("Network"), case.get_network_display()),
        Fact(_("Stage"), case.get_stage_display(), note=_("urgent") if case.urgent else ""),
        *([Fact(_("Description"), case.description)] if told and case.description else []),
    ]


def _when(case: Case, now: datetime) -> list[Fact]:
    facts = [Fact(_("Reported"), _moment(case.reported_at))]
    if case.due_at and case.is_open:
        late = case.due_at <= now
        spans = {"time": timesince(case.due_at, now) if late else timesince(now, case.due_at)}
        facts.append(
            Fact(_("Due"), _moment(case.due_at), note=(_("%(time)s late") if late else _("%(time)s left")) % spans)
        )
    elif case.due_at:
        facts.append(Fact(_("Due"), _moment(case.due_at)))
    if case.closed_at:
        took = _("after %(time)s") % {"time": timesince(case.reported_at, case.closed_at)}
        facts.append(Fact(_("Closed"), _moment(case.closed_at), note=took))
    return facts


def _where(case: Case, today: Grid | None, *, told: bool) -> list[Fact]:
    now = "" if today == case.grid else _("today %(grid)s") % {"grid": today or _("no grid")}
    return [
        *([Fact(_("Place"), case.address or None)] if told else []),
        Fact(_("Community"), str(case.community) if case.community else None),
        Fact(_("Grid of that day"), case.grid.code if case.grid else None, note=now),
    ]


def _findings(case: Case, today: Grid | None, now: datetime) -> list[str]:
    found = []
    if case.is_open and case.due_at and case.due_at <= now:
        found.append(_("It is overdue."))
    if case.closed_at and case.due_at and case.closed_at > case.due_at:
        found.append(_("It was closed %(time)s late.") % {"time": timesince(case.due_at, case.closed_at)})
    if case.grid and today and today != case.grid:
        found.append(_("The grids were drawn anew: the place lies in another grid today."))
    if not case.area:
        found.append(_("It lies in no community."))
    return found


def _grids(case: Case, today: Grid | None) -> list[Link]:
    grids = {grid.code: grid for grid in (case.grid, today) if grid}
    links = [select(_("Grid %(grid)s") % {"grid": grid}, "grid", code) for code, grid in grids.items()]
    return [*links, *([select(str(case.community), "region", case.community.code)] if case.community else [])]


def _grid_today(case: Case, user: Viewer) -> Grid | None:
    editions = GridEdition.objects.in_force().visible_to(user).at(case.geom).exclude(grid__kind=Grid.Kind.MICRO)
    edition = editions.select_related("grid").defer("geom", "geom_3857").first()
    return edition.grid if edition else None


def _alike(case: Case, user: Viewer) -> list[Section]:
    """Others of the same class within 50 m and 30 days: perhaps the same matter, perhaps one that comes back."""
    times = (case.reported_at - NEAR_IN_TIME, case.reported_at + NEAR_IN_TIME)
    rows = Case.objects.visible_to(user).filter(category=case.category_id, reported_at__range=times)
    rows = rows.within(case.geom, NEAR_M).exclude(pk=case.pk).order_by("-reported_at")
    found = list(rows[: MOST_ALIKE + 1])
    if not found:
        return []
    more = _("or more") if len(found) > MOST_ALIKE else ""
    reach = {"metres": NEAR_M, "days": NEAR_IN_TIME.days}
    return [
        Section(
            _("The same class nearby"),
            [Fact(_("Cases within %(metres)d m and %(days)d days") % reach, len(found[:MOST_ALIKE]), "", more)],
            [
                select(f"{_moment(one.reported_at)} · {one.get_stage_display()}", "case", str(one.pk))
                for one in found[:MOST_ALIKE]
            ],
        )
    ]


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


# --- duty -------------------------------------------------------------------------------------------------------------
def duty_card(key: str, user: Viewer) -> Card:
    """Everybody on duty in the area of the post with this primary key."""
    posts = on_duty(user, on=timezone.localdate())
    post = posts.get(pk=int(key))
    code = post.area.ljust(12, "0")
    return Card(
        type="duty",
        id=key,
        title=_("On duty: %(place)s") % {"place": _named(post.place, code)},
        subtitle=code,
        source="",
        shape=post.geom,
        place=lineage(code, user),
        facts=_by_role(posts.filter(area=post.area)),
        links=[select(_named(post.place, code), "grid" if len(code) == 15 else "region", code)],
    )


def _named(place: str, code: str) -> str:
    return f"{place} {code[12:]}".strip()


def _by_role(posts: "QuerySet[Any, Any]") -> list[Fact]:
    """One fact for each role and network: how many people, and their names where they may be read."""
    held: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for role, network, person, who in posts.order_by("duty", "pk").values_list("role", "network", "person_id", "who"):
        held[role, network][person] = who
    order = list(Role.values)
    facts = []
    for (role, network), people in sorted(held.items(), key=lambda pair: (order.index(pair[0][0]), pair[0][1])):
        label = " · ".join([str(Role(role).label), *([str(Network(network).label)] if network else [])])
        facts.append(Fact(label, len(people), _("people"), "、".join(name for name in people.values() if name)))
    return facts
