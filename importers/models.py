"""One import from the upload to its result, the rows it would write, and the columns remembered for a source."""

import uuid
from pathlib import PurePath
from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from gridmap.jobs.models import Job
from gridmap.vault.fields import SealedField
from importers.lists.models import CompoundAlias, ListRow
from importers.querysets import ImportRunQuerySet

__all__ = ["ColumnMapping", "CompoundAlias", "ImportRun", "ListRow", "StagedRow"]


class ImportRun(models.Model):
    """A file that somebody brought: what was read from it, how, what it would change, what it changed."""

    class Kind(models.TextChoices):
        REGIONS = "regions", _("regions (communities …)")
        COMPOUNDS = "compounds", _("compounds")
        BUILDINGS = "buildings", _("buildings")
        GROUND = "ground", _("ground (roads, water, green …)")
        BARRIERS = "barriers", _("barriers")
        CAMERAS = "cameras", _("cameras")
        LAMPS = "lamps", _("street lamps")
        COMPONENTS = "components", _("components (部件)")
        FACILITIES = "facilities", _("facilities")
        OSM = "osm", _("OpenStreetMap extract (everything in it)")
        RESIDENTS = "residents", _("residents (registered people)")
        FLOATING = "floating", _("tenants and floating population")
        DWELLINGS = "dwellings", _("dwellings and their owners")
        CARE = "care", _("elderly and people in care")

    #: Kinds of lists that are about people: other rights, sealed at every step.
    PERSONAL: ClassVar = (Kind.RESIDENTS, Kind.FLOATING, Kind.DWELLINGS, Kind.CARE)

    class Status(models.TextChoices):
        READ = "read", _("read")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    source = models.CharField(_("source"), max_length=80)
    area = models.CharField(_("area"), max_length=15, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.READ)
    file_name = models.CharField(_("file name"), max_length=200)
    path = models.CharField(_("path"), max_length=500)
    sha256 = models.CharField("SHA-256", max_length=64)
    size_bytes = models.BigIntegerField(_("size (bytes)"))
    description = models.JSONField(_("what the file holds"), default=dict)
    samples = models.JSONField(_("sample values"), default=dict)
    #: Of a list of people: the key of the stored file and the samples, which are masked; so neither is noted.
    file_key = SealedField(mask="text", noted=False, blank=True, default=b"", editable=False)
    sealed_samples = SealedField(mask="text", noted=False, blank=True, default=b"", editable=False)
    layer = models.CharField(_("layer"), max_length=200, blank=True)
    encoding = models.CharField(_("chosen encoding"), max_length=40, blank=True)
    placing = models.JSONField(_("coordinate system and why"), default=dict)
    mapping = models.JSONField(_("columns"), default=dict)
    options = models.JSONField(_("options"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    above = models.JSONField(_("regions created above"), default=list)
    revisions = models.JSONField(_("state of the layers when compared"), default=dict)
    stale = models.BooleanField(_("compared again because the data had changed"), default=False)
    error = models.JSONField(_("why it failed"), default=dict)
    job = models.ForeignKey(Job, verbose_name=_("job"), null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="imports",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["created_by", "-created_at"], name="import_by_person")]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.get_kind_display()}"

    def layer_label(self, name: str) -> str:
        """A layer's name for people: the file's own name where the stored file's random one stands for it."""
        return PurePath(self.file_name).stem if name == PurePath(self.path).stem else name

    @property
    def personal(self) -> bool:
        """Whether its rows are about people."""
        return self.kind in self.PERSONAL

    @property
    def can_switch_off(self) -> bool:
        """Whether records that the file no longer has can be switched off; regions have no such switch."""
        return self.kind not in (self.Kind.REGIONS, self.Kind.DWELLINGS)


class StagedRow(models.Model):
    """One row of a file as it would be written, beside what is there now."""

    class Action(models.TextChoices):
        CREATED = "created", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("unchanged")
        CONFLICT = "conflict", _("edited by hand")
        MISSING = "missing", _("not in the file")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    row = models.IntegerField(_("row"))
    kind = models.CharField(max_length=12)
    key = models.CharField(_("number in the source"), max_length=120, blank=True)
    sound = models.BooleanField()
    action = models.CharField(_("action"), max_length=8, blank=True)
    read_reasons = models.JSONField(default=list)
    reasons = models.JSONField(_("reasons"), default=list)
    fields = models.JSONField(_("values"), default=dict)
    before = models.JSONField(_("values now"), default=dict)
    geom = models.GeometryField(_("shape"), srid=4326, null=True, spatial_index=False)
    target_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("row")
        verbose_name_plural = _("rows")
        ordering: ClassVar = ["run", "row", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["run", "kind", "key"], name="staged_by_key"),
            models.Index(fields=["run", "action", "row"], name="staged_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.key}"


class ColumnMapping(models.Model):
    """What a person decided about the columns of a source in an area; an empty column: leave this field alone.

    Another area's planners, who may give a file of theirs the same name, decide for themselves.
    """

    source = models.CharField(_("source"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12)
    area = models.CharField(_("area"), max_length=15, blank=True)
    mapping = models.JSONField(_("columns"), default=dict)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "kind", "area"], name="columns_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"
