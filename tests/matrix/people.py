"""The people of the matrix: every role in every relation to the things asked about, as accounts and posts stand."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from django.utils import timezone

from gridmap.accounts.models import Device, Post, User
from gridmap.accounts.tickets import hash_of
from tests.matrix.table import Persona, rights

#: Everywhere; the things' county, street, community and grid; a sibling grid and community; foreign ones.
AREAS = (
    "", "990101", "990101001", "990101001001", "990101001001001",
    "990101001001002", "990101001002", "990101002", "990101002001", "980202",
)  # fmt: skip
PERIODS = ("in force", "ended last year", "ended now", "begins tomorrow")
STATES = ("well", "switched off", "no second factor")
NOBODY = Persona("", "")


def personas() -> Iterator[Persona]:
    """All of them: periods and states vary one at a time."""
    yield NOBODY
    for role, area in product(rights(), AREAS):
        for period in PERIODS:
            yield Persona(role, area, period=period)
        for state in STATES[1:] if role != "wall_screen" else ("revoked",):
            yield Persona(role, area, state=state)


def account_of(who: Persona, number: int) -> User:
    """An account with that persona's post; its password is unusable, for sessions are given to it directly."""
    day = timezone.localdate()
    user = User.objects.create(
        username=f"matrix-{number}", name=f"甲{number}", password="!", is_active=who.state != "switched off"
    )
    Post.objects.create(
        person=user,
        role=who.role,
        area=who.area,
        starts_on=day + timedelta(days=1) if who.period == "begins tomorrow" else date(2020, 1, 1),
        ends_on=date(day.year - 1, 12, 31) if who.period == "ended last year" else None,
        ended_at=timezone.now() - timedelta(seconds=1) if who.period == "ended now" else None,
    )
    if who.role == "wall_screen":
        revoked = timezone.now() if who.state == "revoked" else None
        Device.objects.create(
            account=user, name=user.username, token_hash=hash_of(token_of(user)), created_by=user, revoked_at=revoked
        )
    return user


def token_of(screen: User) -> str:
    """The token that a screen's account enters with."""
    return f"token-of-a-wall-{screen.username}"
