"""Refusals of who is not signed in: counted as they happen, told in the trail minute by minute."""

from django.db import connection

#: Addresses of one minute that get an entry of their own; the others share one.
MOST_ADDRESSES = 100


def count_refusal(*, address: str, route: str, status: int, method: str, path: str) -> None:
    """Count one more; `path` is kept of the first of a minute, address, route and status."""
    values = [text.replace("\0", "") for text in (address, route, method, path)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT traces_count_refusal(%s, %s, %s, %s, %s)", [*values[:2], status, *values[2:]])


def tell_refusals() -> int:
    """Write down what was counted in minutes that are over; returns how many entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT traces_tell_refusals(%s)", [MOST_ADDRESSES])
        return int(cursor.fetchone()[0])
