"""`manage.py import_people FILE`: what a list of people would change (dry run, masked), and with --apply: change it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.traces.actor import named
from importers.columns import targets
from importers.forms import LIST_KINDS
from importers.lists.bringing import bring_list
from importers.lists.models import ListRow
from importers.lists.rows import list_door
from importers.lists.sentences import label_of_field
from importers.lists.showing import page_of
from importers.models import ImportRun
from importers.records import RefusedError, StalePlanError
from importers.remembering import remember
from importers.sentences import refusal_sentence
from importers.services import Choices, look
from importers.work import apply_run, check_run

SHOWN_ROWS = 10
TOLD = (ListRow.Action.REFUSED, ListRow.Action.WAITING, ListRow.Action.CONFLICT, ListRow.Action.CHANGED)


class Command(BaseCommand):
    help = "Read a list of people and show, masked, what it would create or change; --apply writes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX or CSV with a row of headings")
        parser.add_argument("--kind", required=True, choices=[value for value, _label in LIST_KINDS])
        parser.add_argument("--source", required=True, help="department that keeps the list")
        parser.add_argument("--area", required=True, help="code of the county, street or community")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who brings it; their right is asked for")
        parser.add_argument("--layer", default="", help="sheet (default: the one that fits best)")
        parser.add_argument("--encoding", default="", help="encoding of the text (default: found out)")
        parser.add_argument("--map", action="append", default=[], metavar="TARGET=COLUMN",
                            help="column of a field; an empty column leaves the field alone")  # fmt: skip
        parser.add_argument("--apply", action="store_true", help="write the rows (default: dry run)")
        parser.add_argument("--end-missing", action="store_true", help="end what the list no longer has")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line: counts, no rows")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(_("There is no such person."))
        try:
            with named(f"command:import_people user:{by.pk}"):
                self._bring(options, by)
        except RefusedError as refusal:
            raise CommandError(refusal_sentence(refusal)) from None
        except StalePlanError:
            raise CommandError(_("The data changed since the dry run; run the command once more.")) from None

    def _bring(self, options: dict[str, Any], by: User) -> None:
        choices = Choices(
            kind=options["kind"],
            source=options["source"],
            area=options["area"],
            layer=options["layer"],
            encoding=options["encoding"],
        )
        run = bring_list(path=options["file"], choices=choices, by=by)
        if options["map"]:
            remember(run, _chosen(run, options["map"]))
            look(run, choices)
            run.save()
        check_run(run, report=lambda _share: None)
        if not options["json"]:
            self._tell(run, by)
        if options["apply"]:
            apply_run(run, deactivate=options["end_missing"], report=lambda _share: None)
        if options["json"]:
            counts = {name: value for name, value in run.counts.items() if isinstance(value, int)}
            self.stdout.write(json.dumps({"run": str(run.pk), "status": run.status, "counts": counts}))
        elif options["apply"]:
            self.stdout.write("applied")

    def _tell(self, run: ImportRun, by: User) -> None:
        for target, column in run.mapping.items():
            self.stdout.write(f"  {label_of_field(target)} ← {column}")
        counts = run.counts
        self.stdout.write(", ".join(f"{counts.get(action, 0)} {action}" for action in ListRow.Action.values))
        places = (ListRow.State.MATCHED, ListRow.State.AMBIGUOUS, ListRow.State.UNMATCHED)
        self.stdout.write(", ".join(f"{counts[f'place_{state}']} {state}" for state in places))
        with list_door(run, "look", by=by):
            for action in TOLD:
                for one in page_of(run, action, None).shown[:SHOWN_ROWS]:
                    said = [f"{label} {text}" for label, text in one.values[:3]]
                    why = [*one.reasons, *one.changes, *one.conflicts]
                    self.stdout.write(f"  {action} {one.row.row}: {' · '.join(said)} — {'; '.join(why)}")


def _chosen(run: ImportRun, pairs: list[str]) -> dict[str, str]:
    columns = {column for layer in run.description["layers"] for column in layer["columns"]}
    chosen = {}
    for pair in pairs:
        target, equals, column = pair.partition("=")
        if target not in targets(run.kind) or not equals:
            raise CommandError(f"--map {pair}: give TARGET=COLUMN with one of {', '.join(targets(run.kind))}")
        if column and column not in columns:
            raise RefusedError("column_unknown", column=column[:80])
        chosen[target] = column
    return chosen
