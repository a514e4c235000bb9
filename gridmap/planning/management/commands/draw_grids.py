"""`manage.py draw_grids`: the main job from the command line."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridmap.jobs.services import JobRefusedError
from gridmap.partition import SizeRule
from gridmap.planning.ground import communities_under, size_rule
from gridmap.planning.models import Plan
from gridmap.planning.wording import sentence
from gridmap.planning.work import Order, draw_all
from gridmap.territory.models import Region


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
        outcomes = draw_all(
            communities=communities,
            order=Order(rule=_rule(options), seed=options["seed"], adopt=options["adopt"]),
            report=_silent,
        )
        refused = 0
        for outcome in outcomes:
            if outcome.plan:
                text = _as_json(outcome.plan) if options["json"] else _as_text(outcome.plan)
                self.stdout.write(json.dumps(text, ensure_ascii=False) if options["json"] else str(text))
            if outcome.refusal:
                refused += 1
                self.stderr.write(f"{outcome.community.code} {outcome.community.name}: {outcome.refusal}")
        if refused:
            raise CommandError(f"{refused} of {len(communities)} communities refused")


def _silent(share: float, name: str) -> None:
    """Plans are printed as they are ready; that is progress enough for a terminal."""


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
