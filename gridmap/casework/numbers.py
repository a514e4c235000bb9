"""Numbers of cases: the day, and how many cases there have been; given once, never again."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

NUMBERS = """
SELECT to_char(day, 'YYYYMMDD') || '-' || lpad(n::text, greatest(6, length(n::text)), '0')
FROM (SELECT day, place, nextval('casework_case_number') AS n
      FROM unnest(%s::date[]) WITH ORDINALITY AS days (day, place)) numbered
ORDER BY place
"""


def next_numbers(days: Sequence[date]) -> list[str]:
    """A fresh number for a case of each of these days, such as 20261122-000123."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [list(days)])
        return [row[0] for row in cursor.fetchall()]


def next_number() -> str:
    """A fresh number for a case of today."""
    return next_numbers([timezone.localdate()])[0]
