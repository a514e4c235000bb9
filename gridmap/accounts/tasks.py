"""What the worker does for the accounts every night: forget what nobody needs any more."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from gridmap.accounts import limits, sessions, tokens


@app.periodic(cron="23 3 * * *")
@app.task(name="forget_old_sessions", queueing_lock="forget_old_sessions")
def forget_old_sessions(timestamp: int, **_rest: Any) -> int:
    """Delete failures, ended sessions and their stores; returns how many rows of ours went."""
    SessionStore.clear_expired()
    now = timezone.now()
    return limits.forget_before(now) + sessions.forget_before(now) + tokens.forget_before(now)
