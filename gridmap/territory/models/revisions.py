"""Which state of a layer the database holds: tiles carry it in their address, so a stale one is never shown."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class LayerRevision(models.Model):
    """Bumped by a trigger in the very transaction that changes the layer's table."""

    layer = models.CharField(_("layer"), max_length=40, primary_key=True)
    number = models.BigIntegerField(_("revision"), default=1)
    changed_at = models.DateTimeField(_("changed at"), db_default=Now())

    class Meta:
        verbose_name = _("layer revision")
        verbose_name_plural = _("layer revisions")

    def __str__(self) -> str:
        return f"{self.layer} {self.number}"
