"""`manage.py rotate_keys`: everything sealed under a former key, cipher or mark is made anew while people work."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models

from gridmap.vault.keyring import NoKeyError
from gridmap.vault.rotation import BATCH_ROWS, remaining, rotate, sealed_models

PAUSE_S = 2.0


class Command(BaseCommand):
    help = (
        "Seals all personal values anew with the first key of FIELD_KEYS and BLIND_KEYS; can be broken off and resumed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count rows under former keys; exit 1 if any")
        parser.add_argument("--batch", type=int, default=BATCH_ROWS, help=f"rows in one transaction ({BATCH_ROWS})")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["batch"] <= 10_000:
            raise CommandError("--batch is a number from 1 to 10000")
        try:
            if not options["check"]:
                for model in sealed_models():
                    self._rotate(model, options["batch"])
            left = sum(self._told(model) for model in sealed_models())
        except NoKeyError as error:
            raise CommandError(str(error)) from None
        if left:
            sys.exit(1)
        self.stdout.write(
            "Everything in the database is sealed with the current keys. Files of exports that were made before are "
            "not; they expire within a day; take former keys out after that."
        )

    def _rotate(self, model: type[models.Model], size: int) -> None:
        rows, done = remaining(model), 0
        for batch in rotate(model, pause=lambda: time.sleep(PAUSE_S), size=size):
            done += len(batch.renewed)
            if batch.renewed:
                self.stdout.write(f"{batch.table}: {done} of {rows}")
            for key in batch.unreadable:
                self.stderr.write(f"{batch.table} {key}: no key opens it, or it was changed")
            for key in batch.doubled:
                self.stderr.write(f"{batch.table} {key}: another row has the same value, which is to be there once")

    def _told(self, model: type[models.Model]) -> int:
        left = remaining(model)
        if left:
            self.stderr.write(f"{model._meta.db_table}: {left} rows are not under the current keys")
        return left
