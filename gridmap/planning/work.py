"""Drawing many communities at once, in processes of their own, as a job or from the command line."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.errors import GEOSException

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.progress import Progress
from gridmap.partition import Drawing, SizeRule, draw_community
from gridmap.planning.ground import CommunityGround, communities_under, read_ground, size_rule
from gridmap.planning.models import Plan
from gridmap.planning.permissions import may_draw
from gridmap.planning.refusals import PlanRefusedError
from gridmap.planning.services import adopt_plan, draw_plan, save_drawing
from gridmap.territory.models import Region

log = logging.getLogger(__name__)
Report = Callable[[float, str], None]
KIND = "draw_grids"


@dataclass(frozen=True)
class Outcome:
    """What came of one community: a plan, or why there is none (or why it stayed a draft)."""

    community: Region
    plan: Plan | None
    refusal: str = ""


@dataclass(frozen=True)
class Order:
    """What is asked for: the size rule, the seed, who asks (None for the command line) and in which job."""

    rule: SizeRule
    seed: int = 0
    by: User | None = None
    job: UUID | None = None
    adopt: bool = False


def draw_all(*, communities: Sequence[Region], order: Order, report: Report) -> Iterator[Outcome]:
    """Draw every community and yield what came of it as it is ready; one alone is drawn here, many side by side.

    A community that is refused does not hold up the others. What is drawn when the caller stops (or is told to by
    `report`) stays; the rest is not begun.
    """
    if order.by is not None and not all(may_draw(order.by, community) for community in communities):
        raise PermissionDenied
    if len(communities) == 1:
        yield _kept(communities[0], lambda: _draw_here(communities[0], order, report), order)
        return
    with ProcessPoolExecutor(max_workers=cpu_count(), mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[Drawing], tuple[Region, CommunityGround]] = {}
        for community in communities:
            try:
                ground = read_ground(community)
            except PlanRefusedError as refusal:
                yield Outcome(community, None, str(refusal))
            else:
                arguments = ground.arguments(order.rule, order.seed)
                waiting[pool.submit(draw_community, **arguments)] = (community, ground)
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                community, ground = waiting[future]
                yield _kept(community, partial(_save, community, ground, future, order), order)
                report(done / len(waiting), community.name)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _draw_here(community: Region, order: Order, report: Report) -> Plan:
    return draw_plan(
        community=community,
        rule=order.rule,
        seed=order.seed,
        by=order.by,
        job=order.job,
        report=lambda share: report(share, community.name),
    )


def _save(community: Region, ground: CommunityGround, future: Future[Drawing], order: Order) -> Plan:
    return save_drawing(
        drawing=future.result(),
        ground=ground,
        community=community,
        rule=order.rule,
        seed=order.seed,
        by=order.by,
        job=order.job,
    )


def _kept(community: Region, draw: Callable[[], Plan], order: Order) -> Outcome:
    """The plan that `draw` makes, adopted where that is asked for; what goes wrong with one ground stays with it."""
    try:
        plan = draw()
    except PlanRefusedError as refusal:
        return Outcome(community, None, str(refusal))
    except (ValueError, ArithmeticError, GEOSException, BrokenProcessPool):
        log.exception("community %s could not be drawn", community.code)
        text = _("%(name)s could not be drawn; see the log.") % {"name": community.name}
        return Outcome(community, None, text)
    return _outcome(plan, order)


def _outcome(plan: Plan, order: Order) -> Outcome:
    refusal = ""
    if order.adopt:
        try:
            adopt_plan(plan=plan, by=order.by, at=timezone.now())
        except PlanRefusedError as error:
            refusal = str(error)
        plan.refresh_from_db()
    return Outcome(plan.community, plan, refusal)


def draw_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The job: parameters `communities` (region codes), `seed`, and the size rule; the result names the plans.

    Run again after a crash it goes on where it was: plans that it has made are not made twice.
    """
    parameters = job.parameters
    if job.created_by is None:
        raise PlanRefusedError(_("Whoever asked for this has no account any more."))
    order = Order(
        rule=SizeRule(**parameters["rule"]) if "rule" in parameters else size_rule(),
        seed=parameters.get("seed", 0),
        by=job.created_by,
        job=job.pk,
    )
    made = {plan.community_id: str(plan.pk) for plan in Plan.objects.filter(job=job.pk)}
    communities = [one for one in communities_under(parameters["communities"]) if one.pk not in made]
    outcomes = draw_all(
        communities=communities,
        order=order,
        report=lambda share, name: progress.report(share, _("Drawing %(name)s") % {"name": name}),
    )
    refusals = []
    for outcome in outcomes if communities else ():
        if outcome.plan:
            made[outcome.community.pk] = str(outcome.plan.pk)
        if outcome.refusal:
            refusals.append(outcome.refusal)
    if refusals and not made:
        raise PlanRefusedError(" ".join(refusals[:3]))
    return {"plans": list(made.values()), "refusals": refusals}
