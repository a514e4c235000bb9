"""Drawing many communities at once, in processes of their own, as a job or from the command line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
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
from gridmap.planning.services import adopt_plan, draw_plan, save_drawing
from gridmap.territory.models import Region

Report = Callable[[float, str], None]
KIND = "draw_grids"


def draw_all(
    *, communities: Sequence[Region], rule: SizeRule, seed: int, by: User | None, report: Report, adopt: bool = False
) -> Iterator[Plan]:
    """Draw every community and yield its plan as it is ready; one alone is drawn in this process, many side by side.

    What is drawn when the caller stops (or is told to by `report`) stays; the rest is not begun.
    """
    if len(communities) == 1:
        name = communities[0].name
        plan = draw_plan(
            community=communities[0], rule=rule, seed=seed, by=by, report=lambda share: report(share, name)
        )
        yield _adopted(plan, by, adopt)
        return
    with ProcessPoolExecutor(max_workers=cpu_count(), mp_context=get_context("spawn")) as pool:
        grounds = [(community, read_ground(community)) for community in communities]
        waiting: dict[Future[Drawing], tuple[Region, CommunityGround]] = {
            pool.submit(draw_community, **ground.arguments(rule, seed)): (community, ground)
            for community, ground in grounds
        }
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                community, ground = waiting[future]
                plan = save_drawing(
                    drawing=future.result(), ground=ground, community=community, rule=rule, seed=seed, by=by
                )
                yield _adopted(plan, by, adopt)
                report(done / len(communities), community.name)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _adopted(plan: Plan, by: User | None, adopt: bool) -> Plan:
    if adopt:
        adopt_plan(plan=plan, by=by, at=timezone.now())
        plan.refresh_from_db()
    return plan


def draw_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The job: parameters `communities` (region codes), `seed`, and the size rule; the result names the plans."""
    parameters = job.parameters
    rule = SizeRule(**parameters["rule"]) if "rule" in parameters else size_rule()
    plans = draw_all(
        communities=communities_under(parameters["communities"]),
        rule=rule,
        seed=parameters.get("seed", 0),
        by=job.created_by,
        report=lambda share, name: progress.report(share, _("Drawing %(name)s") % {"name": name}),
    )
    return {"plans": [str(plan.pk) for plan in plans]}
