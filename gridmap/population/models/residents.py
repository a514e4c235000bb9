"""居民: one person, personal fields sealed."""

from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridmap.population.models.dwellings import Dwelling
from gridmap.population.models.households import Household
from gridmap.population.models.placed import Located
from gridmap.population.querysets import ResidentQuerySet
from gridmap.vault.blind import BlindKind
from gridmap.vault.fields import BlindField, SealedField
from gridmap.vault.masks import MaskKind


class Risk(models.TextChoices):
    """How soon somebody must look in again; nobody without a care tag has one."""

    HIGH = "high", _("high risk")
    KEY = "key", _("key person")
    GENERAL = "general", _("general")


class Resident(Located):
    """Somebody who lives, or is registered, in a dwelling. `present` ends when they move away or die; `risk` is the
    worst of their care tags in force."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("registered resident")
        FLOATING = "floating", _("floating population")
        LEFT_BEHIND = "left_behind", _("left behind")
        OVERSEAS = "overseas", _("from overseas")

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    class Relation(models.TextChoices):
        HEAD = "head", _("head of the household")
        SPOUSE = "spouse", _("spouse")
        CHILD = "child", _("child")
        PARENT = "parent", pgettext_lazy("family", "parent")
        GRANDCHILD = "grandchild", _("grandchild")
        OTHER = "other", _("other")

    dwelling = models.ForeignKey(
        Dwelling, verbose_name=_("dwelling"), on_delete=models.PROTECT, related_name="residents"
    )
    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="residents",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.REGISTERED)
    name = SealedField(_("name"), mask=MaskKind.NAME, max_length=60, blank=True)
    name_blind = BlindField(source="name", kind=BlindKind.NAME)
    id_number = SealedField(_("ID number"), mask=MaskKind.ID_NUMBER, max_length=40, blank=True)
    id_number_blind = BlindField(source="id_number", kind=BlindKind.ID_NUMBER)
    phone = SealedField(_("telephone"), mask=MaskKind.PHONE, max_length=60, blank=True)
    phone_blind = BlindField(source="phone", kind=BlindKind.PHONE)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    relation = models.CharField(_("relation to the head"), max_length=12, choices=Relation, blank=True)
    health = SealedField(_("health"), mask=MaskKind.TEXT, max_length=500, blank=True)
    present = models.BooleanField(_("present"), default=True)
    gone_on = models.DateField(_("gone on"), null=True, blank=True)
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, blank=True, default="", editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        indexes: ClassVar = [
            models.Index(F("area"), F("door_order"), F("id"), name="resident_by_place"),
            models.Index(F("area"), F("risk"), F("door_order"), condition=~Q(risk=""), name="resident_by_risk"),
            models.Index(
                F("area"),
                F("door_order"),
                F("id"),
                include=["birth_year"],
                condition=~Q(risk="") & Q(present=True),
                name="resident_in_care_by_door",
            ),
            GistIndex(fields=["location"], condition=~Q(risk="") & Q(present=True), name="care_on_the_map"),
        ]
        constraints: ClassVar = [
            *Located.Meta.constraints,
            models.UniqueConstraint(
                fields=["id_number_blind"],
                condition=Q(present=True) & ~Q(id_number_blind=""),
                name="one_present_resident_per_id_number",
            ),
            models.CheckConstraint(
                condition=Q(birth_year__isnull=True) | Q(birth_year__gte=1880, birth_year__lte=2200),
                name="resident_birth_year_is_a_year",
            ),
            models.CheckConstraint(
                condition=Q(present=True, gone_on__isnull=True) | Q(present=False), name="present_resident_is_not_gone"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
