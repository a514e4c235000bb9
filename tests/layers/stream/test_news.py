"""What who listens to the live stream hears: news of their areas, their own jobs, changed layers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridmap.accounts.tickets import Ticket
from gridmap.jobs.models import Job
from gridmap.outbox.services import announce
from gridmap.territory.models import Building, Grid
from layers.audience import Item, Listener, listeners_of
from layers.revisions import tile_sets
from layers.stream import LiveStream
from tests.cast import COMMUNITIES, Cast
from tests.layers.places import revision_for
from tests.layers.stream.listening import SignIn, listening, run, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_news_reaches_those_above_below_and_at_its_area(cast: Cast, signed_in: SignIn) -> None:
    clients = {part: signed_in(getattr(cast, part)) for part in ("planner", "officer", "worker", "administrator")}

    async def story(live: LiveStream) -> None:
        for area, hear in (
            ("990101001001", {"planner", "officer", "worker", "administrator"}),
            ("990101001000", {"planner", "officer", "worker", "administrator"}),
            ("990101001001002", {"planner", "officer", "administrator"}),
            ("990101002001", {"planner", "administrator"}),
            ("110105", {"administrator"}),
        ):
            heard = set()
            for part, client in clients.items():
                async with listening(live, client) as one:
                    await write(partial(announce, kind="test", reference="x", area=area, data={"n": 1}))
                    await write(lambda: announce(kind="test", reference="end"))
                    first = await one.hear()
                    if first["reference"] == "x":
                        assert first["data"] == {"n": 1}
                        heard.add(part)
            assert heard == hear, area

    run(story)


def test_news_of_a_job_is_its_owners_alone(cast: Cast, signed_in: SignIn) -> None:
    planner, boss = signed_in(cast.planner), signed_in(cast.administrator)

    async def story(live: LiveStream) -> None:
        async with listening(live, planner) as own, listening(live, boss) as other:
            job = await write(lambda: Job.objects.create(kind="x", title="x", created_by=cast.planner))
            await write(lambda: announce(kind="job", reference=str(job.pk), data={"state": "succeeded"}))
            assert (await own.hear())["data"] == {"state": "succeeded"}
            assert await other.silence()

    run(story)


def test_a_changed_layer_is_told_with_the_revision_of_its_tiles(
    grids: list[Grid], cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.officer)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            begin = [await one.hear(kind="layer") for _ in tile_sets()]
            assert {row["reference"] for row in begin} == set(tile_sets())
            stories: tuple[tuple[Callable[[], Any], set[str]], ...] = (
                (lambda: Building.objects.update(number="7号"), {"ground", "people", "homes"}),
                (lambda: Grid.objects.filter(code__startswith=COMMUNITIES[0]).update(name="甲"), {"areas", "duty"}),
            )
            for change, stale in stories:
                await write(change)
                told = [await one.hear(kind="layer") for _ in stale]
                assert {row["reference"]: row["data"]["revision"] for row in told} == {
                    name: await write(partial(revision_for, cast.officer, name)) for name in stale
                }

    run(story)


def test_a_hundred_streams_are_looked_at_in_a_few_statements(cast: Cast, signed_in: SignIn) -> None:
    tickets = [
        Ticket(False, signed_in(who).cookies["sessionid"].value)
        for who in (cast.planner, cast.officer, cast.worker, cast.approver, cast.stranger)
        for _ in range(4)
    ]
    with CaptureQueriesContext(connection) as statements:
        found = listeners_of(tickets)
    assert len(found) == 16
    assert len(statements) <= 4


@pytest.mark.parametrize(
    ("area", "areas", "concerned"),
    [("", ("990101",), True), ("990101", ("",), True), ("990101", (), False), ("990102", ("990101",), False)],
)
def test_an_area_concerns(area: str, areas: tuple[str, ...], concerned: bool) -> None:
    assert Item(b"", area).concerns(Listener(1, areas)) is concerned
