"""`manage.py generate_district`: a believable Chinese district from a seed and a size."""

from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gridmap.district.casebook import settle_cases
from gridmap.district.export import write_files
from gridmap.district.list_files import write_lists
from gridmap.district.lists import make_lists
from gridmap.district.services import DistrictRefusedError, load_streets
from gridmap.district.synth import generate, open_district


class Command(BaseCommand):
    help = "Generates a district and writes it to the database, or with --export to files for the importer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same district (default 1)")
        parser.add_argument(
            "--households", type=int, help="resident households of a city; without it the small county town"
        )
        parser.add_argument("--replace", action="store_true", help="put it in the place of a generated district")
        parser.add_argument(
            "--cases", type=int, default=0, help="invent so many cases in it, without grids of their day"
        )
        parser.add_argument("--export", type=Path, metavar="DIR", help="write files there instead of the database")
        parser.add_argument(
            "--lists",
            type=Path,
            metavar="DIR",
            help="write there the invented people of the same district as four departments list them, with the truth",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["export"] or options["lists"]:
                self._export(options)
            else:
                self._load(options)
        except (DistrictRefusedError, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as trouble:
            raise CommandError(f"{trouble.filename}: {trouble.strerror}") from trouble

    def _load(self, options: dict[str, Any]) -> None:
        regions, ground, streets = open_district(seed=options["seed"], households=options["households"])
        buildings, households = load_streets(regions, ground, streets, at=timezone.now(), replace=options["replace"])
        self.stdout.write(f"Generated (not real): {buildings} buildings, {households} resident households.")
        if options["cases"]:
            cases = settle_cases(count=options["cases"], now=timezone.now(), seed=options["seed"])
            self.stdout.write(f"Generated (not real): {cases} cases.")

    def _export(self, options: dict[str, Any]) -> None:
        district = generate(seed=options["seed"], households=options["households"])
        if options["export"]:
            for path, rows in write_files(district, options["export"]):
                self.stdout.write(f"{path.name}: {rows} rows")
        if options["lists"]:
            rng = np.random.default_rng(options["seed"])
            sources = make_lists(district, rng, today=timezone.localdate())
            for path, rows in write_lists(sources, options["lists"]):
                self.stdout.write(f"{path.name}: {rows} rows")
