"""Figures for the database's planner, after a bulk load by a role that owns no table."""

from django.db import connection


def analyze(*tables: str) -> None:
    """Bring the planner's figures of these tables up to date, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gridmap_analyze(VARIADIC %s::regclass[])", [list(tables)])
