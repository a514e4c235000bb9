"""Drawing plans, adopting and discarding them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import shapely
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.geometry.coverage import is_tiling
from gridmap.outbox.services import announce
from gridmap.partition import Drawing, draw_community
from gridmap.planning.continuity import grids_that_stay
from gridmap.planning.ground import fingerprint, read_ground
from gridmap.planning.keeping import save_drawing
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.permissions import may_adopt, may_draw
from gridmap.planning.refusals import PlanRefusedError, StalePlanError
from gridmap.planning.terms import Terms
from gridmap.territory.models import Grid, Region, RegionEdition
from gridmap.territory.services import NewGrid, replace_grids, settled, wait_for_other_writers

#: Told the share done (0-1) and the score so far (smaller is better); says whether to go on.
Report = Callable[[float, float | None], bool]

#: How long an adoption waits for an import that is writing: less than a browser's patience.
PATIENCE_S = 15


def draw_plan(
    *,
    community: Region,
    terms: Terms,
    by: User | None,
    job: UUID | None = None,
    report: Report | None = None,
    draw: Callable[..., Drawing] = draw_community,
) -> Plan:
    """Read the ground, draw it and keep the draft, with the curve of what other weights would give.

    `by` is None for commands run by whoever holds the machine. Where `report` says to stop, the best so far is kept.
    `draw` is `draw_community`, here or elsewhere.
    """
    if by is not None and not may_draw(by, community):
        raise PermissionDenied
    ground = read_ground(community, terms)
    drawing = draw(**ground.arguments(terms, curve=True), progress=report)
    return save_drawing(drawing=drawing, ground=ground, community=community, terms=terms, by=by, job=job)


def adopt_plan(*, plan: Plan, by: User | None, at: datetime) -> list[Grid]:
    """Put the grids of a draft in force from `at`; the grids before them end there.

    Refused where the ground has changed since the drawing, or where the shapes do not tile the community exactly.
    """
    with transaction.atomic():
        try:
            wait_for_other_writers(patience_s=PATIENCE_S)
        except OperationalError as busy:
            raise PlanRefusedError(_("An import is writing the ground just now. Try again in a minute.")) from busy
        community = Region.objects.select_for_update(no_key=True).get(pk=plan.community_id)
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if by is not None and not may_adopt(by, plan):
            raise PermissionDenied
        if plan.state != Plan.State.DRAFT:
            raise PlanRefusedError(
                _("This plan is no draft any more: %(state)s.") % {"state": plan.get_state_display()}
            )
        if plan.ground != fingerprint(community):
            raise StalePlanError(_("Buildings or boundaries have changed since this plan was drawn. Draw it again."))
        planned = list(plan.grids.select_related("was").order_by("number"))
        _refuse_unless_tiling(community, planned)
        stays = grids_that_stay(community, planned)
        try:
            with settled():
                grids = replace_grids(
                    community=community,
                    grids=[
                        NewGrid(one.geom, one.kind, one.building_ids, *stay)
                        for one, stay in zip(planned, stays, strict=True)
                    ],
                    source=f"plan {plan.pk}",
                    at=at,
                )
        except (IntegrityError, DataError) as refusal:
            raise PlanRefusedError(_("The database refuses these grids: %(why)s") % {"why": refusal}) from refusal
        for one, grid in zip(planned, grids, strict=True):
            one.grid = grid
        PlannedGrid.objects.bulk_update(planned, ["grid"])
        plan.state, plan.adopted_by, plan.adopted_at = Plan.State.ADOPTED, by, at
        plan.save(update_fields=["state", "adopted_by", "adopted_at"])
        announce(kind="grids", reference=community.code, area=community.code, data={"plan": str(plan.pk)})
    return grids


def discard_plan(*, plan: Plan, by: User) -> None:
    """Put a draft away; it stays readable, and cannot be adopted any more."""
    if not may_draw(by, plan.community):
        raise PermissionDenied
    changed = Plan.objects.filter(pk=plan.pk, state=Plan.State.DRAFT).update(state=Plan.State.DISCARDED)
    if not changed:
        raise PlanRefusedError(_("This plan is no draft any more."))


def _refuse_unless_tiling(community: Region, planned: Sequence[PlannedGrid]) -> None:
    home = RegionEdition.objects.in_force().get(region=community)
    shapes = [shapely.from_wkb(bytes(grid.geom.wkb)) for grid in planned]
    if not shapely.coverage_is_valid(shapes) or not is_tiling(shapes, shapely.from_wkb(bytes(home.geom.wkb))):
        raise PlanRefusedError(_("The grids of this plan do not tile the community exactly; it can't be adopted."))
