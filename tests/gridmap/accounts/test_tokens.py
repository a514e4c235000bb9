"""Tokens of other programs: shown once, look only, narrowed, over in time, refused alike, counted and traced."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from gridmap.accounts import sessions, tokens
from gridmap.accounts.models import AccessToken, Post, SignedIn, User, WrongToken
from gridmap.accounts.permissions import Bounds, areas_of, asked_once
from gridmap.accounts.roles import SECOND_FACTOR_VERBS, Role, Verb
from gridmap.territory.models import Grid
from gridmap.traces.models import Entry
from layers.revisions import tile_sets
from tests.cast import Cast, give_post
from tests.gridmap.accounts.conftest import Clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE, NEW, STAFF, OGC = "/accounts/tokens/", "/accounts/tokens/new/", "/staff/tokens/", "/ogc/collections"
WRONG = "gm_" + "x" * 43


def made(person: User, *, area: str = "", days: int = 30, name: str = "QGIS") -> tuple[AccessToken, str]:
    """A token and its key."""
    return tokens.make(person=person, name=name, area=area, days=days, now=timezone.now())


def bearer(key: str, **more: str) -> Client:
    """A program that shows the token in every request."""
    return Client(headers={"Authorization": f"Bearer {key}", **more})


def basic(key: str, name: str = "anybody") -> Client:
    """The same in the way of QGIS and GDAL."""
    return Client(headers={"Authorization": f"Basic {b64encode(f'{name}:{key}'.encode()).decode()}"})


# --- making -----------------------------------------------------------------------------------------------------------
def test_a_key_has_256_bits_and_is_kept_as_a_hash(cast: Cast) -> None:
    keys = {made(cast.planner)[1] for _ in range(5)}
    assert len(keys) == 5 and all(key.startswith("gm_") and len(key) == 46 for key in keys)
    assert not any(key in repr(list(AccessToken.objects.values())) for key in keys)


def test_the_page_shows_the_key_once(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    page = client.post(NEW, {"name": "办公室 QGIS", "area": "", "days": "90"})
    key = page.context["key"]
    assert page.status_code == 200 and page.content.decode().count(key) >= 1
    again = client.get(PAGE).content.decode()
    assert key not in again and "办公室 QGIS" in again
    assert page["Cache-Control"] == "private, no-store"


def test_recipes_name_this_very_site(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.planner).get(PAGE).content.decode()
    for recipe in ("http://testserver/ogc", "OAPIF:http://testserver/ogc", "Authorization: Bearer", "PAGE_SIZE=10000"):
        assert recipe in page


def test_whoever_makes_one_has_shown_who_they_are(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    SignedIn.objects.filter(person=cast.planner).update(confirmed_at=timezone.now() - timedelta(minutes=11))
    answer = client.post(NEW, {"name": "QGIS", "days": "90"})
    assert answer.status_code == 302 and "/accounts/confirm/" in answer["Location"]
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    ("area", "kept"),
    [("", ""), ("990101001", "990101001"), ("990101001001", "990101001001"), ("北街道", "990101001")],
)
def test_an_area_inside_ones_own_is_taken_by_code_or_name(
    cast: Cast, grids: list[Grid], signed_in: SignIn, area: str, kept: str
) -> None:
    page = signed_in(cast.planner).post(NEW, {"name": "QGIS", "area": area, "days": "7"})
    assert page.status_code == 200, page.context["form"].errors
    assert AccessToken.objects.get().area == kept


@pytest.mark.parametrize("area", ["980202", "99", "没有这个地方", "12345678901234567890"])
def test_an_area_that_one_does_not_see_is_refused(cast: Cast, signed_in: SignIn, area: str) -> None:
    page = signed_in(cast.planner).post(NEW, {"name": "QGIS", "area": area, "days": "7"})
    assert page.status_code == 400 and page.context["form"].errors["area"]
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("days", ["0", "366", "36500", "-1", "x", ""])
def test_no_token_lasts_longer_than_a_year(cast: Cast, signed_in: SignIn, days: str) -> None:
    assert signed_in(cast.planner).post(NEW, {"name": "QGIS", "days": days}).status_code == 400
    with pytest.raises(IntegrityError):
        now = timezone.now()
        AccessToken.objects.create(
            person=cast.planner, name="x", key_hash="0" * 64, created_at=now, expires_at=now + timedelta(days=367)
        )


def test_a_person_has_twenty_at_most(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_OF_PERSON", 2)
    client = signed_in(cast.planner)
    answers = [client.post(NEW, {"name": "QGIS", "days": "7"}).status_code for _ in range(3)]
    assert answers == [200, 200, 400]


# --- what it opens ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("show", [bearer, basic])
def test_both_ways_of_showing_it_are_one(cast: Cast, board: object, show: Callable[[str], Client]) -> None:
    _token, key = made(cast.planner)
    assert show(key).get(OGC).status_code == 200


def test_the_name_beside_the_token_does_not_matter(cast: Cast, board: object) -> None:
    key = made(cast.planner)[1]
    assert {basic(key, name).get(OGC).status_code for name in ("", "planner", "somebody else", "张三")} == {200}


@pytest.mark.parametrize("path", ["/api/v1/map", "/api/v1/grids", "/api/v1/search?q=x", "/tiles/areas/10/853/423.mvt"])
def test_it_reads_what_the_map_is_drawn_from(cast: Cast, board: object, path: str) -> None:
    assert bearer(made(cast.planner)[1]).get(path).status_code in {200, 204}


def test_it_opens_no_tiles_but_those_of_public_layers(cast: Cast, board: object) -> None:
    """Care, duty and homes are for the map of people who are signed in."""
    client = bearer(made(cast.officer)[1])
    told = {name: client.get(f"/tiles/{name}/16/54597/26949.mvt").status_code for name in tile_sets()}
    assert {name for name, status in told.items() if status == 404} == {"people", "duty", "homes"}
    assert {client.get(f"/tiles/{name}.json").status_code for name in ("people", "duty", "homes")} == {404}
    assert client.get("/tiles/areas.json").json()["tilejson"] == "3.0.0"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        PAGE,
        STAFF,
        "/people/",
        "/traces/",
        "/plans/",
        "/import/",
        "/jobs/",
        "/api/v1/buildings/1",
        "/api/v1/layers/care/rows",
        "/api/v1/layers/counts",
        "/api/v1/views",
        "/exports/",
    ],
)
def test_it_opens_no_page(cast: Cast, board: object, path: str) -> None:
    answer = bearer(made(cast.administrator)[1], Accept="application/json").get(path)
    assert answer.status_code in {401, 404}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_only_looks(cast: Cast, board: object, method: str) -> None:
    client = bearer(made(cast.administrator)[1])
    assert {getattr(client, method)(path).status_code for path in (OGC, "/api/v1/map")} == {403}


def test_it_carries_no_verb_but_looking(cast: Cast) -> None:
    """Above all none that asks for a second factor."""
    for role in Role:
        Post.objects.create(person=cast.stranger, role=role, area="990101", starts_on="2020-01-01", special_groups=True)
    token, _key = made(cast.stranger)
    with asked_once(cast.stranger, tokens.bounds_of(token)):
        assert [verb for verb in Verb if areas_of(cast.stranger, verb)] == [Verb.VIEW]
        today = timezone.localdate()
        assert not any(areas_of(cast.stranger, verb, on=today) for verb in SECOND_FACTOR_VERBS)
    assert areas_of(cast.stranger, Verb.ADMINISTER) == ["990101"]


@pytest.mark.parametrize(
    ("held", "area", "left"),
    [
        (["990101"], "990101001", ["990101001"]),
        ([""], "9901", ["9901"]),
        (["990101001", "990101002"], "990101", ["990101001", "990101002"]),
        (["990101001"], "990102", []),
        (["990101001"], "", ["990101001"]),
    ],
)
def test_what_an_area_leaves(held: list[str], area: str, left: list[str]) -> None:
    assert Bounds(frozenset({Verb.VIEW}), area).left_of(Verb.VIEW, held) == left


def test_rights_are_the_persons_narrowed_by_the_area(cast: Cast, grids: list[Grid]) -> None:
    wide, narrow = made(cast.planner)[1], made(cast.planner, area="990101001002")[1]
    count = "/ogc/collections/grids/items?limit=1"
    assert [bearer(key).get(count).getvalue().count(b'"numberMatched":8') for key in (wide, narrow)] == [1, 0]
    codes = [row["code"] for row in bearer(narrow).get("/api/v1/grids").json()["rows"]]
    assert len(codes) == 4 and all(code.startswith("990101001002") for code in codes)


def test_a_token_for_an_area_opens_nothing_that_is_not_cut_to_it(cast: Cast, grids: list[Grid]) -> None:
    wide, narrow = made(cast.planner)[1], made(cast.planner, area="990101001002")[1]
    for path in ("/tiles/things/10/853/423.mvt", "/tiles/things.json", "/api/v1/search?q=1"):
        assert bearer(wide).get(path).status_code in {200, 204}, path
        assert bearer(narrow).get(path).status_code == 404, path
    assert bearer(narrow).get("/tiles/areas/10/853/423.mvt").status_code in {200, 204}


@pytest.mark.parametrize("area", ["9", "990", "9901010", "99010100100", "9901010010011"])
def test_no_token_is_made_for_what_is_no_area(cast: Cast, board: object, area: str) -> None:
    with pytest.raises(ValueError, match="no such token"):
        made(cast.planner, area=area)


def test_it_sees_what_its_person_sees_today(cast: Cast, grids: list[Grid]) -> None:
    key = made(cast.planner)[1]
    Post.objects.filter(person=cast.planner).update(area="990101001002")
    assert bearer(key).get("/api/v1/grids").json()["count"] == 4


def test_it_decides_alone_whatever_session_stands_beside(cast: Cast, board: object, signed_in: SignIn) -> None:
    client = signed_in(cast.administrator)
    assert client.get(OGC).status_code == 200
    assert client.get(OGC, headers={"Authorization": f"Bearer {WRONG}"}).status_code == 401


def test_the_tiles_of_a_token_come_with_no_pass(cast: Cast, board: object) -> None:
    assert "tiles" not in bearer(made(cast.planner)[1]).get("/tiles/areas/10/853/423.mvt").cookies


# --- what is refused --------------------------------------------------------------------------------------------------
def _spoilt(cast: Cast, way: str) -> str:
    token, key = made(cast.planner)
    row = AccessToken.objects.filter(pk=token.pk)
    past = timezone.now() - timedelta(days=40)
    if way == "expired":
        row.update(created_at=past, expires_at=past + timedelta(days=1))
    elif way == "revoked":
        tokens.revoke(token, now=timezone.now())
    elif way == "switched off":
        User.objects.filter(pk=cast.planner.pk).update(is_active=False)
    elif way == "without a post":
        Post.objects.filter(person=cast.planner).update(ended_at=timezone.now() - timedelta(seconds=1))
    return WRONG if way == "wrong" else key


@pytest.mark.parametrize("show", [bearer, basic])
@pytest.mark.parametrize("way", ["wrong", "expired", "revoked", "switched off", "without a post"])
def test_what_opens_nothing_is_told_alike(cast: Cast, board: object, way: str, show: Callable[[str], Client]) -> None:
    client = show(_spoilt(cast, way))
    answers = [client.get(path) for path in (OGC, "/ogc", "/ogc/collections/grids/items", "/api/v1/map")]
    assert {answer.status_code for answer in answers} == {401}
    assert all("Basic" in answer["WWW-Authenticate"] and "Bearer" in answer["WWW-Authenticate"] for answer in answers)
    assert answers[0].json() == {"code": "signed_out", "description": answers[3].json()["error"]["message"]}
    assert not any(answer.cookies for answer in answers)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic", "Basic ????", "Basic eA==", "Digest x", "Bearer " + "a" * 5000, "x"]
)
def test_nonsense_is_refused_without_a_fault(cast: Cast, header: str) -> None:
    assert Client(headers={"Authorization": header}).get(OGC).status_code == 401


def test_a_browser_is_led_to_sign_in_and_asked_for_no_password(db: None) -> None:
    page = Client(headers={"Accept": "text/html"}).get(OGC)
    assert page.status_code == 302 and "/accounts/login/" in page["Location"]
    script = Client(headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}).get("/api/v1/map")
    assert script.status_code == 401 and "Basic" not in script["WWW-Authenticate"]


def test_a_program_is_told_how_to_come_in(db: None) -> None:
    answer = Client().get("/ogc")
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Basic ")


def test_guessing_is_slowed_down_and_locks_out_nobody(cast: Cast, board: object) -> None:
    """A token that was right here before goes on; another one waits; other addresses know nothing of it."""
    used, fresh = made(cast.planner)[1], made(cast.approver)[1]
    assert bearer(used).get(OGC).status_code == 200
    guesses = [bearer(f"gm_{number:043d}").get(OGC).status_code for number in range(tokens.WRONG_FROM_ADDRESS + 3)]
    assert guesses == [401] * tokens.WRONG_FROM_ADDRESS + [429] * 3
    assert bearer(used).get(OGC).status_code == 200
    refused = bearer(fresh).get(OGC)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert bearer(fresh).get(OGC, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_one_wrong_token_tried_for_ever_is_one_guess(cast: Cast) -> None:
    """A program whose token is not known any more must not lock out its neighbours."""
    assert {bearer(WRONG).get(OGC).status_code for _ in range(tokens.WRONG_FROM_ADDRESS + 5)} == {401}
    assert WrongToken.objects.count() == 1


def test_wrong_tokens_are_forgotten(cast: Cast, clock: Clock) -> None:
    bearer(WRONG).get(OGC)
    clock.advance(days=2)
    assert tokens.forget_before(clock()) == 1


# --- what is written down ---------------------------------------------------------------------------------------------
def test_its_use_is_traced_once_and_not_with_each_tile(cast: Cast, board: object, clock: Clock) -> None:
    token, key = made(cast.planner)
    used = Entry.objects.filter(kind="sign_in", table_name="accounts_accesstoken", row_id=str(token.pk))
    for _ in range(3):
        bearer(key).get(OGC)
    assert used.count() == 1
    entry = used.get()
    assert entry.actor == f"token:{token.pk} user:{cast.planner.pk}" and entry.detail["address"] == "127.0.0.1"
    clock.advance(minutes=5)
    bearer(key).get(OGC)
    assert used.count() == 1
    clock.advance(hours=2)
    bearer(key).get(OGC)
    assert used.count() == 2
    token.refresh_from_db()
    assert token.last_used_at == clock() and token.last_address == "127.0.0.1"


def test_another_address_is_news(cast: Cast, board: object, clock: Clock) -> None:
    _token, key = made(cast.planner)
    for minute, address in enumerate(("127.0.0.1", "192.0.2.7", "192.0.2.7")):
        clock.advance(minutes=2 * minute)
        bearer(key).get(OGC, REMOTE_ADDR=address)
    assert Entry.objects.filter(kind="sign_in", table_name="accounts_accesstoken").count() == 2


def test_making_and_revoking_are_traced_without_the_key(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    client.post(NEW, {"name": "QGIS", "days": "7"})
    token = AccessToken.objects.get()
    client.post(f"{PAGE}{token.pk}/revoke/")
    entries = Entry.objects.filter(table_name="accounts_accesstoken", row_id=str(token.pk)).order_by("pk")
    assert [entry.kind for entry in entries] == ["insert", "update"]
    assert {entry.actor for entry in entries} == {f"user:{cast.planner.pk}"}


def test_a_refused_token_is_a_refusal(cast: Cast, board: object) -> None:
    token, key = made(cast.planner)
    tokens.revoke(token, now=timezone.now())
    assert bearer(key).get(OGC).status_code == 401
    assert not Entry.objects.filter(kind="sign_in", table_name="accounts_accesstoken").exists()


# --- revoking ---------------------------------------------------------------------------------------------------------
def test_revoking_ends_it_at_once(cast: Cast, board: object, signed_in: SignIn) -> None:
    token, key = made(cast.planner)
    assert bearer(key).get(OGC).status_code == 200
    assert signed_in(cast.planner).post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert bearer(key).get(OGC).status_code == 401


def test_signing_out_everywhere_ends_them_and_changing_the_password_does_not(cast: Cast, board: object) -> None:
    """Whoever stole the account may have made one; whoever changes their own password goes on with QGIS."""
    now = timezone.now()
    stays, goes = made(cast.planner)[1], made(cast.approver)[1]
    sessions.end_all(cast.planner, sessions.Ended.PASSWORD, at=now, but=SignedIn(pk=0))
    sessions.end_all(cast.approver, sessions.Ended.PASSWORD, at=now)
    assert [bearer(key).get(OGC).status_code for key in (stays, goes)] == [200, 401]


def test_nobody_revokes_a_colleagues(cast: Cast, signed_in: SignIn) -> None:
    token, _key = made(cast.planner)
    assert signed_in(cast.approver).post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert AccessToken.objects.get().revoked_at is None


def test_administrators_see_and_revoke_those_of_their_people(cast: Cast, signed_in: SignIn) -> None:
    token, _key = made(cast.officer)
    client = signed_in(cast.administrator)
    assert "QGIS" in client.get(STAFF).content.decode()
    assert client.post(f"{STAFF}{token.pk}/revoke").status_code == 302
    assert AccessToken.objects.get().revoked_at is not None


def test_an_administrator_of_a_street_leaves_the_countys_people_alone(cast: Cast, signed_in: SignIn) -> None:
    give_post(cast.stranger, Role.ADMINISTRATOR, "990101001")
    give_post(cast.planner, Role.PLANNER, "990101001")
    token, elsewhere = made(cast.planner)[0], made(cast.approver)[0]
    client = signed_in(cast.stranger)
    assert client.post(f"{STAFF}{elsewhere.pk}/revoke").status_code == 404
    client.post(f"{STAFF}{token.pk}/revoke")  # seen, but not in their charge
    assert not AccessToken.objects.filter(revoked_at__isnull=False).exists()


def test_who_administers_nothing_finds_no_list(cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.planner).get(STAFF).status_code == 404


def test_a_screen_has_no_tokens(cast: Cast, signed_in: SignIn, settings: Any) -> None:
    from gridmap.accounts import devices

    _device, key = devices.register(name="大厅", area="990101", by=cast.administrator, now=timezone.now())
    client = Client()
    client.cookies[settings.SCREEN_COOKIE_NAME] = key
    assert client.get(PAGE).status_code == 403
