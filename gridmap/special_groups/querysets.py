"""Questions about special records."""

from typing import TYPE_CHECKING, Self

from gridmap.accounts.roles import Verb
from gridmap.population.querysets import PlacedQuerySet, Viewer

if TYPE_CHECKING:
    from gridmap.special_groups.models import SpecialRecord  # noqa: F401  (named in brackets only)


class SpecialRecordQuerySet(PlacedQuerySet["SpecialRecord"]):
    """Records of the areas of posts that are opened for special groups."""

    def visible_to(self, user: Viewer, verb: Verb = Verb.SPECIAL_GROUPS) -> Self:
        """Only the right of this room counts here."""
        return super().visible_to(user, verb)

    def in_force(self) -> Self:
        """Those that have not ended."""
        return self.filter(until__isnull=True)
