"""`manage.py seed_tiles`: draw the pyramid of the map's tiles ahead, now or as a job."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from layers.cuts.cut import MAX_ZOOM
from layers.revisions import scoped_sets, tile_sets
from layers.seeding import DEEPEST, ROOT, seed
from layers.seeding_job import enqueue_seeding


class Command(BaseCommand):
    help = "Draws the tiles of the map ahead: of sets that are the same for everyone, or of any set for an area."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--set", action="append", choices=sorted(tile_sets()), help="may be repeated")
        parser.add_argument("--area", action="append", help="code prefix of who looks (everywhere); may be repeated")
        parser.add_argument("--deepest", type=int, default=DEEPEST, choices=range(ROOT, MAX_ZOOM + 1), metavar="ZOOM")
        parser.add_argument("--queue", action="store_true", help="put it in the queue of the worker instead")

    def handle(self, *_args: Any, **options: Any) -> None:
        names = options["set"] or sorted(set(tile_sets()) - scoped_sets())
        areas = sorted(options["area"] or [""])
        if options["queue"]:
            job = enqueue_seeding(names=names, areas=areas, by=None, deepest=options["deepest"])
            self.stdout.write(f"job {job.pk}")
            return
        for name in names:
            began = time.perf_counter()
            done = seed(name, areas, lambda share, drawn: None, deepest=options["deepest"])  # noqa: ARG005
            seconds = time.perf_counter() - began
            self.stdout.write(
                f"{name}: {done.drawn} tiles drawn ({done.bytes / 1e6:.1f} MB), {done.present} were there,"
                f" {seconds:.1f} s{'; the map changed meanwhile' if done.stale else ''}"
            )
