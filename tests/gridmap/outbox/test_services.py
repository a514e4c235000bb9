"""News is read in an order that loses nothing, whoever commits late."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.outbox.models import News
from gridmap.outbox.services import (
    KEPT,
    WRITTEN,
    Place,
    Reading,
    announce,
    forget_before,
    latest_place,
    read_after,
)
from gridmap.outbox.tasks import forget_old_news


def references(reading: Reading) -> list[str]:
    assert reading.complete
    return [line.reference for line in reading.lines]


def here() -> Place:
    return latest_place(timezone.now())


def after(place: Place, **more: Any) -> Reading:
    return read_after(place, now=timezone.now(), **more)


@pytest.mark.django_db(transaction=True)
def test_news_is_read_once_and_in_order() -> None:
    start = here()
    for reference in "abc":
        announce(kind="test", reference=reference, area="990101", data={"n": 1})
    reading = after(start)
    assert references(reading) == ["a", "b", "c"]
    assert (reading.lines[0].kind, reading.lines[0].area, reading.lines[0].data) == ("test", "990101", {"n": 1})
    assert references(after(reading.place)) == []
    announce(kind="test", reference="d")
    assert references(after(reading.place)) == ["d"]
    assert references(after(here())) == []


@pytest.mark.django_db(transaction=True)
def test_a_stretch_between_two_places_is_exact() -> None:
    first = here()
    announce(kind="test", reference="a")
    second = here()
    announce(kind="test", reference="b")
    assert references(after(first, until=second)) == ["a"]
    assert after(first, until=second).place == second
    assert references(after(second)) == ["b"]


@pytest.mark.django_db(transaction=True)
def test_of_too_much_nothing_is_told() -> None:
    start = here()
    for reference in "abc":
        announce(kind="test", reference=reference)
    assert references(after(start, limit=3)) == ["a", "b", "c"]
    reading = after(start, limit=2)
    assert (reading.lines, reading.complete) == ([], False)
    assert references(after(reading.place)) == []


@pytest.mark.django_db(transaction=True)
def test_a_place_older_than_what_is_kept_is_told_so() -> None:
    start = here()
    assert after(start).complete
    assert not read_after(start, now=timezone.now() + KEPT + timedelta(seconds=2)).complete


@pytest.mark.django_db(transaction=True)
def test_a_place_of_another_database_is_told_so() -> None:
    assert not after(Place(here().at, "900000000000000:900000000000000:")).complete


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_line_was_never_news() -> None:
    start = here()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(kind="test", reference="never")
        raise ZeroDivisionError
    assert references(after(start)) == []


@pytest.mark.django_db(transaction=True)
def test_a_line_that_commits_late_is_not_lost_and_holds_nobody_up() -> None:
    start = here()
    written, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            announce(kind="test", reference="late")
            written.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=late)
    writer.start()
    written.wait(10)
    announce(kind="test", reference="early")  # a higher number, committed first
    before = after(start)
    assert references(before) == ["early"]
    may_commit.set()
    writer.join()
    assert references(after(before.place)) == ["late"]


@pytest.mark.django_db(transaction=True)
def test_many_writers_lose_nothing_and_nothing_comes_twice() -> None:
    place = here()

    def write(name: int) -> None:
        for index in range(15):
            with transaction.atomic():
                announce(kind="test", reference=f"{name}-{index}")
        connection.close()

    writers = [threading.Thread(target=write, args=[name]) for name in range(5)]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    while any(writer.is_alive() for writer in writers):
        reading = after(place)
        seen += references(reading)
        place = reading.place
    seen += references(after(place))
    assert sorted(seen) == sorted(f"{name}-{index}" for name in range(5) for index in range(15))
    for name in range(5):
        own = [int(one.split("-")[1]) for one in seen if one.startswith(f"{name}-")]
        assert own == sorted(own)


def test_old_news_is_forgotten(db: None) -> None:
    now = timezone.now()
    for reference, age_h in (("old", 30), ("new", 1)):
        announce(kind="test", reference=reference)
        News.objects.filter(reference=reference).update(at=now - timedelta(hours=age_h))
    assert forget_before(now, keep=timedelta(hours=24)) == 1
    assert list(News.objects.values_list("reference", flat=True)) == ["new"]


def test_the_worker_forgets_every_hour(db: None) -> None:
    announce(kind="test", reference="old")
    News.objects.update(at=timezone.now() - timedelta(hours=25))
    assert forget_old_news(timestamp=0) == 1


@given(st.integers(0, 10**10), st.sets(st.integers(1, 10**17)))
def test_a_place_is_read_as_it_is_written(at: int, running: set[int]) -> None:
    low, high = min(running, default=3), max(running, default=3) + 1
    place = Place(at, f"{low}:{high}:{','.join(map(str, sorted(running)))}")
    assert Place.parse(str(place)) == place


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forged", ["", "812-44", "1;3:2:", "1;0:5:", "1;1:5:7", "1;1:5:3,3", "1;1:5:3,2", "1;٣:5:", "1;3:5:\n", "x" * 9999]
)
def test_a_forged_place_is_none(forged: str) -> None:
    assert Place.parse(forged) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.from_regex(WRITTEN, fullmatch=True) | st.text())
def test_what_is_accepted_as_a_place_the_database_accepts(db: None, text: str) -> None:
    place = Place.parse(text)
    if place is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::pg_snapshot", [place.snapshot])
