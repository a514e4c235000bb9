"""Everything is sealed anew while people work; nothing is lost, missed or left behind unsaid."""

import base64
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from pytest_django import Settings

from gridmap.vault import rotation
from gridmap.vault.blind import blind_of
from gridmap.vault.ciphers import HEADER_BYTES, Cipher, header_for
from gridmap.vault.fields import SealedField
from gridmap.vault.keyring import keyring
from gridmap.vault.management.commands import rotate_keys
from gridmap.vault.rotation import Batch, remaining, rotate, sealed_models, witness
from tests.gridmap.vault.people import SEALED, TABLE, Person, Phone, clear_tables, door, lay_tables, revealed, stored
from tests.owner import as_owner

NEW_FIELD = "2:" + base64.b64encode(bytes(range(2, 34))).decode()
NEW_BLIND = "2:" + base64.b64encode(bytes(range(3, 35))).decode()
PEOPLE = 25


@pytest.fixture
def people(db: None) -> list[Person]:
    lay_tables()
    return make_people()


def make_people() -> list[Person]:
    made = [
        Person(note=str(at), name=f"张{at}", id_number=f"11010119900307{at:04d}", health="好" if at % 2 else None)
        for at in range(PEOPLE)
    ]
    return Person.objects.bulk_create(made)


def new_keys(settings: Settings) -> tuple[str, str]:
    """New keys in front of the former ones; returns the former."""
    former = settings.FIELD_KEYS, settings.BLIND_KEYS
    settings.FIELD_KEYS, settings.BLIND_KEYS = f"{NEW_FIELD},{former[0]}", f"{NEW_BLIND},{former[1]}"
    return former


def forget_former_keys(settings: Settings) -> None:
    settings.FIELD_KEYS, settings.BLIND_KEYS = NEW_FIELD, NEW_BLIND


def finish(batches: Iterator[Batch]) -> tuple[int, list[str]]:
    done = list(batches)
    return sum(len(batch.renewed) for batch in done), [key for batch in done for key in batch.unreadable]


def quick(
    model: type[models.Model] = Person, size: int = 7, pause: Callable[[], None] = lambda: None
) -> Iterator[Batch]:
    return rotate(model, size=size, pause=pause)


def check_all(people: list[Person]) -> None:
    """Every value of every person is read and every one is found by their number."""
    found = {one.pk: one for one in Person.objects.all()}
    assert len(found) == len(people)
    for at, person in enumerate(people):
        values = revealed(found[person.pk])
        assert values == {"name": f"张{at}", "id_number": f"11010119900307{at:04d}", "health": "好" if at % 2 else ""}
        marks = blind_of(f"{TABLE}.id_number", values["id_number"])
        assert Person.objects.get(id_number_blind__in=marks).pk == person.pk


def headers() -> set[bytes]:
    return {blob[:HEADER_BYTES] for column in SEALED for blob in stored(column) if blob}


def test_half_rotated_data_is_readable_and_searchable_all_the_way(people: list[Person], settings: Settings) -> None:
    former = new_keys(settings)
    assert remaining(Person) == PEOPLE
    check_all(people)
    left = []
    for _batch in quick():
        check_all(people)
        left.append(remaining(Person))
    assert left == [18, 11, 4, 0]
    forget_former_keys(settings)
    check_all(people)
    assert headers() == {header_for(Cipher.AES, 2)}
    assert not Person.objects.exclude(id_number_blind__startswith="a2.").exists()
    settings.FIELD_KEYS, settings.BLIND_KEYS = former
    with door(), pytest.raises(Exception, match="no key 2"):
        Person.objects.all()[0].name.reveal()


@pytest.mark.parametrize("cipher", ["sm4-gcm", "aes-256-gcm"])
def test_the_cipher_is_changed_in_the_same_way(people: list[Person], settings: Settings, cipher: str) -> None:
    settings.FIELD_CIPHER = "sm4-gcm"
    assert finish(quick()) == (PEOPLE, [])
    assert headers() == {header_for(Cipher.SM4, 1)}
    assert not Person.objects.exclude(id_number_blind__startswith="m1.").exists()
    settings.FIELD_CIPHER = cipher
    assert finish(quick())[0] == (0 if cipher == "sm4-gcm" else PEOPLE)
    check_all(people)


