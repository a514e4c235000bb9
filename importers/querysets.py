"""Who sees which import."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Q, When

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Verb

if TYPE_CHECKING:
    from importers.models import ImportRun


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Imports by viewer."""

    def visible_to(self, user: User | AnonymousUser) -> "ImportRunQuerySet":
        """A person's own imports and those into areas where they may import; nothing once they may import nowhere."""
        areas = areas_of(user, Verb.IMPORT_DATA)
        if not areas or not isinstance(user, User):
            return self.none()
        return self.exclude(kind__in=self.model.PERSONAL).filter(Q(created_by=user) | codes_in(areas, "area"))

    def lists_of(self, user: User | AnonymousUser) -> "ImportRunQuerySet":
        """The lists of people that a person brought, into areas where they still may; nobody else sees them."""
        if not isinstance(user, User):
            return self.none()
        inside = codes_in(areas_of(user, Verb.IMPORT_PEOPLE), "area")
        return self.filter(inside, kind__in=self.model.PERSONAL, created_by=user)

    def open_of(self, user: User) -> "ImportRunQuerySet":
        """What a person brought and neither applied nor threw away."""
        return self.filter(created_by=user).exclude(status="applied")

    def open_first(self, user: User | AnonymousUser) -> "ImportRunQuerySet":
        """A person's open imports before all others, the newest first."""
        mine = Case(When(Q(created_by=user.pk) & ~Q(status="applied"), then=0), default=1)
        return self.order_by(mine, "-created_at")
