"""A model with sealed fields for the tests of this room, outside the registry of apps so that it needs no migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import connection, models
from django.test.utils import isolate_apps

from gridmap.vault import ledger
from gridmap.vault.blind import BlindKind
from gridmap.vault.fields import BlindField, SealedField
from gridmap.vault.ledger import Ledger
from gridmap.vault.masks import MaskKind
from tests.owner import as_owner

TABLE = "vault_person"
SEALED = ("name", "id_number", "health")

with isolate_apps("gridmap.vault"):

    class Person(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
        note = models.CharField(max_length=20, blank=True)
        name = SealedField("name", mask=MaskKind.NAME, max_length=20)
        id_number = SealedField("ID number", mask=MaskKind.ID_NUMBER, blank=True)
        id_number_blind = BlindField(source="id_number", kind=BlindKind.ID_NUMBER)
        health = SealedField("health", mask=MaskKind.TEXT, blank=True, null=True)

        objects: "ClassVar[models.Manager[Person]]" = models.Manager()

        class Meta:
            app_label = "vault"
            db_table = TABLE
            ordering: ClassVar = ["note"]

        def __str__(self) -> str:
            return str(self.id)

    class Phone(models.Model):
        """The secret of a telephone: the platform's own, nobody's personal data."""

        person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE)
        secret = SealedField("secret", mask=MaskKind.TEXT, noted=False)

        objects: "ClassVar[models.Manager[Phone]]" = models.Manager()

        class Meta:
            app_label = "vault"
            db_table = "vault_phone"

        def __str__(self) -> str:
            return str(self.pk)


def lay_tables() -> None:
    """Tables of the models for the transaction of a test, and the application's rights in them."""
    with as_owner(), connection.schema_editor() as editor:
        for model in (Person, Phone):
            editor.create_model(model)
            editor.execute(f'GRANT ALL ON {model._meta.db_table} TO "{settings.APP_DATABASE_ROLE}"')


def clear_tables() -> None:
    """The tables go, where no rollback takes them."""
    with as_owner(), connection.schema_editor() as editor:
        for model in (Phone, Person):
            editor.delete_model(model)


@contextmanager
def door() -> Iterator[Ledger]:
    """A ledger without the rest of a door."""
    with ledger.activate(Ledger()) as active:
        yield active


def revealed(person: Any) -> dict[str, str]:
    """Every sealed value of a person in clear."""
    with door():
        return {name: getattr(person, name).reveal() if getattr(person, name) else "" for name in SEALED}


def stored(column: str = "name", table: str = TABLE) -> list[bytes]:
    """What the database holds in a column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY 1")  # noqa: S608
        return [bytes(value or b"") for (value,) in cursor.fetchall()]
