"""Forms, checks and migrations know sealed fields as they know any other."""

from uuid import uuid4

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from gridmap.vault.blind import BlindKind, blind_of
from gridmap.vault.ciphers import WrongPlaceError
from gridmap.vault.fields import BlindField, SealedField
from gridmap.vault.masks import PLACEHOLDER, MaskKind
from tests.gridmap.vault.people import TABLE, Person, Phone, lay_tables, revealed

ZHANG = {"name": "张三丰", "id_number": "11010119900307123X", "health": "糖尿病"}
SEARCHED = f"{TABLE}.id_number"


@pytest.fixture(autouse=True)
def _tables(db: None) -> None:
    lay_tables()


@pytest.fixture
def zhang() -> Person:
    return Person.objects.create(**ZHANG)


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Person
        fields = ("name", "id_number", "health")


def test_a_form_takes_text_and_shows_none(zhang: Person) -> None:
    form = PersonForm(instance=zhang)
    html = str(form)
    assert not any(text in html for text in ZHANG.values())
    assert f'value="{PLACEHOLDER}"' in html
    assert 'maxlength="20"' in html
    form = PersonForm({"name": " 李四 ", "id_number": PLACEHOLDER, "health": ""}, instance=Person.objects.get())
    assert form.changed_data == ["name", "health"]
    assert form.is_valid(), form.errors
    form.save()
    assert revealed(Person.objects.get()) == {"name": "李四", "id_number": ZHANG["id_number"], "health": ""}


def test_a_form_says_what_is_wrong(zhang: Person) -> None:
    form = PersonForm({"name": "", "id_number": "110***********1234", "health": "长期卧床"})
    assert not form.is_valid()
    assert set(form.errors) == {"name", "id_number"}
    assert form.errors.as_data()["id_number"][0].code == "masked"
    assert not PersonForm({"name": "张" * 21}).is_valid()
    assert not PersonForm({"name": PLACEHOLDER}).is_valid(), "nothing to leave as it is"


def test_full_clean_knows_blank_and_length() -> None:
    Person(**ZHANG).full_clean()
    with pytest.raises(ValidationError) as caught:
        Person(name="").full_clean()
    assert set(caught.value.message_dict) == {"name"}
    with pytest.raises(ValidationError) as caught:
        Person(name="张" * 21).full_clean()
    assert caught.value.error_dict["name"][0].code == "max_length"


@pytest.mark.parametrize("name", ["name", "id_number", "id_number_blind", "health"])
def test_a_migration_makes_the_same_field(name: str) -> None:
    field = Person._meta.get_field(name)
    assert isinstance(field, SealedField | BlindField)
    _name, path, args, kwargs = field.deconstruct()
    again = (SealedField if isinstance(field, SealedField) else BlindField)(*args, **kwargs)
    assert path == f"gridmap.vault.fields.{type(field).__name__}"
    assert again.deconstruct()[1:] == field.deconstruct()[1:]
    assert type(field).__name__ in MigrationWriter.serialize(field)[0]
    assert field.db_type(connection) == ("bytea" if isinstance(field, SealedField) else "character varying(32)")


def test_a_mark_has_one_index() -> None:
    """Django gives a varchar a second one, for LIKE."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = %s AND indexdef LIKE '%%blind%%'", [TABLE])
        assert cursor.fetchone()[0] == 1


@isolate_apps("gridmap.vault")
def test_models_that_cannot_hold_sealed_values_are_named_by_the_checks() -> None:
    class Counted(models.Model):  # noqa: DJ008
        name = SealedField(mask="name")

        class Meta:
            app_label = "vault"

    class Late(models.Model):  # noqa: DJ008
        name = SealedField(mask="name")
        id = models.UUIDField(primary_key=True, default=uuid4)

        class Meta:
            app_label = "vault"

    class Blind(models.Model):  # noqa: DJ008
        id = models.UUIDField(primary_key=True, default=uuid4)
        plain = models.TextField()
        plain_blind = BlindField(source="plain", kind=BlindKind.NAME)
        other_blind = BlindField(source="other", kind=BlindKind.NAME)

        class Meta:
            app_label = "vault"

    found = {model: sorted(one.id or "" for one in model.check()) for model in (Counted, Late, Blind, Person, Phone)}
    assert found == {
        Counted: ["vault.E001"],
        Late: ["vault.E002"],
        Blind: ["vault.E003", "vault.E003"],
        Person: [],
        Phone: [],
    }
    with pytest.raises(WrongPlaceError, match="made in Python"):
        Counted._meta.get_field("name").get_prep_value(Counted(name="张三").name)


@isolate_apps("gridmap.vault")
def test_fields_of_an_abstract_model_belong_to_each_table() -> None:
    class Somebody(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4)
        name = SealedField(mask="name")
        name_blind = BlindField(source="name", kind=BlindKind.NAME)

        class Meta:
            abstract = True

    class Worker(Somebody):  # noqa: DJ008
        class Meta:
            app_label = "vault"

    class Guest(Somebody):  # noqa: DJ008
        class Meta:
            app_label = "vault"

    assert Worker(name="张三").name_blind != Guest(name="张三").name_blind
    assert blind_of("vault_worker.name", "张三")[0] == Worker(name="张三").name_blind
    assert repr(Guest(name="张三").name) == "<Sealed vault_guest.name>"


def test_every_kind_of_mask_is_one_of_the_field() -> None:
    for kind in MaskKind:
        assert SealedField(mask=kind.value).mask is kind
    with pytest.raises(ValueError, match="shoe_size"):
        SealedField(mask="shoe_size")
