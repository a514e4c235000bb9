"""Who a test is to the database: the application's role, and where it must be, the owner of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper


def wear_application_role(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """From here on this connection has the rights of the application alone."""
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{settings.APP_DATABASE_ROLE}"')


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside, the connection has the rights of the owner of the tables."""
    with default.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    try:
        yield
    finally:
        if not default.needs_rollback:
            wear_application_role(connection=default)
