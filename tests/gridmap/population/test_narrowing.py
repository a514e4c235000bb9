"""Lists narrowed by care tag and age: who is on them, and by which index a county's list is read."""

import pytest
from django.db import connection, models
from django.utils import timezone

from gridmap.population.models import CareTag, Resident
from gridmap.population.narrowing import Narrowing
from tests.gridmap.population.people import People, everywhere, tag
from tests.owner import as_owner

pytestmark = pytest.mark.django_db


def narrowed(**by: str) -> "models.QuerySet[Resident]":
    return Narrowing(place="990101", **by).narrow(Resident.objects.all(), on=timezone.localdate())


def test_a_tag_is_found_while_it_is_in_force_and_with_the_age_that_is_asked(people: People) -> None:
    with everywhere():
        tag(people.mine.first, kind="disabled", risk="general")
        assert set(narrowed(tag="alone")) == {people.mine.first, people.next_door.first, people.foreign.first}
        assert set(narrowed(tag="disabled", age="80")) == {people.mine.first}
        assert set(narrowed(tag="orphan")) == set()
        Resident.objects.filter(pk=people.mine.first.pk).update(birth_year=timezone.localdate().year - 60)
        assert set(narrowed(tag="disabled", age="80")) == set()
        assert set(narrowed(tag="disabled", age="60")) == {people.mine.first}
        CareTag.objects.filter(kind="disabled").update(until=timezone.localdate())
        assert set(narrowed(tag="disabled", age="60")) == set()


def test_a_list_by_tag_and_age_goes_through_those_in_care_in_the_order_of_doors(people: People) -> None:
    """Of a table this small any way is as good as another: the others are taken away, and this one must do."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP INDEX resident_by_place; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    with everywhere():
        found = narrowed(tag="alone", age="80").order_by("area", "door_order", "pk").values_list("pk")[:51]
        plan = found.explain()
    assert "resident_in_care_by_door" in plan
    assert "Sort" not in plan
