"""Emptying the table of cases waits for a fold that is under way: what it adds is taken away with the rest."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

bins = import_module("gridmap.casework.migrations.0003_bins")
before = import_module("gridmap.casework.migrations.0005_private")

FORMERLY = before.without_private(before.function(bins.BINS, "casework_count"))
EMPTIED = "DELETE FROM casework_binchange;"
LOCKED = FORMERLY.replace(
    EMPTIED, f"PERFORM pg_advisory_xact_lock(hashtext('gridmap.casework.fold'));\n        {EMPTIED}"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0005_private")]
    operations: ClassVar = [migrations.RunSQL(LOCKED, FORMERLY)]
