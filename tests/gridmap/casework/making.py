"""Cases of the tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point

from gridmap.casework.defaults import write_missing_categories
from gridmap.casework.models import Case, Category
from tests.cast import COMMUNITIES, centre_of

REPORTED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def category(code: str = "C-E01-02") -> Category:
    """One of the shipped classes; tests that empty the database find them as well."""
    if not Category.objects.filter(code=code).exists():
        write_missing_categories()
    return Category.objects.get(code=code)


def make_case(code: str = "C-E01-02", *, at: Point | None = None, **values: Any) -> Case:
    """A case of the class with this code, open and due long after the tests unless told otherwise."""
    of = category(code)
    reported = values.pop("reported_at", REPORTED)
    given = {"network": of.network, "due_at": reported + timedelta(days=36_500)} | values
    case = Case.objects.create(category=of, reported_at=reported, geom=at or centre_of(COMMUNITIES[0]), **given)
    case.refresh_from_db()
    return case


def close(case: Case, *, after: timedelta = timedelta(hours=3)) -> None:
    """Close it."""
    case.stage, case.closed_at = Case.Stage.CLOSED, case.reported_at + after
    case.save(update_fields=["stage", "closed_at"])
    case.refresh_from_db()
