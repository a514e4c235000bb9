"""Selections and files by who may see them."""

from typing import Any

from django.db import models

from gridmap.accounts.models import User
from gridmap.territory.querysets import Viewer


class OwnQuerySet(models.QuerySet[Any]):
    """Rows of one person each: nobody else, whatever their post, is told that they exist."""

    def visible_to(self, user: Viewer) -> "OwnQuerySet":
        """The person's own."""
        return self.filter(person=user) if isinstance(user, User) else self.none()
