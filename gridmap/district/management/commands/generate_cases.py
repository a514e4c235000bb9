"""`manage.py generate_cases`: invented cases in the generated district that is there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gridmap.district.casebook import settle_cases


class Command(BaseCommand):
    help = "Invents cases of the three networks in the generated district, most of them closed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many")
        parser.add_argument("--seed", type=int, default=7, help="the same seed invents the same cases (default 7)")
        parser.add_argument("--days", type=int, default=90, help="of so many days until now (default 90)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"] < 1 or options["days"] < 1:
            raise CommandError("At least one case of at least one day.")
        count = settle_cases(count=options["count"], now=timezone.now(), seed=options["seed"], days=options["days"])
        if not count:
            raise CommandError("There is no generated district; ./run manage generate_district makes one.")
        self.stdout.write(f"Generated (not real): {count} cases.")