def test_only_marks_are_made_anew_where_only_their_key_changed(people: list[Person], settings: Settings) -> None:
    settings.BLIND_KEYS = f"{NEW_BLIND},{settings.BLIND_KEYS}"
    assert remaining(Person) == PEOPLE
    assert finish(quick()) == (PEOPLE, [])
    settings.BLIND_KEYS = NEW_BLIND
    check_all(people)


def test_nulls_and_empty_values_stay_what_they_are(people: list[Person], settings: Settings) -> None:
    Person.objects.filter(note="3").update(name="", id_number="", id_number_blind="")
    new_keys(settings)
    finish(quick())
    assert Person.objects.filter(health__isnull=True).count() == 13
    person = Person.objects.get(note="3")
    assert not person.name
    assert person.id_number_blind == ""


def test_a_second_rotation_finds_nothing_to_do(people: list[Person], settings: Settings) -> None:
    new_keys(settings)
    finish(quick())
    before = stored()
    assert finish(quick()) == (0, [])
    assert stored() == before


def test_one_that_was_broken_off_goes_on(people: list[Person], settings: Settings) -> None:
    new_keys(settings)
    batches = quick()
    next(batches)
    next(batches)
    batches.close()  # type: ignore[attr-defined]  # a generator
    assert remaining(Person) == PEOPLE - 14
    assert finish(quick()) == (PEOPLE - 14, [])
    check_all(people)


