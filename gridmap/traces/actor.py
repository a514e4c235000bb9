"""Who is acting, and in which request: known here to Python, and to the database's triggers by two settings.

The settings belong to the connection. Whoever acts sets them and sets them back; a connection that is opened meanwhile
learns them at once.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from gridmap.accounts.models import AccessToken, Device, User

_actor: ContextVar[str | None] = ContextVar("gridmap_actor", default=None)
_request: ContextVar[str] = ContextVar("gridmap_request", default="")
#: What `acting` told the database last; None where nobody acts and it knows the process alone.
_told: ContextVar[tuple[str, str] | None] = ContextVar("gridmap_told", default=None)
_process: list[str] = []
WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})
SET = "SELECT set_config('gridmap.actor', %s, false), set_config('gridmap.request', %s, false)"


def name_process(actor: str) -> None:
    """Say who acts in this process where nothing else is said: `command:import_data`."""
    _process[:] = [actor]


def current_actor() -> str:
    """`user:12`, `device:3`, `command:worker`, `job:… user:12`; "" for nobody."""
    actor = _actor.get()
    return actor if actor is not None else (_process[0] if _process else "")


def current_request() -> str:
    """The id of the request that is being answered; "" outside one."""
    return _request.get()


def actor_of(user: User | AnonymousUser | None) -> str:
    """How the trail calls a person or a screen; "" for nobody."""
    if not isinstance(user, User):
        return ""
    if not user.has_usable_password():  # screens sign in with a token alone
        device = Device.objects.filter(account=user).values_list("pk", flat=True).first()
        if device is not None:
            return f"device:{device}"
    return f"user:{user.pk}"


def actor_with_token(token: AccessToken) -> str:
    """How the trail calls a program that acts for a person."""
    return f"token:{token.pk} user:{token.person_id}"


def actor_for(by: User | None) -> str:
    """The acting one; where that does not say already that it is for `by`, it is `by`."""
    actor, person = current_actor(), actor_of(by)
    return actor if not person or person in actor.split() else person


@contextmanager
def named(actor: str | None, request: str | None = None) -> Iterator[None]:
    """Inside, `actor` acts (and `request` is answered) as far as Python asks; the database is not told."""
    was_actor = _actor.set(_actor.get() if actor is None else actor)
    was_request = _request.set(_request.get() if request is None else request)
    try:
        yield
    finally:
        _actor.reset(was_actor)
        _request.reset(was_request)


@contextmanager
def acting(actor: str, request: str | None = None) -> Iterator[None]:
    """Inside, whatever is written was written by `actor`; outside, by whom it was before."""
    former = _told.get()
    told = _told.set((actor, current_request() if request is None else request))
    try:
        with named(actor, request):
            tell_database()
            yield
    finally:
        _told.reset(told)
        _restore(former)


@contextmanager
def acting_if_written(who: Callable[[], str]) -> Iterator[None]:
    """As `acting`, but nobody is asked and nothing is told before the first statement that writes."""
    asked = False
    with ExitStack() as stack:

        def tell_first(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal asked
            if not asked and sql.lstrip()[:6].upper() in WRITES:
                asked = True
                stack.enter_context(acting(who()))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(tell_first):
            yield


def become(user: User) -> None:
    """Who has just signed in acts from here to the end of the request."""
    if current_request():
        _actor.set(actor_of(user))
        tell_database()


def tell_database() -> None:
    """Give the two settings to this thread's connection."""
    _tell(current_actor(), current_request())


def _tell(actor: str, request: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET, [actor, request])


def _restore(former: tuple[str, str] | None) -> None:
    """A connection that can't be told any more is not used any more; what a rollback will undo needs no telling."""
    if connection.connection is None or connection.needs_rollback:
        return
    try:
        _tell(*(former or (_process[0] if _process else "", "")))
    except DatabaseError:
        if not connection.in_atomic_block:
            connection.close()


def tell_new_connection(sender: Any, connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Signal handler: a connection opened while somebody acts."""
    if current_actor() or current_request():
        with connection.cursor() as cursor:
            cursor.execute(SET, [current_actor(), current_request()])
