"""Questions about plans."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Verb

if TYPE_CHECKING:
    from gridmap.planning.models import Plan


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans by viewer."""

    def visible_to(self, user: User | AnonymousUser) -> "PlanQuerySet":
        """Drafts are for those who draw or adopt in their community."""
        areas = areas_of(user, Verb.DRAW_GRIDS) + areas_of(user, Verb.ADOPT_PLAN)
        return self.filter(codes_in(areas, "community__code"))
