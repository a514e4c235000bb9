"""News for the live stream, written in the transaction that makes it true."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class TransactionId(models.Func):
    """The id of the writing transaction: readers tell by it what their last snapshot has seen already."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class News(models.Model):
    """One line of news: `area` is the code prefix of who may hear it, `reference` what it is about."""

    transaction = models.BigIntegerField(db_default=TransactionId(), editable=False)
    area = models.CharField(_("area"), max_length=15, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    reference = models.CharField(_("reference"), max_length=64)
    data = models.JSONField(_("data"), default=dict)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        indexes: ClassVar = [models.Index(fields=["transaction", "id"], name="news_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
