"""Things that people correct on the map: which state a page has seen, and what no file may overwrite unasked."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridmap.territory.models.sourced import Sourced

#: The source of what people put on the map themselves.
MANUAL = "manual"


class Tended(Sourced):
    """A record that is kept in step with a source and by hand.

    `version` counts its changes (a trigger does, whoever writes); `by_hand` names the columns that a person set, which
    imports leave alone; `position` is where it stands in words (longitude, latitude), written by the same trigger, so
    that the trail tells a move from where to where.
    """

    version = models.PositiveIntegerField(_("version"), default=1, db_default=1, editable=False)
    by_hand = ArrayField(
        models.CharField(max_length=40), verbose_name=_("set by hand"), default=list, db_default=[], editable=False
    )
    position = models.CharField(_("longitude, latitude"), max_length=60, default="", db_default="", editable=False)

    class Meta(Sourced.Meta):
        abstract = True


class Standing(Tended):
    """What stands on a pole, alone or with others: all that carry the same number of a pole keep one position."""

    class Status(models.TextChoices):
        WORKING = "working", _("working")
        BROKEN = "broken", _("broken")
        UNKNOWN = "unknown", _("unknown")

    pole = models.CharField(_("number of the pole"), max_length=60, default="", db_default="", blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.UNKNOWN, db_default=Status.UNKNOWN
    )

    class Meta(Tended.Meta):
        abstract = True
        constraints: ClassVar = [
            *Tended.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status__in=["working", "broken", "unknown"]), name="%(class)s_status_is_known"
            ),
        ]
