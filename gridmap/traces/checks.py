"""What the database cannot say by itself: that its policies would be slow."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning
from django.db import connections

#: By name: the types do not exist before the first migration brings PostGIS.
IS_LEAKPROOF = """
SELECT proleakproof FROM pg_proc
WHERE proname = 'geometry_overlaps' AND pg_get_function_identity_arguments(oid) LIKE '%geometry, %geometry'
"""


def policies_use_indexes(
    app_configs: Sequence[AppConfig] | None, *, databases: Sequence[str] | None = None, **_more: Any
) -> list[CheckMessage]:
    """Without LEAKPROOF every map question to a table of people reads all its rows. Asks the database."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(IS_LEAKPROOF)
            row = cursor.fetchone()
        if row is not None and not row[0]:
            hint = "Let a superuser run: ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;"
            message = "Row-level security keeps spatial indexes from being used."
            found.append(Warning(message, hint=f"{hint} Again after every upgrade of PostGIS.", id="traces.W001"))
    return found
