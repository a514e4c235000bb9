"""What a person keeps of the map: views with a name, and short links to long addresses."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.console.querysets import SavedViewQuerySet

#: Letters and digits that are not mistaken for one another when somebody reads an address aloud.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
KEY_LENGTH = 8
LONGEST_ADDRESS = 8_000


def short_key() -> str:
    """Eight random letters and digits: 10^11 of them, so that nobody finds another's by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))


class SavedView(models.Model):
    """An address of the console under a short key. Without a name it is a link alone and stands in no list."""

    id = models.CharField(primary_key=True, max_length=12, default=short_key, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    address = models.TextField(_("what the address bar holds"), max_length=LONGEST_ADDRESS, blank=True)
    area = models.CharField(_("area of whom it is shared with"), max_length=15, blank=True)
    shared = models.BooleanField(_("shared with people of the same area"), default=False)
    first = models.BooleanField(_("the owner's first view"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering: ClassVar = ["name", "created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner"], condition=Q(first=True), name="one_first_view_per_person"),
        ]

    def __str__(self) -> str:
        return self.name or self.id
