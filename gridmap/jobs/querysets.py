"""Questions about long work."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models

from gridmap.accounts.models import User

if TYPE_CHECKING:
    from gridmap.jobs.models import Job


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> "JobQuerySet":
        """A person sees the work that they started."""
        return self.filter(created_by=user) if isinstance(user, User) else self.none()
