"""A staff list between the look at what it would do and the doing."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountReset(models.Model):
    """That somebody took a password or a second factor away from a person; without `by` the machine's owner did."""

    class Kind(models.TextChoices):
        PASSWORD = "password", _("password")
        SECOND_FACTOR = "second_factor", _("second factor")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="resets"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    told_at = models.DateTimeField(_("told at"), null=True)

    class Meta:
        verbose_name = _("reset of an account")
        verbose_name_plural = _("resets of accounts")
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="resets_of_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.at:%Y-%m-%d %H:%M}"


class StaffList(models.Model):
    """The rows of a file that an administrator brought (the file itself is gone), and what each would do, or did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(_("file name"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.CASCADE, related_name="staff_lists"
    )
    created_at = models.DateTimeField(_("created at"))
    columns: "models.JSONField[Any, Any]" = models.JSONField(_("columns"), default=dict)
    rows: "models.JSONField[Any, Any]" = models.JSONField(_("rows"), default=list)
    outcomes: "models.JSONField[Any, Any]" = models.JSONField(_("what the rows do"), default=list)
    mark = models.CharField(max_length=64)
    applied_at = models.DateTimeField(_("applied at"), null=True)

    class Meta:
        verbose_name = _("staff list")
        verbose_name_plural = _("staff lists")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
