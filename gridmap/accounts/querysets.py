"""Questions about posts."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from gridmap.accounts.roles import VERBS, Verb

if TYPE_CHECKING:
    from gridmap.accounts.models import Post


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by period and by what they allow."""

    def in_force(self, day: date) -> "PostQuerySet":
        """Posts that have begun and not ended on `day`."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def allowing(self, verb: Verb) -> "PostQuerySet":
        """Posts whose role carries `verb`."""
        return self.filter(role__in=[role for role, verbs in VERBS.items() if verb in verbs])
