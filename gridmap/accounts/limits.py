"""Limits on guessing that stop whoever guesses at many names, without locking out an office or a victim.

django-axes locks one name from one address after five failures. Beside it:

- an address from which many names have failed, none of them followed by a success, gets no new tries, except browsers
  that have signed in with that name before: two hundred colleagues behind one address go on working;
- a name that fails from many addresses is tried only from browsers that know it, so guessers from elsewhere lock nobody
  out of their own computer;
- wrong codes of the second factor count for the person, wherever they come from: who gives them has the password.

After OWASP, "Slow Down Online Guessing Attacks with Device Cookies". Failures are kept in the database, so the limits
hold over all processes; names only as keyed marks, because people type passwords into the name field.
"""

import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from gridmap.accounts.addresses import neighbourhood
from gridmap.accounts.models import FailedSignIn
from gridmap.accounts.tickets import hash_of

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
NAMES_FROM_ADDRESS = 40
FAILURES_FROM_ADDRESS = 200
FAILURES_OF_NAME = 100
CODES_OF_PERSON = 10
KNOWN_FOR = timedelta(days=180)
KNOWN_NAMES = 8
SALT = "gridmap.accounts.limits"


def mark_of(name: str) -> str:
    """A name as the limits know it: one mark for all spellings that could be meant for one name."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()[:500]
    return salted_hmac(SALT, plain, algorithm="sha256").hexdigest()


def refuses_password(request: HttpRequest, name: str, *, now: datetime) -> bool:
    """Whether a password for `name` is not even looked at."""
    if is_known(request, name):
        return False
    recent = FailedSignIn.objects.filter(at__gt=now - WINDOW)
    here = recent.filter(address=neighbourhood(request))
    if here.values("name_mark").distinct().count() >= NAMES_FROM_ADDRESS or here.count() >= FAILURES_FROM_ADDRESS:
        return True
    return recent.filter(name_mark=mark_of(name)).count() >= FAILURES_OF_NAME


def refuses_code(name: str, *, now: datetime) -> bool:
    """Whether a code for `name` is not even looked at."""
    recent = FailedSignIn.objects.filter(at__gt=now - WINDOW, name_mark=mark_of(name), is_code=True)
    return recent.count() >= CODES_OF_PERSON


@transaction.atomic
def count_code(request: HttpRequest, name: str, *, now: datetime) -> bool:
    """Count a code against the person's hour before anybody looks at it, one at a time; False beyond the limit.

    A right one is taken off again by `forgive_codes`; however many ask at once, no more are looked at than allowed.
    """
    mark = mark_of(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [SALT, mark])
    if refuses_code(name, now=now):
        return False
    here = {"address": neighbourhood(request), "browser": _browser(request)}
    FailedSignIn.objects.create(name_mark=mark, is_code=True, at=now, **here)
    return True


def note_failure(request: HttpRequest, name: str, *, now: datetime) -> None:
    """Write down one wrong password."""
    FailedSignIn.objects.create(name_mark=mark_of(name), address=neighbourhood(request), at=now)


def forgive(request: HttpRequest, name: str) -> None:
    """Forget the wrong passwords of who has now signed in, from this address: they mistyped."""
    FailedSignIn.objects.filter(name_mark=mark_of(name), address=neighbourhood(request), is_code=False).delete()


def forgive_codes(request: HttpRequest, name: str) -> None:
    """Forget the codes that this very browser has given, the last of which was right. Others go on counting: whoever
    guesses behind the same address must not begin anew each time that the person signs in."""
    FailedSignIn.objects.filter(name_mark=mark_of(name), is_code=True, browser=_browser(request)).delete()


def _browser(request: HttpRequest) -> str:
    return hash_of(request.session.session_key or "")


def forget_before(now: datetime) -> int:
    """Delete failures older than a day; returns how many."""
    return FailedSignIn.objects.filter(at__lt=now - KEPT).delete()[0]


# --- browsers that have signed in before ------------------------------------------------------------------------------
def is_known(request: HttpRequest, name: str) -> bool:
    """Whether this browser has signed in as `name` in the last half year."""
    return mark_of(name) in _known_marks(request)


def remember(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Let this browser be known for `name`: a signed cookie of marks, of no use for signing in."""
    mark = mark_of(name)
    marks = [mark, *(one for one in _known_marks(request) if one != mark)][:KNOWN_NAMES]
    response.set_cookie(
        settings.KNOWN_COOKIE_NAME,
        signing.dumps(marks, salt=SALT),
        max_age=KNOWN_FOR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _known_marks(request: HttpRequest) -> list[str]:
    try:
        found = signing.loads(request.COOKIES.get(settings.KNOWN_COOKIE_NAME, ""), salt=SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []
    return [str(one) for one in found]
