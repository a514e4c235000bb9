"""Things that come from somebody's file: where from, and which record there."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

#: The source of everything the generator makes; pages mark it as generated.
GENERATED = "generated"


class Sourced(models.Model):
    """A record kept in step with an outside source by (source, source_ref)."""

    source = models.CharField(_("source"), max_length=80)
    source_ref = models.CharField(_("number in the source"), max_length=120)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_ref"], name="%(class)s_once_per_source"),
        ]
