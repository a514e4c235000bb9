"""The administrators' pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from gridmap.accounts.models import User
from tests.gridmap.accounts.staff.conftest import Office

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    "address",
    [
        "/staff/",
        "/staff/people/new/",
        "/staff/organisations/",
        "/staff/organisations/new/",
        "/staff/access/",
        "/staff/import/",
        "/staff/places.json",
        "/staff/people.json",
    ],
)
def test_the_room_is_open_to_administrators_and_not_there_for_others(
    signed_in: SignIn, office: Office, address: str
) -> None:
    for who in (office.chief, office.keeper):
        answer = signed_in(who).get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
    assert signed_in(office.worker).get(address).status_code == 404
    assert Client().get(address).status_code in {302, 401}
