"""A sealed value shows, compares and travels as nothing but •••, and opens in a door at its own place only."""

import copy
import json
import pickle
from uuid import uuid4

import pytest
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ModelSerializer

from gridmap.accounts.models import SecondFactor
from gridmap.vault.blind import blind_of
from gridmap.vault.ciphers import TamperedError, WrongPlaceError
from gridmap.vault.fields import MaskedValueError
from gridmap.vault.ledger import OutsideDoorError
from gridmap.vault.masks import PLACEHOLDER
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


def test_a_secret_of_the_platform_opens_without_a_door(zhang: Person) -> None:
    Phone.objects.create(person=zhang, secret="JBSWY3DPEHPK3PXP")
    found = Phone.objects.select_related("person").get()
    assert found.secret.reveal() == "JBSWY3DPEHPK3PXP"
    assert str(found.secret) == PLACEHOLDER
    with door() as active:
        assert found.secret.mask() == "***"
    assert not active
    assert revealed(found.person) == ZHANG
