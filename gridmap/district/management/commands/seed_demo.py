"""`manage.py seed_demo`: a district, its grids, people and cases, where the database is still empty."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from gridmap.casework.models import Case
from gridmap.district.casebook import settle_cases
from gridmap.district.cast import demo_password, open_accounts
from gridmap.district.inhabitants import settle_people
from gridmap.planning.ground import size_rule
from gridmap.planning.terms import Terms
from gridmap.planning.work import Order, draw_all
from gridmap.population.models import BuildingCount
from gridmap.territory.models import GridEdition, Region

#: Of ninety days: about what a town of that size has.
CASES = 4000


class Command(BaseCommand):
    help = "Fills an empty database with the generated district, its grids, invented residents and cases, and accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        if not Region.objects.exists():
            call_command("generate_district", stdout=self.stdout)
        if not GridEdition.objects.in_force().exists():
            self._draw()
        if not BuildingCount.objects.exists():
            count = settle_people(today=timezone.localdate())
            self.stdout.write(f"Invented residents recorded: {count}")
        if not Case.objects.exists():
            count = settle_cases(count=CASES, now=timezone.now())
            self.stdout.write(f"Invented cases recorded: {count}")
        open_accounts(password=demo_password(settings.VAR_DIR), today=timezone.localdate())

    def _draw(self) -> None:
        communities = list(Region.objects.communities().with_boundary())
        order = Order(Terms(size_rule(), effort="quick"), adopt=True)
        for outcome in draw_all(communities=communities, order=order, report=_no_report):
            if outcome.plan is None or outcome.refusal:
                raise CommandError(f"{outcome.community}: {outcome.refusal}")
            self.stdout.write(f"{outcome.community.code} {outcome.community}: {outcome.plan.figures['grids']} grids")
            self.stdout.flush()


def _no_report(share: float, name: str, score: float | None) -> bool:
    """Each community is printed when it is done."""
    return True
