"""People, organisations and posts: who holds which role for which area, from when to when."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.querysets import PostQuerySet
from gridmap.accounts.roles import Network, Role

AREA_PATTERN = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12}|\d{15})?$"


class User(AbstractUser):
    """A person who signs in; what they may do comes from their posts alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name as written in Chinese and English alike: one field, no order to guess."""
        return str(self)

    def get_short_name(self) -> str:
        """The same: Chinese names are not cut."""
        return str(self)


class Organisation(models.Model):
    """A street office, committee, department, station or centre."""

    class Kind(models.TextChoices):
        STREET = "street", _("street office")
        COMMUNITY = "community", _("community committee")
        DEPARTMENT = "department", _("department")
        POLICE = "police", _("police station")
        CENTRE = "centre", _("governance centre")
        PLANNING = "planning", _("planning office")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    area = models.CharField(_("area"), max_length=15, blank=True, validators=[RegexValidator(AREA_PATTERN)])

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(area__regex=AREA_PATTERN), name="organisation_area_is_a_code_prefix"),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person in a role for an area (a code prefix: 6 digits a county, 9 a street, 12 a community, 15 a grid)."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="posts")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
    )
    role = models.CharField(_("role"), max_length=24, choices=Role)
    area = models.CharField(_("area"), max_length=15, blank=True, validators=[RegexValidator(AREA_PATTERN)])
    network = models.CharField(_("network"), max_length=20, choices=Network, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes: ClassVar = [models.Index(fields=["person", "starts_on"], name="post_of_person")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(area__regex=AREA_PATTERN), name="post_area_is_a_code_prefix"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()} {self.area}"
