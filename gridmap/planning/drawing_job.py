"""Drawing as long work: one community in one job with its falling score, many in shares that any worker takes."""

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.jobs.models import Job, Share
from gridmap.jobs.progress import Progress
from gridmap.jobs.services import enqueue
from gridmap.jobs.shares import InShares, NewShare, ShareWork
from gridmap.planning.ground import communities_under, size_rule
from gridmap.planning.models import Plan
from gridmap.planning.permissions import may_draw
from gridmap.planning.refusals import PlanRefusedError
from gridmap.planning.terms import Terms
from gridmap.planning.work import Order, adopted, draw_all, draw_side_by_side
from gridmap.territory.models import Region

KIND = "draw_grids"
#: Buildings that make a share: seconds of work, so that several machines are done at about the same time.
SHARE_BUILDINGS = 5000
#: Smaller work is in so many shares, as long as they are worth a way to another machine.
USUAL_SHARES, SMALLEST_SHARE_BUILDINGS = 8, 500
FEWEST_SHARES = 2
#: Points of a falling score that are kept for the page.
MOST_POINTS = 60


class FallingScore:
    """How the score fell: at most so many points of share done and score, the newest always among them."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []

    def add(self, share: float, score: float | None) -> None:
        """Note a score; between two equal ones nothing is to be seen."""
        if score is None:
            return
        if len(self.points) > 1 and self.points[-1][1] == self.points[-2][1] == score:
            self.points.pop()
        self.points.append((round(share, 4), score))
        if len(self.points) > MOST_POINTS:
            self.points = [*self.points[:-1:2], self.points[-1]]


def enqueue_drawing(*, codes: Sequence[str], terms: Terms, by: User | None, title: str, adopt: bool = False) -> Job:
    """Put a drawing in the queue. Without `by` it is a command's, of whoever holds the machine."""
    parameters = {"communities": list(codes), "adopt": adopt, "command": by is None, **terms.as_json()}
    return enqueue(kind=KIND, title=title, by=by, parameters=parameters, keeps_best=True)


def draw_as_job(job: Job, progress: Progress) -> Mapping[str, Any] | InShares:
    """The job: parameters `communities` (region codes) and the terms; the result names the plans."""
    order = _order(job)
    communities = communities_under(job.parameters["communities"])
    if len(communities) > 1:
        return InShares([_share(some) for some in shared_out(with_buildings(communities))])
    made = Plan.objects.filter(job=job.pk).first()
    if made is None:
        falling = FallingScore()

        def report(share: float, name: str, score: float | None) -> bool:
            falling.add(share, score)
            return progress.report(share, _("Drawing %(name)s") % {"name": name}, {"scores": falling.points})

        (outcome,) = draw_all(communities=communities, order=order, report=report)
    else:
        outcome = adopted(made, order)
    if outcome.plan is None:
        raise PlanRefusedError(outcome.refusal)
    refusals = [outcome.refusal] if outcome.refusal else []
    stopped = outcome.plan.figures["stopped"]
    return {"plans": [str(outcome.plan.pk)], "refusals": refusals, "stopped": stopped, "not_drawn": []}


def _order(job: Job) -> Order:
    if job.created_by is None and not job.parameters.get("command"):
        raise PlanRefusedError(_("Whoever asked for this has no account any more."))
    terms = Terms.of(job.parameters, size_rule())
    return Order(terms=terms, by=job.created_by, job=job.pk, adopt=job.parameters.get("adopt", False))


def with_buildings(communities: Sequence[Region]) -> list[tuple[Region, int]]:
    """Communities with their numbers of buildings."""
    active = Count("buildings", filter=Q(buildings__active=True))
    found = Region.objects.filter(pk__in=[one.pk for one in communities]).annotate(count=active)
    counts = dict(found.values_list("pk", "count"))
    return [(one, counts[one.pk]) for one in communities]


def shared_out(communities: Sequence[tuple[Region, int]]) -> list[list[tuple[Region, int]]]:
    """Communities with their numbers of buildings in shares of about the same weight, the largest ones first."""
    weighed = sorted(communities, key=lambda pair: (-pair[1], pair[0].code))
    total = sum(weight for _one, weight in weighed)
    usual = min(USUAL_SHARES, total // SMALLEST_SHARE_BUILDINGS)
    number = min(len(weighed), max(FEWEST_SHARES, usual, -(-total // SHARE_BUILDINGS)))
    shares: list[list[tuple[Region, int]]] = [[] for _ in range(number)]
    heap = [(0, index) for index in range(number)]
    for one, weight in weighed:
        load, index = heapq.heappop(heap)
        shares[index].append((one, weight))
        heapq.heappush(heap, (load + weight + 1, index))
    return shares


def _share(some: Sequence[tuple[Region, int]]) -> NewShare:
    weight = sum(buildings for _one, buildings in some) + len(some)
    return NewShare({"communities": [one.code for one, _buildings in some]}, weight, _seen(len(some), 0, 0))


def _seen(communities: int, drawn: int, refused: int) -> dict[str, int]:
    return {"communities": communities, "drawn": drawn, "refused": refused}


def draw_share(share: Share, progress: Progress) -> Mapping[str, Any]:
    """Draw the communities of one share; run again after a crash it goes on where it was."""
    order = _order(share.job)
    codes = share.parameters["communities"]
    if order.by is not None and not all(may_draw(order.by, one) for one in Region.objects.filter(code__in=codes)):
        raise PlanRefusedError(_("You may not draw here any more."))
    plans = Plan.objects.filter(job=share.job_id, community__code__in=codes).select_related("community")
    made = {plan.community.code: plan for plan in plans}
    left = [one for one in Region.objects.filter(code__in=codes) if one.code not in made]
    left.sort(key=lambda one: codes.index(one.code))
    drawn = len(codes) - len(left)
    again = [adopted(plan, order) for plan in made.values()]
    refused = {one.community.code: one.refusal for one in again if one.refusal}

    def report(done: float, name: str, _score: float | None) -> bool:
        whole = (len(codes) - len(left) + done * len(left)) / len(codes)
        message = _("Drawing %(name)s") % {"name": name} if name else ""
        return progress.report(whole, message, _seen(len(codes), drawn, len(refused)))

    for outcome in draw_side_by_side(communities=left, order=order, report=report) if left else ():
        drawn += outcome.plan is not None
        if outcome.refusal:
            refused[outcome.community.code] = outcome.refusal
    return {"refused": refused}


def gather(job: Job) -> Mapping[str, Any]:
    """What all shares together made; refused where that is nothing."""
    plans = dict(Plan.objects.filter(job=job.pk).order_by("community__code").values_list("community__code", "pk"))
    asked: list[str] = []
    refused: dict[str, str] = {}
    refusals: list[str] = []
    for share in job.shares.all():
        asked += share.parameters["communities"]
        refused |= share.result.get("refused", {})
        refusals += share.result.get("refusals", [])
    refusals = [*dict.fromkeys(refusals), *(refused[code] for code in sorted(refused))]
    not_drawn = sorted(set(asked) - plans.keys() - refused.keys())
    if refusals and not plans:
        raise PlanRefusedError(" ".join(refusals[:3]))
    return {
        "plans": [str(pk) for pk in plans.values()],
        "refusals": refusals,
        "stopped": job.stop_requested,
        "not_drawn": not_drawn,
    }


def undo(job: Job) -> None:
    """A drawing that was cancelled leaves no draft behind; what somebody has adopted meanwhile stays."""
    Plan.objects.filter(job=job.pk, state=Plan.State.DRAFT).delete()


SHARES = ShareWork(work=draw_share, gather=gather, undo=undo)
