"""The life of sessions: ending them before their time."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from gridmap.accounts.models import User


def end_sessions(user: User) -> int:
    """Sign `user` out everywhere; returns how many sessions ended."""
    living = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [one.pk for one in living.iterator() if one.get_decoded().get(SESSION_KEY) == str(user.pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]
