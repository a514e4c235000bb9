"""When a live stream ends: with the session, the post, the screen."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from gridmap.accounts.devices import register, revoke
from gridmap.accounts.models import SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.accounts.sessions import Ended, end_all
from gridmap.outbox.services import announce
from layers import relay
from layers.stream import LiveStream
from tests.cast import Cast
from tests.layers.stream.listening import Listening, SignIn, ask, listening, run, scope, write

pytestmark = pytest.mark.django_db(transaction=True)


def changed_password(person: User) -> None:
    person.set_password("another one altogether")
    person.save()


AN_HOUR = timedelta(hours=1, minutes=1)
#: What ends a session, with whatever statement it is done: nobody has to tell the streams.
ENDS: dict[str, Callable[[User], Any]] = {
    "signed out": lambda _person: Session.objects.all().delete(),
    "signed out elsewhere": lambda person: end_all(person, Ended.SIGNED_OUT, at=timezone.now()),
    "expired": lambda _person: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
    "idle": lambda _person: SignedIn.objects.update(seen_at=timezone.now() - AN_HOUR),
    "too long": lambda _person: SignedIn.objects.update(began_at=timezone.now() - timedelta(hours=13)),
    "switched off": lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
    "password changed": changed_password,
    "post over": lambda person: person.posts.update(ends_on=timezone.localdate() - timedelta(days=1)),
    "post ended early": lambda person: person.posts.update(ended_at=timezone.now()),
    "post not begun": lambda person: person.posts.update(starts_on=timezone.localdate() + timedelta(days=1)),
    "post deleted": lambda person: person.posts.all().delete(),
    "second factor asked for": lambda person: (
        SignedIn.objects.update(second_factor_at=None),
        person.posts.update(role=Role.AUDITOR),
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_stream_ends_with_the_session_and_the_post_and_says_so(cast: Cast, signed_in: SignIn, end: str) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            await asyncio.sleep(0.3)
            assert not one.ended.is_set()
            await write(lambda: ENDS[end](cast.planner))
            await asyncio.wait_for(one.ended.wait(), 3)
            assert (await one.hear())["event"] == "ended"
        assert (await ask(live, scope(client))).status == 401

    run(story)


def test_with_another_area_the_stream_is_asked_for_again_and_hears_the_new_one(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            await write(lambda: cast.planner.posts.update(area="990101002"))
            await asyncio.wait_for(one.ended.wait(), 3)
            assert await one.silence(0.05)
        async with listening(live, client, last_event_id=one.last_id) as again:
            await write(lambda: announce(kind="test", reference="former", area="990101001001"))
            await write(lambda: announce(kind="test", reference="present", area="990101002001"))
            assert (await again.hear())["reference"] == "present"

    run(story)


def test_a_right_that_ends_ends_the_stream_within_two_seconds(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LOOK_S", 1.0)
    monkeypatch.setattr(relay, "POLL_S", 0.1)
    clients = [signed_in(who) for who in (cast.planner, cast.officer, cast.worker)]

    async def story(live: LiveStream) -> None:
        for client, who in zip(clients, (cast.planner, cast.officer, cast.worker), strict=True):
            async with listening(live, client) as one:
                await write(partial(who.posts.update, ended_at=timezone.now()))
                began = time.monotonic()
                await asyncio.wait_for(one.ended.wait(), 5)
                assert time.monotonic() - began < 2

    run(story)


def test_a_screen_listens_to_its_area_until_it_is_revoked(cast: Cast) -> None:
    device, token = register(name="大厅", area="990101001", by=cast.administrator, now=timezone.now())

    async def story(live: LiveStream) -> None:
        assert (await ask(live, scope(cookie=f"screen={token[:-1]}"))).status == 401
        request = scope(cookie=f"screen={token}")
        one = Listening()
        task = asyncio.create_task(live(request, one.receive, one.send))
        await asyncio.sleep(0.2)
        await write(lambda: announce(kind="test", reference="elsewhere", area="990101002001"))
        await write(lambda: announce(kind="test", reference="here", area="990101001001"))
        assert (await one.hear())["reference"] == "here"
        await write(device.refresh_from_db)
        assert device.last_seen_at is not None
        await write(lambda: revoke(device=device, now=timezone.now()))
        await asyncio.wait_for(one.ended.wait(), 3)
        assert (await one.hear())["event"] == "ended"
        assert (await ask(live, request)).status == 401
        await task

    run(story)
