"""`manage.py import_data KIND FILE`: what a file would change (dry run), and with --apply: change it."""

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from importers.columns import targets
from importers.forms import GROUND_KINDS
from importers.layers import other_layers
from importers.models import ImportRun, StagedRow
from importers.records import Description, RefusedError, StalePlanError
from importers.remembering import remember
from importers.sentences import ENCODING_REASONS, PLACING_REASONS, reason_text, refusal_sentence, sentence
from importers.services import Choices, fingerprint, look, start
from importers.work import apply_run, check_run

SHOWN_ROWS = 10
ACTIONS = ("created", "changed", "same", "missing", "refused")


class Command(BaseCommand):
    help = "Read a file and show what it would create, change or leave out; --apply writes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[value for value, _label in GROUND_KINDS])
        parser.add_argument("file", type=Path, help="file or folder of a shapefile")
        parser.add_argument("--layer", default="", help="layer of the file (default: the one that fits best)")
        parser.add_argument("--encoding", default="", help="encoding of the text (default: found out)")
        parser.add_argument("--datum", default="", help="wgs84, gcj02, bd09 or EPSG:n (default: stated or found out)")
        parser.add_argument("--map", action="append", default=[], metavar="TARGET=COLUMN[+COLUMN]",
                            help="column of a field; an empty column leaves the field alone")  # fmt: skip
        parser.add_argument("--source", default="", help="name of the source (default: the file's name)")
        parser.add_argument("--group-by", default="", metavar="COLUMN", help="unite rows that agree in this column")
        parser.add_argument("--parent", default="", metavar="CODE[:NAME]", help="region above new regions")
        parser.add_argument("--match", default="", choices=["", "name"],
                            help="know regions of another source by their name below --parent too")  # fmt: skip
        parser.add_argument("--unique-key", action="store_true",
                            help="where rows share their number, take columns that tell them apart")  # fmt: skip
        parser.add_argument("--apply", action="store_true", help="write the rows (default: dry run)")
        parser.add_argument("--deactivate-missing", action="store_true", help="switch off rows the file no longer has")
        parser.add_argument("--strict", action="store_true", help="exit 1 where any row was refused")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["deactivate_missing"] and options["kind"] == ImportRun.Kind.REGIONS:
                raise RefusedError("regions_stay_in_force")
            run = self._checked(options)
            if options["apply"]:
                self._apply(run, options)
        except RefusedError as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": refusal.code, "params": refusal.params}, ensure_ascii=False))
            raise CommandError(refusal_sentence(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(_summary(run), ensure_ascii=False))
        if options["strict"] and run.counts["refused"]:
            raise CommandError(f"{run.counts['refused']} rows refused")

    def _checked(self, options: dict[str, Any]) -> ImportRun:
        path: Path = options["file"].resolve()
        if not path.exists():
            raise RefusedError("file_missing")
        parent, _colon, parent_name = options["parent"].partition(":")
        choices = Choices(
            kind=options["kind"],
            source=options["source"],
            layer=options["layer"],
            encoding=options["encoding"],
            system=options["datum"],
            group_by=options["group_by"],
            parent=parent,
            parent_name=parent_name,
            match=options["match"],
        )
        sha256, size = fingerprint(path)
        run = start(path=path, name=path.name, sha256=sha256, size=size, choices=choices, by=None)
        if options["map"]:
            chosen = _chosen(run, options["map"])
            remember(run, chosen)
            look(run, choices)
            run.save()
        if not options["json"]:
            self._tell_reading(run)
        check_run(run, report=lambda _share: None)
        if options["unique_key"] and (better := run.counts.get("better_key")):
            remember(run, {**run.mapping, "source_ref": better})
            look(run, choices)
            run.save()
            check_run(run, report=lambda _share: None)
        if not options["json"]:
            self._tell_plan(run)
        return run

    def _apply(self, run: ImportRun, options: dict[str, Any]) -> None:
        try:
            apply_run(run, deactivate=options["deactivate_missing"], report=lambda _share: None)
        except StalePlanError:
            words = _(
                "The data changed since the dry run, so the rows were compared again. Look at them and apply once more."
            )
            raise CommandError(words) from None
        if not options["json"]:
            self.stdout.write("applied")

    def _tell_reading(self, run: ImportRun) -> None:
        described, placing = run.description, run.placing
        encoding = described["encoding_reason"]
        self.stdout.write(f"{run.file_name}: {described['reader']}, layer {run.layer or '*'}, source {run.source}")
        self.stdout.write(f"  encoding {described['encoding']}: {ENCODING_REASONS.get(encoding, encoding)}")
        scores = ", ".join(f"{name} {score}" for name, score in placing["scores"])
        self.stdout.write(
            f"  coordinates {placing['system'][:60]}: {PLACING_REASONS[placing['reason']]}"
            + (f" ({scores})" if scores else "")
        )
        if others := other_layers(Description.from_json(described), run.layer):
            self.stdout.write(f"  {sentence(others.code, others.params)}")
        for target, column in run.mapping.items():
            self.stdout.write(f"  {target} ← {column}")

    def _tell_plan(self, run: ImportRun) -> None:
        counts = run.counts
        self.stdout.write(", ".join(f"{counts[action]} {action}" for action in ACTIONS) + f" of {counts['rows']} rows")
        if counts["grids_ending"]:
            self.stdout.write(f"  {sentence('grids_will_end', {'n': counts['grids_ending']})}")
        for note in counts["notes"]:
            self.stdout.write(f"  {sentence(note['code'], note['params'])}")
        if counts.get("better_key"):
            self.stdout.write(f"  {_('to take it:')} --unique-key")
        for region in run.above:
            self.stdout.write(f"  + {region['code']} {region['name']}")
        refused = StagedRow.objects.filter(run=run, action="refused").order_by("row")
        for row in refused[:SHOWN_ROWS]:
            said = "; ".join(reason_text(reason) for reason in row.reasons if reason["weight"] == "refused")
            self.stdout.write(f"  row {row.row}: {said}")
        if counts["refused"] > SHOWN_ROWS:
            self.stdout.write(f"  … and {counts['refused'] - SHOWN_ROWS} more")


def _chosen(run: ImportRun, pairs: list[str]) -> dict[str, str]:
    known = {*targets(run.kind), "source_ref"}
    columns = {column for layer in run.description["layers"] for column in layer["columns"]}
    chosen: dict[str, str] = {}
    for pair in pairs:
        target, equals, column = pair.partition("=")
        if target not in known or not equals:
            raise CommandError(f"--map {pair}: give TARGET=COLUMN with one of {', '.join(sorted(known))}")
        wrong = [part for part in column.split("+") if part and part not in columns]
        if wrong and column not in columns:
            raise RefusedError("column_unknown", column=wrong[0][:80])
        chosen[target] = column
    return chosen


def _summary(run: ImportRun) -> dict[str, Any]:
    refused = StagedRow.objects.filter(run=run, action="refused").values_list("reasons", flat=True)
    codes = Counter(one["code"] for reasons in refused for one in reasons if one["weight"] == "refused")
    return {
        "run": str(run.pk),
        "status": run.status,
        "reader": run.description["reader"],
        "encoding": run.description["encoding"],
        "placing": run.placing,
        "mapping": run.mapping,
        "counts": run.counts,
        "above": run.above,
        "refused_for": dict(codes),
    }
