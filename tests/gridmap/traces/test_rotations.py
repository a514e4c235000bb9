"""Who changes the keys is written down, batch by batch."""

import base64

import pytest
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import SecondFactor, User
from gridmap.traces.models import Entry
from gridmap.vault.ciphers import UnknownKeyError
from gridmap.vault.rotation import remaining, rotate
from tests.owner import as_owner

NEW_KEY = "2:" + base64.b64encode(bytes(range(2, 34))).decode()
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def factors(db: None) -> list[SecondFactor]:
    people = [User.objects.create_user(f"person-{number}", name=f"person {number}") for number in range(3)]
    return [SecondFactor.objects.create(person=person, secret=SECRET, created_at=timezone.now()) for person in people]


def test_every_batch_of_a_rotation_leaves_an_entry(factors: list[SecondFactor], settings: Settings) -> None:
    settings.FIELD_KEYS = f"{NEW_KEY},{settings.FIELD_KEYS}"
    list(rotate(SecondFactor, pause=lambda: None, size=2))
    assert remaining(SecondFactor) == 0
    with as_owner():
        entries = list(Entry.objects.filter(kind="rotate").order_by("pk"))
    assert [len(entry.detail["rows"]) for entry in entries] == [2, 1]
    assert {row for entry in entries for row in entry.detail["rows"]} == {str(factor.pk) for factor in factors}
    assert {entry.table_name for entry in entries} == {SecondFactor._meta.db_table}
    assert not any(SECRET in str(entry.detail) for entry in entries)


def test_secrets_open_with_the_new_key_alone(factors: list[SecondFactor], settings: Settings) -> None:
    before = SecondFactor.objects.get(pk=factors[0].pk)
    former = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{NEW_KEY},{former}"
    list(rotate(SecondFactor, pause=lambda: None))
    settings.FIELD_KEYS = NEW_KEY
    assert {factor.secret.reveal() for factor in SecondFactor.objects.all()} == {SECRET}
    with pytest.raises(UnknownKeyError):
        before.secret.reveal()
