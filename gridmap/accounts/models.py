"""People, organisations and posts: who holds which role for which area, from when to when."""

from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.querysets import AccessTokenQuerySet, DeviceQuerySet, PostQuerySet, SignedInQuerySet
from gridmap.accounts.roles import Network, Role
from gridmap.vault.fields import SealedField

AREA_PATTERN = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12}|\d{15})?$"
#: A year, and a day for the hour at which it was made.
LONGEST_TOKEN = timedelta(days=366)


class User(AbstractUser):
    """A person who signs in; what they may do comes from their posts alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60, blank=True)
    #: Somebody else made up the password: the person chooses one before anything else is opened.
    must_choose_password = models.BooleanField(_("must choose a password"), default=False)
    #: Counts what ends all sessions of the person: half a sign-in begun before is over too.
    sign_in_epoch = models.PositiveIntegerField(_("times signed out everywhere"), default=0, editable=False)
    #: A second factor given before this moment is not one that the person has now.
    factor_taken_at = models.DateTimeField(_("second factor taken away at"), null=True, editable=False)

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
        OTHER = "other", _("other")

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
    """A person in a role for an area (a code prefix: 6 digits a county, 9 a street, 12 a community, 15 a grid).

    A deputy's post names the post that it stands in for, and a seconded (借调) one the organisation that lent the
    person: seconded people count 0 towards a community's staff.
    """

    class Duty(models.TextChoices):
        MAIN = "main", _("main")
        ASSISTING = "assisting", _("assisting")

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
    duty = models.CharField(_("main or assisting"), max_length=10, choices=Duty, default=Duty.MAIN)
    deputy_for = models.ForeignKey(
        "self", verbose_name=_("deputy for"), null=True, blank=True, on_delete=models.PROTECT, related_name="deputies"
    )
    seconded_from = models.ForeignKey(
        Organisation,
        verbose_name=_("seconded from"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lent_posts",
    )
    special_groups = models.BooleanField(_("may see special groups"), default=False)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True, editable=False)

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
            models.CheckConstraint(
                condition=Q(deputy_for__isnull=True) | Q(ends_on__isnull=False), name="deputy_post_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()} {self.area}"


class Device(models.Model):
    """A wall screen: signs in with a token, reads, and holds its area through a post of its own technical account."""

    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="device", editable=False)
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(User, verbose_name=_("created by"), on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("screen")
        verbose_name_plural = _("screens")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class SecondFactor(models.Model):
    """The secret that a phone computes six-digit codes from (RFC 6238); `confirmed_at` is empty until it did once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="second_factors")
    secret = SealedField(mask="text", noted=False)
    created_at = models.DateTimeField(_("created at"))
    #: The browser that was shown the secret, as the hash of its session's key.
    begun_in = models.CharField(max_length=64, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at__isnull=False), name="one_second_factor_in_use"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at__isnull=True), name="one_second_factor_begun"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.created_at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """One of the codes that open the door once without the phone; `slot` is its visible beginning."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    slot = models.CharField(max_length=4)
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "slot"], name="recovery_codes_differ_in_their_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.slot}…"


class SignedIn(models.Model):
    """A person's session: from when, where, and how it ended. The session's own key is nowhere but in its own table."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    password_mark = models.CharField(max_length=64, editable=False)
    began_at = models.DateTimeField(_("began at"))
    seen_at = models.DateTimeField(_("last seen"))
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)
    second_factor_at = models.DateTimeField(_("second factor given at"), null=True)
    confirmed_at = models.DateTimeField(_("identity confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    why = models.CharField(_("why it ended"), max_length=20, blank=True)

    objects = SignedInQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes: ClassVar = [models.Index(fields=["person", "ended_at"], name="sessions_of_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.began_at:%Y-%m-%d %H:%M}"


class FailedSignIn(models.Model):
    """One wrong password or code, kept for a day: who guesses at many names from one address is slowed down by it."""

    name_mark = models.CharField(max_length=64, editable=False)
    address = models.CharField(max_length=45, editable=False)
    is_code = models.BooleanField(default=False)
    #: Of codes: the hash of the session's key, so that a browser is forgiven its own mistakes alone.
    browser = models.CharField(max_length=64, blank=True, editable=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        indexes: ClassVar = [
            models.Index(fields=["address", "at"], name="failures_from_address"),
            models.Index(fields=["name_mark", "at"], name="failures_of_name"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"


class AccessToken(models.Model):
    """What a person gives another program (QGIS, a script) in the place of a password: it looks, and does no more.

    The key is told once and kept as a hash. `area` narrows what the person sees; empty is all of it.
    """

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(_("name"), max_length=80)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    area = models.CharField(_("area"), max_length=15, blank=True, validators=[RegexValidator(AREA_PATTERN)])
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    last_address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        indexes: ClassVar = [models.Index(fields=["person", "revoked_at"], name="tokens_of_person")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(area__regex=AREA_PATTERN), name="token_area_is_a_code_prefix"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST_TOKEN),
                name="token_ends_within_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WrongToken(models.Model):
    """A token that opens nothing, once for each address it was tried from: who tries many is slowed down by it."""

    address = models.CharField(max_length=45, editable=False)
    mark = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("wrong token")
        verbose_name_plural = _("wrong tokens")
        indexes: ClassVar = [models.Index(fields=["address", "at"], name="wrong_tokens_from_address")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address", "mark"], name="wrong_token_once_from_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"
