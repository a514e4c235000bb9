"""户室: the doors of a building."""

from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridmap.population.columns import DoorText
from gridmap.population.models.placed import Located
from gridmap.population.querysets import DwellingQuerySet
from gridmap.territory.models import Building
from gridmap.vault.fields import SealedField
from gridmap.vault.masks import MaskKind


class Dwelling(Located):
    """One dwelling; unit and room are kept as `door_text` writes them (2, 501), so that one door is one row."""

    class Occupancy(models.TextChoices):
        OWNER = "owner", _("lived in by its owner")
        LET = "let", _("let")
        VACANT = "vacant", _("vacant")
        OTHER = "other", _("other use")

    class Purpose(models.TextChoices):
        HOME = "home", _("home")
        SHOP = "shop", _("shop")
        OFFICE = "office", _("office")
        WORKSHOP = "workshop", _("workshop")
        OTHER = "other", _("other")

    building = models.ForeignKey(
        Building, verbose_name=_("building"), on_delete=models.PROTECT, related_name="dwelling_rows"
    )
    unit = models.CharField(_("unit (单元)"), max_length=20, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.CharField(_("room"), max_length=20, blank=True)
    occupancy = models.CharField(_("occupancy"), max_length=10, choices=Occupancy, blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.HOME)
    owner_name = SealedField(_("owner's name"), mask=MaskKind.NAME, max_length=60, blank=True)
    owner_phone = SealedField(_("owner's telephone"), mask=MaskKind.PHONE, max_length=60, blank=True)

    objects = DwellingQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("dwelling")
        verbose_name_plural = _("dwellings")
        indexes: ClassVar = [
            models.Index(F("area"), F("door_order"), F("id"), name="dwelling_by_place"),
            GistIndex(fields=["location"], name="dwelling_on_the_map"),
        ]
        constraints: ClassVar = [
            *Located.Meta.constraints,
            models.UniqueConstraint(fields=["building", "unit", "room"], name="one_dwelling_per_door"),
            models.CheckConstraint(
                condition=Q(unit=DoorText("unit"), room=DoorText("room")), name="dwelling_door_is_normalised"
            ),
        ]

    def __str__(self) -> str:
        return "-".join(part for part in (self.unit, self.room) if part)
