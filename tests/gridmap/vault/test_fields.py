"""A sealed field through everything that Django stores with: it stores ciphertext and its mark, gives `Sealed`, and
says so loudly where a text would be stored or compared."""

from uuid import UUID, uuid4

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction

from gridmap.vault.blind import blind_of
from gridmap.vault.fields import MaskedValueError
from tests.gridmap.vault.people import TABLE, Person, door, lay_tables, revealed, stored

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


def test_update_and_filter_refuse_text(zhang: Person) -> None:
    for attempt in (
        lambda: Person.objects.update(name="李四"),
        lambda: Person.objects.update(name=models.F("health")),
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
