"""`manage.py draw_grids`: the main job from the command line."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridmap.jobs.models import Job
from gridmap.jobs.services import JobRefusedError
from gridmap.partition import SizeRule, Weights
from gridmap.planning.drawing_job import enqueue_drawing
from gridmap.planning.ground import communities_under, size_rule
from gridmap.planning.models import Plan
from gridmap.planning.terms import EFFORTS, USUAL_EFFORT, Terms
from gridmap.planning.wording import sentence
from gridmap.planning.work import Order, draw_all
from gridmap.territory.models import Region

#: What may count more or less, and what it is.
WEIGHTS = {"balance": "even loads", "compactness": "short borders", "stability": "few households that change grid"}
#: Seconds between two looks at how far the workers are.
PAUSE_S = 0.5


class Command(BaseCommand):
    help = "Draws worker grids for communities and keeps them as drafts; --adopt puts them in force."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--community",
            action="append",
            metavar="CODE",
            help="12-digit region code; a street or county draws all below it; may be repeated",
        )
        which.add_argument("--all", action="store_true", help="every community that has a boundary")
        parser.add_argument("--adopt", action="store_true", help="put the grids in force at once")
        parser.add_argument(
            "--seed", type=int, default=0, help="seed of the search (default 0): the same seed draws the same grids"
        )
        for name in ("target", "minimum", "maximum"):
            parser.add_argument(f"--{name}", type=int, help=f"households per grid, {name} (default: the rule in force)")
        parser.add_argument(
            "--effort", choices=list(EFFORTS), default=USUAL_EFFORT, help=f"how thoroughly to search ({USUAL_EFFORT})"
        )
        for name, what in WEIGHTS.items():
            parser.add_argument(f"--{name}", type=float, default=1.0, help=f"what {what} counts, 0 to 5 (default 1)")
        parser.add_argument(
            "--queue",
            action="store_true",
            help="leave it to the workers, on this machine and others, and wait for them",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per plan")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._draw(options)
        except JobRefusedError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _draw(self, options: dict[str, Any]) -> None:
        if options["all"]:
            communities = list(Region.objects.communities().with_boundary())
        else:
            communities = communities_under(options["community"])
        terms = _terms(options)
        if options["queue"]:
            refused = self._wait_for_workers(communities, terms, options)
        else:
            refused = self._draw_here(communities, terms, options)
        if refused:
            raise CommandError(f"{refused} of {len(communities)} communities refused")

    def _draw_here(self, communities: list[Region], terms: Terms, options: dict[str, Any]) -> int:
        refused = 0
        order = Order(terms, adopt=options["adopt"])
        for outcome in draw_all(communities=communities, order=order, report=_go_on):
            if outcome.plan:
                self._print(outcome.plan, as_json=options["json"])
            if outcome.refusal:
                refused += 1
                self.stderr.write(f"{outcome.community.code} {outcome.community.name}: {outcome.refusal}")
        return refused

    def _wait_for_workers(self, communities: list[Region], terms: Terms, options: dict[str, Any]) -> int:
        codes = [community.code for community in communities]
        job = enqueue_drawing(codes=codes, terms=terms, by=None, title=self.help[:40], adopt=options["adopt"])
        self.stderr.write(f"job {job.pk}: {len(codes)} communities wait for a worker")
        while not job.has_ended:
            time.sleep(PAUSE_S)
            job.refresh_from_db()
        if job.state != Job.State.SUCCEEDED:
            raise CommandError(job.message or f"the job {job.pk} was {job.state}")
        plans = Plan.objects.filter(job=job.pk).select_related("community").order_by("community__code")
        for plan in plans.iterator():
            self._print(plan, as_json=options["json"])
        for refusal in job.result["refusals"]:
            self.stderr.write(refusal)
        return len(job.result["refusals"])

    def _print(self, plan: Plan, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(_as_json(plan), ensure_ascii=False) if as_json else _as_text(plan))


def _go_on(share: float, name: str, score: float | None) -> bool:
    """Plans are printed as they are ready; that is progress enough for a terminal."""
    return True


def _terms(options: dict[str, Any]) -> Terms:
    try:
        weights = Weights(**{name: options[name] for name in WEIGHTS})
    except ValueError as refusal:
        raise CommandError(str(refusal)) from refusal
    terms = Terms(rule=_rule(options), seed=options["seed"], effort=options["effort"], weights=weights)
    if not terms.has_seed:
        raise CommandError(f"seed must be 0 or more, not {terms.seed}")
    return terms


def _rule(options: dict[str, Any]) -> SizeRule:
    rule = size_rule()
    figures = {
        name: getattr(rule, name) if options[name] is None else options[name]
        for name in ("target", "minimum", "maximum")
    }
    if not 0 < figures["minimum"] <= figures["target"] <= figures["maximum"]:
        raise CommandError("minimum, target and maximum must be positive and in this order")
    return SizeRule(**figures)


def _as_json(plan: Plan) -> dict[str, Any]:
    return {
        "plan": str(plan.pk),
        "state": plan.state,
        "community": plan.community.code,
        "name": plan.community.name,
        "figures": plan.figures,
        "findings": plan.findings,
        "grids": [
            {
                "number": one.number,
                "code": one.grid.code if one.grid else None,
                "kind": one.kind,
                "households": one.households,
                "dwellings": one.dwellings,
                "residents": one.residents,
                "buildings": len(one.building_ids),
                "area_m2": round(one.area_m2, 1),
                "findings": one.findings,
            }
            for one in plan.grids.select_related("grid")
        ],
    }


def _as_text(plan: Plan) -> str:
    lines = [f"{plan.community.code} {plan.community.name}: {plan.grids.count()} grids, {plan.state}, plan {plan.pk}"]
    for one in plan.grids.select_related("grid"):
        name = one.grid.code if one.grid else f"{one.number:03d}"
        notes = "; ".join(sentence(finding) for finding in one.findings)
        lines.append(
            f"  {name} {one.kind:9} {one.households:5d} households"
            f" {len(one.building_ids):4d} buildings  {notes}".rstrip()
        )
    lines += [f"  ! {sentence(finding)}" for finding in plan.findings]
    return "\n".join(lines)
