"""Questions about posts."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gridmap.accounts.roles import VERBS, Verb

if TYPE_CHECKING:
    from gridmap.accounts.models import AccessToken, Device, Post, SignedIn


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by period and by what they allow."""

    def in_force(self, day: date) -> "PostQuerySet":
        """Posts that have begun and not ended on `day`; one ended early is over from that moment on.

        Of a day in the past those that were in force at any time of it.
        """
        ended = Q(ended_at__isnull=False, ended_at__lte=_last_look(day))
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day).exclude(ended)

    def not_over(self, today: date) -> "PostQuerySet":
        """Posts in force today and those still to come."""
        ended = Q(ended_at__isnull=False, ended_at__lte=timezone.now())
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today)).exclude(ended)

    def allowing(self, verb: Verb) -> "PostQuerySet":
        """Posts whose role carries `verb`; special groups are opened post by post, never by a role."""
        if verb == Verb.SPECIAL_GROUPS:
            return self.filter(special_groups=True)
        return self.filter(role__in=[role for role, verbs in VERBS.items() if verb in verbs])


def _last_look(day: date) -> datetime:
    """A post ended by this moment no longer counts on `day`: now, or the beginning of a day that has passed."""
    now = timezone.now()
    return now if day >= timezone.localdate(now) else timezone.make_aware(datetime.combine(day, time.min))


class DeviceQuerySet(models.QuerySet["Device"]):
    """Questions about screens."""

    def alive(self) -> "DeviceQuerySet":
        """Screens whose token still opens the door."""
        return self.filter(revoked_at__isnull=True, account__is_active=True)


class SignedInQuerySet(models.QuerySet["SignedIn"]):
    """Questions about sessions."""

    def open(self) -> "SignedInQuerySet":
        """Sessions that nothing has ended yet."""
        return self.filter(ended_at__isnull=True)


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Questions about tokens of other programs."""

    def alive(self, at: datetime) -> "AccessTokenQuerySet":
        """Tokens that are not revoked and whose time is not over, of people who are switched on."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at, person__is_active=True)
