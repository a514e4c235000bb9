"""What a person selected on the map for an hour, and the files that they took out for a day."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from layers.querysets import OwnQuerySet


class Selection(models.Model):
    """Layers, shape and filters of a lasso or a radius, so that the page's address and an export can name them.

    A row rather than a signed text: a lasso of two thousand corners is forty times what an address may hold. It holds
    no results; whoever exports it an hour later gets what the question finds then, by the rights they have then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    asked = models.JSONField(_("what was asked"))
    made_at = models.DateTimeField(_("made at"), db_index=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")

    def __str__(self) -> str:
        return str(self.pk)


class LayerExport(models.Model):
    """A file of layers that one person asked for: theirs alone, for a while."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Format(models.TextChoices):
        GPKG = "gpkg", "GeoPackage"
        GEOJSON = "geojson", "GeoJSON"
        SHP = "shp", "Shapefile"
        KML = "kml", "KML"
        XLSX = "xlsx", "Excel (XLSX)"
        CSV = "csv", "CSV"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    asked = models.JSONField(_("what was asked"))
    format = models.CharField(_("format"), max_length=8, choices=Format)
    crs = models.PositiveIntegerField(_("coordinate system (EPSG)"), default=4326)
    scope = models.JSONField(_("areas of the person when it was made"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    job = models.UUIDField(null=True, editable=False)
    row_count = models.PositiveIntegerField(_("rows"), null=True)
    size_bytes = models.BigIntegerField(_("bytes"), null=True)
    made_at = models.DateTimeField(_("asked at"))
    ready_at = models.DateTimeField(_("ready at"), null=True)
    until = models.DateTimeField(_("kept until"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of layers")
        verbose_name_plural = _("files of layers")
        ordering: ClassVar = ["-made_at"]
        indexes: ClassVar = [models.Index(fields=["person", "-made_at"], name="layer_export_of_person")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(size_bytes__isnull=False, row_count__isnull=False, ready_at__isnull=False),
                name="layer_export_ready_has_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title
