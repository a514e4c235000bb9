"""The first administrator of a fresh installation, and what check --deploy says about signing in."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gridmap.accounts.checks import second_factor_is_asked_for
from gridmap.accounts.models import Post, SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.models import AccountReset
from tests.cast import Cast
from tests.gridmap.accounts.conftest import FACTOR, Clock, Phone, give_password
from tests.gridmap.accounts.test_second_factor import KEY, PhoneOf

pytestmark = pytest.mark.django_db
OWN = "vier Laternen an der Brücke"


def appoint(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("appoint", *arguments, stdout=out)
    return out.getvalue()


def code_in(text: str) -> str:
    [code] = re.findall(r"one-time code: (\S+)", text)
    return str(code)


def test_a_fresh_installation_gets_its_first_administrator(client: Client, clock: Clock) -> None:
    code = code_in(appoint("root.admin", "administrator", "--name", "周管理"))
    assert str(User.objects.get()) == "周管理" and not AccountReset.objects.exists()
    assert give_password(client, "root.admin", code)["Location"] == FACTOR
    [key] = KEY.findall(client.get(FACTOR).content.decode())
    shown = client.post(FACTOR, {"code": Phone(key, clock).code()}).content.decode()
    assert 'href="/accounts/password/"' in shown
    assert client.get("/staff/").status_code == 302
    chosen = {"new_password1": OWN, "new_password2": OWN}
    assert client.post("/accounts/password/", chosen)["Location"] == "/"
    assert client.get("/staff/").status_code == 200
    assert give_password(Client(), "root.admin", code).status_code == 200


def test_appointing_again_gives_no_second_post_and_no_code(cast: Cast) -> None:
    first = appoint("planner", "auditor", "990101")
    assert first == appoint("planner", "auditor", "990101") and "one-time" not in first
    assert Post.objects.filter(person=cast.planner, role=Role.AUDITOR).count() == 1


def test_who_lost_password_and_phone_gets_a_new_code(cast: Cast, phone_of: PhoneOf, client: Client) -> None:
    phone_of(cast.administrator)
    client.force_login(cast.administrator)
    code = code_in(appoint("administrator", "administrator", "--new-code"))
    assert not SignedIn.objects.open().exists()
    assert give_password(Client(), "administrator", code)["Location"] == FACTOR
    assert {(row.kind, row.by) for row in AccountReset.objects.all()} == {("password", None), ("second_factor", None)}
    assert Post.objects.filter(person=cast.administrator).count() == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("somebody", "administrator", "9"), "is no area"),
        (("somebody", "administrator", "99010100100x"), "is no area"),
        (("somebody", "wall_screen"), "invalid choice"),
        (("somebody", "king"), "invalid choice"),
        (("some body", "planner"), "some body"),
        (("PLANNER", "planner"), "capital and small"),
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(cast: Cast, arguments: tuple[str, ...], reason: str) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError, match=reason):
        appoint(*arguments)
    assert User.objects.count() == before


def test_who_is_switched_off_is_not_appointed(cast: Cast) -> None:
    User.objects.filter(username="planner").update(is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        appoint("planner", "auditor")


@pytest.mark.parametrize(("mode", "errors"), [("by_role", 0), ("everyone", 0), ("offered", 1)])
def test_a_factor_that_is_only_offered_is_an_error_in_a_deployment(settings: Any, mode: str, errors: int) -> None:
    settings.SECOND_FACTOR = mode
    assert len(second_factor_is_asked_for(None)) == errors
