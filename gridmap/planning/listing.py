"""The planner's list of communities: narrowed by street and words, judged by the size rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict

from gridmap.accounts.permissions import area_prefix, codes_in
from gridmap.jobs.models import Job, Share
from gridmap.planning.models import Plan
from gridmap.territory.codes import REGION_CODE
from gridmap.territory.models import Building, Region

PER_PAGE = 100


@dataclass(frozen=True)
class Narrowing:
    """What of the list is asked for: a street (12 digits, or all) and words in name or code."""

    street: str = ""
    words: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "Narrowing":
        """As the address says; nonsense narrows nothing."""
        street = query.get("street", "")
        words = query.get("q", "").replace("\x00", "").strip()[:60]
        return cls(street if REGION_CODE.fullmatch(street) else "", words)

    def condition(self) -> Q:
        """On communities."""
        condition = Q()
        if self.street:
            condition &= Q(code__startswith=area_prefix(self.street))
        if self.words:
            condition &= Q(name__icontains=self.words) | Q(code__startswith=self.words)
        return condition


def communities_with_figures(areas: list[str], narrowing: Narrowing) -> "QuerySet[Region, Any]":
    """Communities inside `areas` with households (dwellings standing in), buildings, grids and the latest draft."""
    buildings = Building.objects.active().filter(community=OuterRef("pk")).values("community")
    drafts = Plan.objects.filter(community=OuterRef("pk"), state=Plan.State.DRAFT).order_by("-created_at")
    now = Q(grids__editions__valid__upper_inf=True)
    households = buildings.annotate(n=Sum(Coalesce("households", "dwellings"))).values("n")
    return (
        Region.objects.communities()
        .with_boundary()
        .filter(codes_in(areas, "code"), narrowing.condition())
        .select_related("parent")
        .annotate(
            households=Coalesce(Subquery(households), 0),
            building_count=Coalesce(Subquery(buildings.annotate(n=Count("pk")).values("n")), 0),
            grid_count=Count("grids", filter=now, distinct=True),
            fullest=Max("grids__editions__households", filter=now),
            draft=Subquery(drafts.values("pk")[:1]),
        )
        .order_by("-households", "code")
    )


def streets_of(areas: list[str]) -> "QuerySet[Region]":
    """Streets that have a community with a boundary inside `areas`, in order of code."""
    inside = Region.objects.communities().with_boundary().filter(codes_in(areas, "code"))
    return Region.objects.filter(pk__in=inside.values("parent")).select_related("parent").order_by("code")


def progress_of(job: Job) -> list[dict[str, str]]:
    """The communities of a drawing in shares: `drawn`, `refused` and why, `drawing`, `waiting` or `left` undrawn."""
    drawn = set(Plan.objects.filter(job=job.pk).values_list("community__code", flat=True))
    shares = list(job.shares.all())
    asked = [code for share in shares for code in share.parameters["communities"]]
    names = dict(Region.objects.filter(code__in=asked).values_list("code", "name"))
    rows = [
        {"code": code, "name": names.get(code, code), "state": state, "why": why}
        for share in shares
        for code, state, why in _states(share, drawn)
    ]
    return sorted(rows, key=lambda row: row["code"])


def _states(share: Share, drawn: set[str]) -> Iterator[tuple[str, str, str]]:
    """Code, state and reason of each community; the first that a running share has not drawn is the one in hand."""
    refused = share.result.get("refused", {})
    rest = "left" if share.has_ended else "drawing" if share.state == Job.State.RUNNING else "waiting"
    for code in share.parameters["communities"]:
        if code in refused:
            yield code, "refused", refused[code]
        elif code in drawn:
            yield code, "drawn", ""
        else:
            yield code, rest, ""
            rest = "waiting" if rest == "drawing" else rest


def size_of(households: int, rules: dict[str, float]) -> str:
    """`over`, `under` or `right` by the rule on households per community."""
    if households > rules["community_households_max"]:
        return "over"
    return "under" if households < rules["community_households_min"] else "right"
