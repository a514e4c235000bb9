"""Whose saved views a person may open."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from gridmap.accounts.models import User
from gridmap.accounts.permissions import PREFIX_LENGTHS, areas_of
from gridmap.accounts.roles import Verb

if TYPE_CHECKING:
    from gridmap.console.models import SavedView


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views by who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> "SavedViewQuerySet":
        """One's own, and those shared with people whose area holds the view's, is it, or lies in it."""
        if not isinstance(user, User):
            return self.none()
        shared = Q(pk__in=[])
        for area in areas_of(user, Verb.VIEW):
            above = {area[:length] for length in (0, *PREFIX_LENGTHS)}
            shared |= Q(area__startswith=area) | Q(area__in=above)
        return self.filter(Q(owner=user) | Q(shared=True) & shared)
