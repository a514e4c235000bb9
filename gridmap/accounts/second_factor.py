"""The second factor: six-digit codes that a phone computes every 30 seconds, and recovery codes for who lost the phone.

Sources: RFC 6238 (TOTP, with the SHA-1 and six digits that every authenticator app speaks), RFC 4226, section 7.2
(a code is accepted once), ASVS 5.0.0 chapters 6.5 and 6.6.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gridmap.accounts.models import Post, RecoveryCode, SecondFactor, User
from gridmap.accounts.roles import SECOND_FACTOR_ROLES

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
#: Steps before and after the present one whose code is taken too.
TOLERANCE_STEPS = 0
#: How long a secret that was shown waits for its first code.
BEGUN_FOR = timedelta(hours=1)
CODES = 10
SLOT_LETTERS = 2
SECRET_LETTERS = 10
#: Letters and digits that nobody confuses: five bits each.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CodeHasher(Argon2PasswordHasher):
    """Argon2id at OWASP's lowest cost: ten codes are hashed at once, and each has fifty random bits."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


HASHER = CodeHasher()


def is_required(person: User, *, at: datetime) -> bool:
    """Whether a password alone does not open this person's posts, as they stand at `at`."""
    posts = Post.objects.filter(person=person).in_force(timezone.localdate(at))
    return required_by(posts.values_list("role", flat=True))


def required_by(roles: Iterable[str]) -> bool:
    """Whether somebody with these roles needs more than a password."""
    if settings.SECOND_FACTOR != "by_role":
        return bool(settings.SECOND_FACTOR == "everyone")
    return any(role in SECOND_FACTOR_ROLES for role in roles)


def in_use(person: User) -> SecondFactor | None:
    """The factor that this person signs in with."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()


# --- enrolling --------------------------------------------------------------------------------------------------------
def begin(person: User, *, at: datetime, browser: str = "") -> SecondFactor:
    """A secret that waits for its first code; for an hour the same one in one and the same browser (`browser` is the
    hash of its session's key), so that a page can be opened again. No other browser is ever shown it."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        begun = SecondFactor.objects.filter(person=person, confirmed_at__isnull=True)
        begun.exclude(created_at__gte=at - BEGUN_FOR, begun_in=browser).delete()
        found = begun.first()
        if found is None:
            found = SecondFactor(person=person, created_at=at, begun_in=browser)
            found.secret = f"{person.pk}:{base64.b32encode(os.urandom(SECRET_BYTES)).decode()}"
            found.save()
    return found


def key_of(factor: SecondFactor) -> str:
    """The secret in base32. It is sealed together with the person it belongs to, so no row can be handed to another."""
    owner, _colon, key = factor.secret.reveal().partition(":")
    if owner != str(factor.person_id):
        raise ValueError(f"the second factor {factor.pk} was made for another person")
    return key


def address_of(factor: SecondFactor, *, issuer: str) -> str:
    """The otpauth address that an authenticator app reads from the QR code."""
    return _totp(factor).get_provisioning_uri(factor.person.username, issuer)


def confirm(person: User, code: str, *, at: datetime, browser: str = "") -> list[str] | None:
    """Put the secret begun in this browser in the place of the former one if `code` is right; returns the new recovery
    codes."""
    begun = SecondFactor.objects.filter(
        person=person, confirmed_at__isnull=True, created_at__gte=at - BEGUN_FOR, begun_in=browser
    ).first()
    if begun is None or not _take(begun, code, at=at):
        return None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if not SecondFactor.objects.filter(pk=begun.pk).exists():  # taken away meanwhile
            return None
        SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).delete()
        SecondFactor.objects.filter(pk=begun.pk).update(confirmed_at=at)
        return renew_recovery_codes(person)


# --- signing in -------------------------------------------------------------------------------------------------------
def accepts(person: User, text: str, *, at: datetime) -> bool:
    """Whether `text` is the present code of the phone, or a recovery code that was never used; either counts once."""
    plain = "".join(text.upper().split()).replace("-", "")
    factor = in_use(person)
    if len(plain) == DIGITS and plain.isascii() and plain.isdigit():
        return factor is not None and _take(factor, plain, at=at)
    return factor is not None and _take_recovery_code(person, plain, at=at)


def _take(factor: SecondFactor, code: str, *, at: datetime) -> bool:
    """Whether the code is right; only the first of all processes that ask takes it."""
    present = int(at.timestamp()) // STEP_S
    totp = _totp(factor)
    for step in range(present - TOLERANCE_STEPS, present + TOLERANCE_STEPS + 1):
        if hmac.compare_digest(totp.generate(step * STEP_S), code.encode()):
            return SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) == 1
    return False


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(key_of(factor)), DIGITS, SHA1(), STEP_S)  # noqa: S303  (RFC 6238; a MAC, not a digest)


# --- recovery codes ---------------------------------------------------------------------------------------------------
def renew_recovery_codes(person: User) -> list[str]:
    """Ten new codes in the place of all former ones, known to nobody afterwards: argon2 hashes alone are kept."""
    slots: set[str] = set()
    while len(slots) < CODES:
        slots.add(_letters(SLOT_LETTERS))
    codes = [slot + _letters(SECRET_LETTERS) for slot in sorted(slots)]
    rows = [RecoveryCode(person=person, slot=code[:SLOT_LETTERS], code_hash=_hashed(code)) for code in codes]
    with transaction.atomic():
        RecoveryCode.objects.filter(person=person).delete()
        RecoveryCode.objects.bulk_create(rows)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def recovery_codes_left(person: User) -> int:
    """How many have not been used."""
    return RecoveryCode.objects.filter(person=person, used_at__isnull=True).count()


def reset(person: User, *, at: datetime) -> None:
    """Take the second factor away, for who lost phone and codes: the next sign-in leads to a new one, and who has
    given the former one is to give the new one too."""
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(factor_taken_at=at, sign_in_epoch=F("sign_in_epoch") + 1)
        SecondFactor.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()


def _take_recovery_code(person: User, code: str, *, at: datetime) -> bool:
    found = RecoveryCode.objects.filter(person=person, slot=code[:SLOT_LETTERS], used_at__isnull=True).first()
    if found is None:
        _hashed(code)  # as long as a look at a code that is there
        return False
    if not HASHER.verify(code, found.code_hash):
        return False
    return RecoveryCode.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=at) == 1


def _hashed(code: str) -> str:
    return HASHER.encode(code, HASHER.salt())


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))
