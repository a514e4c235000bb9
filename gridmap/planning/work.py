"""Drawing many communities at once, in processes of their own, as a job or from the command line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.progress import Progress
from gridmap.partition import Drawing, SizeRule, draw_community
from gridmap.planning.ground import CommunityGround, communities_under, read_ground, size_rule
from gridmap.planning.models import Plan
from gridmap.planning.refusals import PlanRefusedError
from gridmap.planning.services import adopt_plan, draw_plan, save_drawing
from gridmap.territory.models import Region

Report = Callable[[float, str], None]
KIND = "draw_grids"


@dataclass(frozen=True)
class Outcome:
    """What came of one community: a plan, or why there is none (or why it stayed a draft)."""

    community: Region
    plan: Plan | None
    refusal: str = ""


def draw_all(
    *, communities: Sequence[Region], rule: SizeRule, seed: int, by: User | None, report: Report, adopt: bool = False
) -> Iterator[Outcome]:
    """Draw every community and yield what came of it as it is ready; one alone is drawn here, many side by side.

    A community that is refused does not hold up the others. What is drawn when the caller stops (or is told to by
    `report`) stays; the rest is not begun.
    """
    if len(communities) == 1:
        (community,) = communities
        try:
            plan = draw_plan(
                community=community, rule=rule, seed=seed, by=by, report=lambda share: report(share, community.name)
            )
        except PlanRefusedError as refusal:
            yield Outcome(community, None, str(refusal))
        else:
            yield _outcome(plan, by, adopt)
        return
    with ProcessPoolExecutor(max_workers=cpu_count(), mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[Drawing], tuple[Region, CommunityGround]] = {}
        for community in communities:
            try:
                ground = read_ground(community)
            except PlanRefusedError as refusal:
                yield Outcome(community, None, str(refusal))
            else:
                waiting[pool.submit(draw_community, **ground.arguments(rule, seed))] = (community, ground)
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                community, ground = waiting[future]
                plan = save_drawing(
                    drawing=future.result(), ground=ground, community=community, rule=rule, seed=seed, by=by
                )
                yield _outcome(plan, by, adopt)
                report(done / len(waiting), community.name)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _outcome(plan: Plan, by: User | None, adopt: bool) -> Outcome:
    refusal = ""
    if adopt:
        try:
            adopt_plan(plan=plan, by=by, at=timezone.now())
        except PlanRefusedError as error:
            refusal = str(error)
        plan.refresh_from_db()
    return Outcome(plan.community, plan, refusal)


def draw_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The job: parameters `communities` (region codes), `seed`, and the size rule; the result names the plans."""
    parameters = job.parameters
    rule = SizeRule(**parameters["rule"]) if "rule" in parameters else size_rule()
    outcomes = list(
        draw_all(
            communities=communities_under(parameters["communities"]),
            rule=rule,
            seed=parameters.get("seed", 0),
            by=job.created_by,
            report=lambda share, name: progress.report(share, _("Drawing %(name)s") % {"name": name}),
        )
    )
    plans = [str(outcome.plan.pk) for outcome in outcomes if outcome.plan]
    refusals = [outcome.refusal for outcome in outcomes if outcome.refusal]
    if refusals and not plans:
        raise PlanRefusedError(" ".join(refusals[:3]))
    return {"plans": plans, "refusals": refusals}
