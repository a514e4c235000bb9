"""Imports and remembered columns leave traces; what stands in the files does not: its rows do, where they are written."""

from typing import ClassVar

from django.db import migrations

WATCH = """
SELECT traces_watch('importers_importrun', '-description', '-samples');
SELECT traces_watch('importers_columnmapping');
"""
UNWATCH = "SELECT traces_unwatch('importers_importrun'), traces_unwatch('importers_columnmapping');"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("importers", "0002_columns_by_area"), ("traces", "0001_entries")]
    operations: ClassVar = [migrations.RunSQL(WATCH, UNWATCH)]
