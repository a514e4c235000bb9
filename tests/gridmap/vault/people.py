"""A model with sealed fields for the tests of this room, outside the registry of apps so that it needs no migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import uuid4

from django.db import connection, models
from django.test.utils import isolate_apps

from gridmap.vault import ledger
from gridmap.vault.blind import BlindKind
from gridmap.vault.fields import BlindField, SealedField
from gridmap.vault.ledger import Ledger
from gridmap.vault.masks import MaskKind

TABLE = "vault_person"

with isolate_apps("gridmap.vault"):

    class Person(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
        note = models.CharField(max_length=20, blank=True)
        name = SealedField("name", mask=MaskKind.NAME, max_length=20)
        id_number = SealedField("ID number", mask=MaskKind.ID_NUMBER, blank=True)
        id_number_blind = BlindField(source="id_number", kind=BlindKind.ID_NUMBER)
        health = SealedField("health", mask=MaskKind.TEXT, blank=True, null=True)

        class Meta:
            app_label = "vault"
            db_table = TABLE
            ordering: ClassVar = ["note"]

        def __str__(self) -> str:
            return str(self.id)


@contextmanager
def table_of(model: type[models.Model]) -> Iterator[None]:
    """The table of a model for as long as the block lasts."""
    with connection.schema_editor() as editor:
        editor.create_model(model)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(model)


@contextmanager
def door() -> Iterator[Ledger]:
    """A ledger without the rest of a door."""
    with ledger.activate(Ledger()) as active:
        yield active


def revealed(person: Any) -> dict[str, str]:
    """Every sealed value of a person in clear."""
    with door():
        return {name: getattr(person, name).reveal() for name in ("name", "id_number", "health")}
