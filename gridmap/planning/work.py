"""Drawing communities in processes of their own: one alone with its score to be seen, many side by side."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.errors import GEOSException

from gridmap.accounts.models import User
from gridmap.partition import Drawing, FixedGridError
from gridmap.planning.ground import CommunityGround, read_ground
from gridmap.planning.keeping import save_drawing
from gridmap.planning.models import Plan
from gridmap.planning.permissions import may_draw
from gridmap.planning.processes import Drawers
from gridmap.planning.refusals import PlanRefusedError, why_not_kept
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.models import Region

log = logging.getLogger(__name__)
#: Told the share done (0-1), which community it is about, and the score so far where one alone is drawn; goes on?
Report = Callable[[float, str, float | None], bool]


@dataclass(frozen=True)
class Outcome:
    """What came of one community: a plan, or why there is none (or why it stayed a draft)."""

    community: Region
    plan: Plan | None
    refusal: str = ""


@dataclass(frozen=True)
class Order:
    """What is asked for, who asks (None for the command line), in which job, and whether to adopt at once."""

    terms: Terms
    by: User | None = None
    job: UUID | None = None
    adopt: bool = False


def draw_all(*, communities: Sequence[Region], order: Order, report: Report) -> Iterator[Outcome]:
    """Draw every community and yield what came of it as it is ready; of one alone the score is to be seen.

    A community that is refused does not hold up the others. Once `report` says to stop, those under way are kept at
    their best so far and the rest is not begun: they have no outcome. Where it raises, what is drawn by then stays.
    """
    if order.by is not None and not all(may_draw(order.by, community) for community in communities):
        raise PermissionDenied
    if len(communities) == 1:
        (one,) = communities
        yield _kept(one, lambda: _draw_alone(one, order, report), order)
    else:
        yield from draw_side_by_side(communities=communities, order=order, report=report)


def draw_side_by_side(*, communities: Sequence[Region], order: Order, report: Report) -> Iterator[Outcome]:
    """As `draw_all`, in the processes of this machine however few communities there are."""
    done = 0
    name = ""
    drawn = drawers().draw(_grounds(communities, order), lambda: report(done / len(communities), name, None))
    for (community, ground), future in drawn:
        name = community.name
        if isinstance(ground, PlanRefusedError):
            outcome: Outcome | None = Outcome(community, None, str(ground))
        else:
            outcome = _collected(community, ground, future, order)
        if outcome:
            done += 1
            yield outcome
    report(1.0, name, None)


@cache
def drawers() -> Drawers:
    """The processes of this machine that draw, started with the first drawing."""
    return Drawers(settings.DRAW_PROCESSES)


def _grounds(
    communities: Sequence[Region], order: Order
) -> Iterator[tuple[tuple[Region, CommunityGround | PlanRefusedError], Mapping[str, Any] | None]]:
    """Grounds as they are wanted, so that a province's need not be held at once, or why there is none."""
    for community in communities:
        try:
            ground = read_ground(community, order.terms)
        except PlanRefusedError as refusal:
            yield (community, refusal), None
        else:
            yield (community, ground), ground.arguments(order.terms)


def _draw_alone(community: Region, order: Order, report: Report) -> Plan:
    """Even one alone is drawn in another process: what is too large for the memory must not kill the worker."""
    return draw_plan(
        community=community,
        terms=order.terms,
        by=order.by,
        job=order.job,
        report=lambda share, score: report(share, community.name, score),
        draw=lambda progress, **arguments: drawers().draw_alone(arguments, progress),
    )


def _collected(
    community: Region, ground: CommunityGround, future: "Future[Drawing | None]", order: Order
) -> Outcome | None:
    """What came of a drawing in another process; None where it was stopped before it began."""

    def save() -> Plan:
        drawing = future.result()
        if drawing is None:
            raise CancelledError
        return save_drawing(
            drawing=drawing, ground=ground, community=community, terms=order.terms, by=order.by, job=order.job
        )

    try:
        return _kept(community, save, order)
    except CancelledError:
        return None


def _kept(community: Region, draw: Callable[[], Plan], order: Order) -> Outcome:
    """The plan that `draw` makes, adopted where that is asked for; what goes wrong with one ground stays with it."""
    try:
        plan = draw()
    except PlanRefusedError as refusal:
        return Outcome(community, None, str(refusal))
    except FixedGridError as error:
        return Outcome(community, None, why_not_kept(error.code, error.params))
    except (ValueError, ArithmeticError, GEOSException, BrokenProcessPool):
        log.exception("community %s could not be drawn", community.code)
        text = _("%(name)s could not be drawn; see the log.") % {"name": community.name}
        return Outcome(community, None, text)
    return adopted(plan, order)


def adopted(plan: Plan, order: Order) -> Outcome:
    """What came of a community that is drawn: its plan, put in force where that is asked for and not done yet."""
    refusal = ""
    if order.adopt and plan.state == Plan.State.DRAFT:
        try:
            adopt_plan(plan=plan, by=order.by, at=timezone.now())
        except PlanRefusedError as error:
            refusal = str(error)
        plan.refresh_from_db()
    return Outcome(plan.community, plan, refusal)
