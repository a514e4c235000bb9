"""A sealed field through everything that Django does with a field: it stores ciphertext, gives `Sealed`, and says so
loudly where a text would be stored or compared."""

import copy
import json
import pickle
from uuid import UUID, uuid4

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext, isolate_apps
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ModelSerializer

from gridmap.accounts.models import SecondFactor
from gridmap.vault.blind import BlindKind, blind_of
from gridmap.vault.ciphers import TamperedError, WrongPlaceError
from gridmap.vault.fields import BlindField, MaskedValueError, SealedField
from gridmap.vault.ledger import OutsideDoorError
from gridmap.vault.masks import PLACEHOLDER, MaskKind
from gridmap.vault.sealed import Sealed
from tests.gridmap.vault.people import TABLE, Person, Phone, door, lay_tables, revealed, stored

ZHANG = {"name": "张三丰", "id_number": "11010119900307123X", "health": "糖尿病"}
SEARCHED = f"{TABLE}.id_number"


@pytest.fixture(autouse=True)
def _tables(db: None) -> None:
    lay_tables()


@pytest.fixture
def zhang() -> Person:
    return Person.objects.create(**ZHANG)


def test_the_database_holds_no_text(zhang: Person) -> None:
    for column, text in ZHANG.items():
        [blob] = stored(column)
        assert text.encode() not in blob
        assert len(blob) == 30 + len(text.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT vault_person::text FROM vault_person")
        row = cursor.fetchone()[0]
    assert not any(text in row or text.encode().hex() in row for text in ZHANG.values())


def test_no_text_reaches_the_log_of_statements() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        person = Person.objects.create(**ZHANG)
        person.name = "李四"
        person.save()
        list(Person.objects.filter(id_number_blind__in=blind_of(SEARCHED, ZHANG["id_number"])))
    said = json.dumps(queries.captured_queries, ensure_ascii=False)
    for text in (*ZHANG.values(), "李四"):
        assert text not in said
        assert text.encode().hex() not in said


def test_a_value_is_opened_masked_or_clear_and_noted_so(zhang: Person) -> None:
    found = Person.objects.get()
    with door() as active:
        assert found.name.mask() == "张**"
        assert found.id_number.reveal() == ZHANG["id_number"]
    assert active.summary() == [
        {"table": TABLE, "masked": ["name"], "clear": ["id_number"], "rows": [str(zhang.pk)]},
    ]


@pytest.mark.parametrize("name", ZHANG)
def test_outside_a_door_nothing_opens(zhang: Person, name: str) -> None:
    for person in (zhang, Person.objects.get(), Person(**ZHANG)):
        with pytest.raises(OutsideDoorError):
            getattr(person, name).reveal()
        with pytest.raises(OutsideDoorError):
            getattr(person, name).mask()


def test_nothing_shows_the_text_by_accident(zhang: Person) -> None:
    unsaved = Person(**ZHANG)
    for person in (zhang, Person.objects.get(), unsaved):
        for name, text in ZHANG.items():
            value = getattr(person, name)
            template = Template("{{ person.name }}{{ person.id_number|default:'-' }}{{ person.health|upper }}")
            ways = [str(value), repr(value), f"{value}", f"{value:>9}", f"{value!r}", "%s" % value, f"{[value]}"]  # noqa: UP031
            ways += [template.render(Context({"person": person})), str(vars(person)), repr(person)]
            assert not any(text in way for way in ways)
            assert str(value) == PLACEHOLDER


def test_nothing_is_serialised(zhang: Person) -> None:
    class Whole(ModelSerializer):  # type: ignore[type-arg]  # not generic at run time
        class Meta:
            model = Person
            fields = "__all__"

    for attempt in (
        lambda: json.dumps(zhang.name),
        lambda: json.dumps(zhang.name, cls=DjangoJSONEncoder),
        lambda: JSONRenderer().render({"name": zhang.name}),
        lambda: JSONRenderer().render(Person.objects.values("name").get()),
        lambda: Whole(zhang).data,
        lambda: serializers.serialize("json", [zhang]),
        lambda: pickle.dumps(zhang.name),
        lambda: pickle.dumps(zhang),
        lambda: pickle.dumps(list(Person.objects.all())),
    ):
        with pytest.raises(TypeError):
            attempt()


def test_an_empty_value_is_falsy_needs_no_door_and_stays_empty() -> None:
    person = Person.objects.create(name="张三")
    for one in (person, Person.objects.get()):
        assert not one.id_number
        assert (str(one.id_number), one.id_number.mask(), one.id_number.reveal()) == ("", "", "")
        assert one.id_number == ""
        assert one.id_number_blind == ""
        assert one.health is not None
        assert not one.health
    assert stored("id_number") == [b""]
    assert Person.objects.filter(health__isnull=True, id_number="").exists()
    person.name = ""
    person.save()
    assert stored() == [b""]


def test_a_comparison_to_a_text_is_an_error_and_not_silently_false(zhang: Person) -> None:
    with pytest.raises(TypeError, match="mark"):
        assert zhang.name == ZHANG["name"]
    with pytest.raises(TypeError):
        assert zhang.name in ["李四"]
    assert zhang.name != ""
    assert zhang.name is not None
    assert zhang.name != Person.objects.get().name
    assert len({zhang.name, zhang.name}) == 1


@pytest.mark.parametrize(
    ("values", "column"),
    [({"name": "张*"}, "name"), ({"name": "张三", "id_number": "110***********1234"}, "id_number")],
)
def test_a_masked_value_is_not_taken_for_data(values: dict[str, str], column: str) -> None:
    with pytest.raises(MaskedValueError) as caught:
        Person(**values)
    assert isinstance(caught.value, ValidationError)
    assert values[column] not in str(caught.value)


def test_bytes_and_numbers_are_no_text(zhang: Person) -> None:
    for value in (b"\x01\x01", 13812345678, ["张三"]):
        with pytest.raises(TypeError):
            zhang.name = value  # type: ignore[assignment]


def test_bulk_create() -> None:
    people = Person.objects.bulk_create(Person(name=f"张{number}", note=str(number)) for number in range(20))
    assert len(set(stored())) == 20
    for number, person in enumerate(people):
        assert revealed(person)["name"] == f"张{number}"
        assert revealed(Person.objects.get(pk=person.pk))["name"] == f"张{number}"


def test_bulk_update(zhang: Person) -> None:
    other = Person.objects.create(name="李四", id_number="22")
    zhang.name, zhang.id_number = "张无忌", "33"
    other.name = ""
    assert Person.objects.bulk_update([zhang, other], ["name", "id_number", "id_number_blind"]) == 2
    assert revealed(Person.objects.get(pk=zhang.pk)) == {"name": "张无忌", "id_number": "33", "health": "糖尿病"}
    assert revealed(Person.objects.get(pk=other.pk))["name"] == ""
    assert Person.objects.get(id_number_blind__in=blind_of(SEARCHED, "33")) == zhang
    assert Person.objects.get(id_number_blind__in=blind_of(SEARCHED, "22")) == other
    assert not Person.objects.filter(id_number_blind__in=blind_of(SEARCHED, ZHANG["id_number"])).exists()


def test_bulk_update_without_the_marks_is_refused(zhang: Person) -> None:
    zhang.id_number = "33"
    with pytest.raises(FieldError, match="id_number_blind"):
        Person.objects.bulk_update([zhang], ["id_number"])


def test_update_or_create_and_get_or_create(zhang: Person) -> None:
    marks = blind_of(SEARCHED, ZHANG["id_number"])
    person, made = Person.objects.update_or_create(
        id_number_blind__in=marks, defaults={"name": "张翠山", "id_number": "44"}
    )
    assert (person.pk, made) == (zhang.pk, False)
    found = Person.objects.get(id_number_blind__in=blind_of(SEARCHED, "44"))
    assert revealed(found)["name"] == "张翠山"
    new, made = Person.objects.get_or_create(pk=uuid4(), defaults={"name": "李四"})
    assert made
    assert revealed(Person.objects.get(pk=new.pk))["name"] == "李四"


def test_save_of_some_fields(zhang: Person) -> None:
    zhang.name = "张翠山"
    zhang.save(update_fields=["name"])
    assert revealed(Person.objects.get()) == {**ZHANG, "name": "张翠山"}
    zhang.id_number = "55"
    with pytest.raises(FieldError, match="id_number_blind"):
        zhang.save(update_fields=["id_number"])
    zhang.id_number = ""
    with pytest.raises(FieldError, match="id_number_blind"):
        zhang.save(update_fields=["id_number"])
    zhang.save(update_fields=["id_number", "id_number_blind"])
    assert stored("id_number_blind::bytea") == [b""]


def test_saving_again_keeps_what_is_stored(zhang: Person) -> None:
    before = stored()
    found = Person.objects.get()
    found.note = "new"
    found.save()
    zhang.save()
    assert stored() == before, "nothing is sealed anew where nothing changed"


def test_refresh_only_and_defer(zhang: Person) -> None:
    few = Person.objects.only("note").get()
    assert revealed(few) == ZHANG
    later = Person.objects.defer("name").get()
    assert revealed(later)["name"] == ZHANG["name"]
    later.name = "李四"
    later.refresh_from_db()
    assert revealed(later) == ZHANG
    later.name = "李四"
    later.refresh_from_db(fields=["name"])
    assert revealed(later) == ZHANG
    partly = Person.objects.only("id_number").get()
    partly.save()
    partly.id_number = "66"
    with pytest.raises(FieldError):
        partly.save()
    assert revealed(Person.objects.get()) == ZHANG


def test_values_lists_are_opened_by_naming_the_row(zhang: Person) -> None:
    [(pk, name)] = Person.objects.values_list("pk", "name")
    assert isinstance(name, Sealed)
    with door() as active:
        with pytest.raises(WrongPlaceError, match=r"\.at\(pk\)"):
            name.reveal()
        assert name.at(pk).mask() == "张**"
        with pytest.raises(TamperedError):
            name.at(uuid4()).reveal()
    assert {"table": TABLE, "masked": ["name"], "clear": [], "rows": [str(zhang.pk)]} in active.summary()
    assert Person.objects.values("health").get()["health"]


def test_copies_of_an_instance(zhang: Person) -> None:
    factor = SecondFactor(secret="JBSWY3DPEHPK3PXP")
    for twin in (copy.copy(factor), copy.deepcopy(factor)):
        assert twin.secret.reveal() == "JBSWY3DPEHPK3PXP"
    clone = Person.objects.get()
    clone.pk = uuid4()
    clone._state.adding = True
    with pytest.raises(OutsideDoorError), transaction.atomic():
        clone.save()
    with door() as active:
        clone.save()
    assert active.summary() == [
        {"table": TABLE, "masked": [], "clear": ["health", "id_number", "name"], "rows": [str(zhang.pk)]}
    ]
    assert revealed(Person.objects.get(pk=clone.pk)) == ZHANG
    assert len(set(stored())) == 2
    assert Person.objects.filter(id_number_blind__in=blind_of(SEARCHED, ZHANG["id_number"])).count() == 2


def test_a_copy_that_gets_its_key_while_saving(zhang: Person) -> None:
    clone = Person.objects.get()
    clone.pk = None
    clone._state.adding = True
    with door():
        clone.save()
    assert clone.pk not in {None, zhang.pk}
    assert revealed(Person.objects.get(pk=clone.pk)) == ZHANG


def test_values_move_between_rows_and_columns_only_in_a_door(zhang: Person) -> None:
    other = Person(name="李四")
    with pytest.raises(OutsideDoorError):
        other.id_number = zhang.id_number
    with door() as active:
        other.id_number = zhang.id_number
        other.health = zhang.name
    assert len(active) == 1
    other.save()
    found = Person.objects.get(pk=other.pk)
    assert revealed(found) == {"name": "李四", "id_number": ZHANG["id_number"], "health": ZHANG["name"]}
    assert found.id_number_blind == zhang.id_number_blind
    zhang.health = "***不明"
    with door(), pytest.raises(MaskedValueError):
        other.name = zhang.health


def test_ciphertext_moved_in_the_database_does_not_open(zhang: Person) -> None:
    other = Person.objects.create(name="李四", id_number="22", health="好")
    moves = [
        ("UPDATE vault_person SET name = (SELECT name FROM vault_person WHERE id = %s) WHERE id = %s", "name"),
        ("UPDATE vault_person SET health = (SELECT id_number FROM vault_person WHERE id = %s) WHERE id = %s", "health"),
    ]
    for statement, column in moves:
        with connection.cursor() as cursor:
            cursor.execute(statement, [zhang.pk, other.pk])
        with door(), pytest.raises(TamperedError) as caught:
            getattr(Person.objects.get(pk=other.pk), column).reveal()
        assert not any(text in str(caught.value) for text in ZHANG.values())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_person SET health = name WHERE id = %s", [zhang.pk])
    health = Person.objects.get(pk=zhang.pk).health
    assert health
    with door(), pytest.raises(TamperedError):
        health.reveal()


def test_update_and_filter_refuse_text(zhang: Person) -> None:
    for attempt in (
        lambda: Person.objects.update(name="李四"),
        lambda: Person.objects.filter(name="张三丰").exists(),
        lambda: Person.objects.exclude(name="张三丰").exists(),
        lambda: Person.objects.filter(name__contains="张").exists(),
        lambda: Person.objects.filter(name__in=["张三丰"]).exists(),
        lambda: Person.objects.filter(name__startswith="张").exists(),
        lambda: Person.objects.get_or_create(name="张三丰"),
        lambda: Person.objects.filter(models.Q(health__icontains="糖")).exists(),
        lambda: Person.objects.filter(id_number_blind=ZHANG["id_number"]).exists(),
        lambda: Person.objects.filter(id_number_blind__in=[ZHANG["id_number"]]).exists(),
        lambda: Person.objects.update(id_number_blind=ZHANG["id_number"]),
    ):
        with pytest.raises(FieldError) as caught, transaction.atomic():
            attempt()
        assert not any(text in str(caught.value) for text in (*ZHANG.values(), "李四"))
    assert revealed(Person.objects.get()) == ZHANG


def test_update_may_erase(zhang: Person) -> None:
    assert Person.objects.exclude(name="").count() == 1
    assert Person.objects.update(name="", health=None, id_number="", id_number_blind="") == 1
    assert revealed(Person.objects.get()) == dict.fromkeys(ZHANG, "")


def test_a_mark_follows_its_text_before_it_is_saved() -> None:
    person = Person(name="张三", id_number="11010119900307123x")
    assert person.id_number_blind == blind_of(SEARCHED, "11010119900307123X")[0]
    person.id_number = "22"
    assert person.id_number_blind == blind_of(SEARCHED, "22")[0]
    person.save()
    assert person.id_number_blind == blind_of(SEARCHED, "22")[0]
    assert Person.objects.get().id_number_blind == blind_of(SEARCHED, "22")[0]
    person.id_number = None
    assert person.id_number_blind == ""


def test_a_failed_save_can_be_tried_again(zhang: Person) -> None:
    twin = Person(pk=zhang.pk, name="李四")
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    twin.pk = uuid4()
    with door():
        twin.save(force_insert=True)
    assert revealed(Person.objects.get(pk=twin.pk))["name"] == "李四"


def test_a_key_written_in_another_spelling_is_the_same_row() -> None:
    key = UUID("6BA7B810-9DAD-11D1-80B4-00C04FD430C8")
    Person(pk=str(key).upper(), name="张三").save()
    assert revealed(Person.objects.get())["name"] == "张三"
    assert revealed(Person.objects.get(pk=key.hex))["name"] == "张三"


def test_a_secret_of_the_platform_opens_without_a_door(zhang: Person) -> None:
    Phone.objects.create(person=zhang, secret="JBSWY3DPEHPK3PXP")
    found = Phone.objects.select_related("person").get()
    assert found.secret.reveal() == "JBSWY3DPEHPK3PXP"
    assert str(found.secret) == PLACEHOLDER
    with door() as active:
        assert found.secret.mask() == "***"
    assert not active
    assert revealed(found.person) == ZHANG


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
