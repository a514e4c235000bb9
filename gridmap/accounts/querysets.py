"""Questions about posts."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gridmap.accounts.roles import VERBS, Verb

if TYPE_CHECKING:
    from gridmap.accounts.models import Device, Post


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by period and by what they allow."""

    def in_force(self, day: date) -> "PostQuerySet":
        """Posts that have begun and not ended on `day`; one ended early is over from that moment on."""
        ended = Q(ended_at__isnull=False, ended_at__lte=timezone.now())
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day).exclude(ended)

    def allowing(self, verb: Verb) -> "PostQuerySet":
        """Posts whose role carries `verb`; special groups are opened post by post, never by a role."""
        if verb == Verb.SPECIAL_GROUPS:
            return self.filter(special_groups=True)
        return self.filter(role__in=[role for role, verbs in VERBS.items() if verb in verbs])


class DeviceQuerySet(models.QuerySet["Device"]):
    """Questions about screens."""

    def alive(self) -> "DeviceQuerySet":
        """Screens whose token still opens the door."""
        return self.filter(revoked_at__isnull=True, account__is_active=True)
