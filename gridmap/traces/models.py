"""The trail as the application may see it: it reads entries, and writes none but through the database's functions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an entry tells of: a write (noted by triggers), or what the application notes."""

    INSERT = "insert", _("added")
    UPDATE = "update", _("updated")
    DELETE = "delete", _("deleted")
    READ = "read", _("looked at")
    REVEAL = "reveal", _("revealed")
    EXPORT = "export", _("exported")
    IMPORT = "import", _("imported")
    ROTATE = "rotate", _("sealed anew")
    REFUSAL = "refusal", _("refused")
    SIGN_IN = "sign_in", _("signed in")
    SIGN_OUT = "sign_out", _("signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
    LOCKED = "locked", _("locked out")
    JOB = "job", _("work and commands")


class Entry(models.Model):
    """One thing that happened. What a row was before and after is told by `services.change_of` alone."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=16)
    actor = models.TextField(_("actor"))
    request = models.TextField(_("request"))
    table_name = models.TextField(_("table"))
    row_id = models.TextField(_("row"))
    area = models.CharField(_("area"), max_length=15, db_collation="C")
    detail = models.JSONField(_("detail"))
    role = models.TextField(_("database role"))

    class Meta:
        verbose_name = _("trace entry")
        verbose_name_plural = _("trace entries")

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.table_name} {self.row_id}"

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(Kind(self.kind).label) if self.kind in Kind else self.kind


class Seal(models.Model):
    """One link of the chain. An entry that is pruned leaves its link."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    personal = models.BooleanField()
    digest = models.BinaryField()
    pruned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.position}:{bytes(self.digest).hex()}"


class Anchor(models.Model):
    """Where the chain ended once: noted every day, and where pruning cut it off."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    why = models.CharField(max_length=8)
    position = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")

    def __str__(self) -> str:
        return f"{self.position}:{bytes(self.digest).hex()}"