def test_what_no_key_opens_is_told_left_alone_and_stops_nothing(people: list[Person], settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_person SET name = set_byte(name, 20, get_byte(name, 20) # 1) WHERE note = '7'")
        cursor.execute("UPDATE vault_person SET health = '\\x01' WHERE note = '8'")
    broken = [str(people[7].pk), str(people[8].pk)]
    new_keys(settings)
    done, unreadable = finish(quick())
    assert (done, sorted(unreadable)) == (PEOPLE - 2, sorted(broken))
    assert remaining(Person) == 2
    name = Person.objects.get(note="7").name
    with door(), pytest.raises(Exception, match="changed"):
        name.reveal()


def test_a_value_that_came_twice_while_marks_had_two_keys_is_told(
    people: list[Person], settings: Settings, only_people: None
) -> None:
    """A unique index sees no double where one row has the former mark and the other the current one."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX once ON vault_person (id_number_blind) WHERE id_number_blind <> ''")
    former = settings.BLIND_KEYS
    new_keys(settings)
    double = Person.objects.create(name="又", id_number="110101199003070007")
    status, _out, error = run("--batch", 10)
    assert status == 1
    assert error.splitlines() == [
        f"{TABLE} {people[7].pk}: another row has the same value, which is to be there once",
        f"{TABLE}: 1 rows are not under the current keys",
    ]
    assert former not in error
    assert revealed(Person.objects.get(note="7"))["name"] == "张7"
    double.delete()
    assert run()[0] == 0
    check_all(people)


def test_the_platforms_own_secrets_are_rotated_too(people: list[Person], settings: Settings) -> None:
    Phone.objects.create(person=people[0], secret="JBSWY3DP")
    new_keys(settings)
    assert finish(quick(Phone)) == (1, [])
    forget_former_keys(settings)
    assert Phone.objects.get().secret.reveal() == "JBSWY3DP"


def test_row_level_security_hides_nobody_from_it(people: list[Person], settings: Settings) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vault_person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        cursor.execute(
            "CREATE POLICY area ON vault_person USING ('9901' LIKE ANY ((SELECT string_to_array("
            "nullif(current_setting('gridmap.areas', true), ''), ','))::text[]))"
        )
    assert Person.objects.count() == 0
    new_keys(settings)
    with transaction.atomic():
        assert finish(quick()) == (PEOPLE, [])


def test_each_batch_is_told_to_whoever_writes_it_down(
    people: list[Person], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Batch] = []
    monkeypatch.setattr(rotation, "_witnesses", [])
    witness(told.append)
    witness(told.append)
    new_keys(settings)
    finish(quick())
    assert [len(batch.renewed) for batch in told] == [7, 7, 7, 4]
    assert {batch.table for batch in told} == {TABLE}
    assert {key for batch in told for key in batch.renewed} == {str(one.pk) for one in people}


def test_who_cannot_write_it_down_does_not_do_it(
    people: list[Person], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(batch: Batch) -> None:
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(rotation, "_witnesses", [refuse])
    new_keys(settings)
    with pytest.raises(RuntimeError), transaction.atomic():
        finish(quick())
    assert remaining(Person) == PEOPLE


def test_a_row_loaded_before_and_saved_after_does_not_bring_the_former_key_back(
    people: list[Person], settings: Settings
) -> None:
    loaded = Person.objects.get(note="5")
    new_keys(settings)
    finish(quick())
    loaded.note = "late"
    loaded.save()
    assert remaining(Person) == 0
    forget_former_keys(settings)
    found = Person.objects.get(note="late")
    assert revealed(found)["name"] == "张5"
    assert found.id_number_blind == blind_of(f"{TABLE}.id_number", "110101199003070005")[0]


def test_every_sealed_model_of_the_platform_is_known() -> None:
    expected = {
        model._meta.label
        for model in apps.get_models()
        if any(isinstance(one, SealedField) for one in model._meta.get_fields())
    }
    assert {model._meta.label for model in sealed_models()} == expected
    assert "population.Resident" in expected


@pytest.fixture
def only_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate_keys, "sealed_models", lambda: [Person])
    monkeypatch.setattr(rotate_keys, "PAUSE_S", 0)


def run(*arguments: Any) -> tuple[int, str, str]:
    out, error = StringIO(), StringIO()
    try:
        call_command("rotate_keys", *arguments, stdout=out, stderr=error)
    except SystemExit as ending:
        return int(ending.code or 0), out.getvalue(), error.getvalue()
    return 0, out.getvalue(), error.getvalue()


def test_the_command_tells_how_far_it_is(people: list[Person], settings: Settings, only_people: None) -> None:
    status, out, error = run("--check")
    assert (status, error) == (0, "")
    assert "in the database is sealed with the current keys" in out
    assert "Files of exports that were made before are not" in out
    new_keys(settings)
    assert run("--check") == (1, "", f"{TABLE}: {PEOPLE} rows are not under the current keys\n")
    status, out, error = run("--batch", 10)
    assert (status, error) == (0, "")
    assert [line for line in out.splitlines() if ":" in line] == [
        f"{TABLE}: {done} of {PEOPLE}" for done in (10, 20, 25)
    ]
    forget_former_keys(settings)
    assert run("--check")[0] == 0
    check_all(people)


def test_the_command_says_what_is_wrong(people: list[Person], settings: Settings, only_people: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_person SET name = set_byte(name, 20, get_byte(name, 20) # 1) WHERE note = '7'")
    new_keys(settings)
    status, _out, error = run()
    assert status == 1
    assert error.splitlines() == [
        f"{TABLE} {people[7].pk}: no key opens it, or it was changed",
        f"{TABLE}: 1 rows are not under the current keys",
    ]
    for size in (0, 10_001):
        with pytest.raises(CommandError, match="1 to 10000"):
            run("--batch", size)
    settings.FIELD_KEYS = ""
    with pytest.raises(CommandError, match="FIELD_KEYS is not set"):
        run()


@pytest.mark.django_db(transaction=True)
def test_it_runs_beside_the_daily_work(settings: Settings) -> None:
    """Rows that somebody holds are passed by and come back to; others read and write all the while."""
    lay_tables()
    try:
        people = make_people()
        new_keys(settings)
        held, release, faults = threading.Event(), threading.Event(), []

        def hold() -> None:
            try:
                with transaction.atomic():
                    held_person = Person.objects.select_for_update().get(note="3")
                    held.set()
                    release.wait(20)
                    held_person.health = "病"
                    held_person.save()
            except Exception as fault:
                faults.append(fault)
            finally:
                connection.close()

        worker = threading.Thread(target=hold)
        worker.start()
        assert held.wait(10)

        def let_go() -> None:
            release.set()
            worker.join()

        batches = quick(pause=let_go)
        while remaining(Person) > 1:
            next(batches)
            writer = Person.objects.get(note="4")
            writer.name = "张4"
            writer.save()
        assert not release.is_set(), "nobody waited for the row that is held"
        assert finish(batches) == (0, []), "who held the row saved it under the current key"
        assert faults == []
        assert remaining(Person) == 0
        forget_former_keys(settings)
        assert revealed(Person.objects.get(note="3"))["health"] == "病"
        assert {revealed(one)["name"] for one in Person.objects.all()} == {f"张{at}" for at in range(PEOPLE)}
        assert keyring().header == header_for(Cipher.AES, 2)
        assert len(people) == PEOPLE
    finally:
        clear_tables()
