"""The second lock: rows of special records exist only where this is opened inside a door to people's data."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

FORMER = "SELECT coalesce(current_setting('gridmap.special', true), '')"
SET = "SELECT set_config('gridmap.special', %s, true)"


@contextmanager
def special_rows() -> Iterator[None]:
    """Inside, special records of the areas of the door around it exist; an error undoes what was written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORMER)
        (former,) = cursor.fetchone()
        cursor.execute(SET, ["on"])
        yield
        cursor.execute(SET, [former])  # an outer transaction goes on without; a rollback restores it by itself
