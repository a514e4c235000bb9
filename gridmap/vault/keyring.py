"""The keys of this installation, read from the settings and refused where they are nonsense."""

import base64
import binascii
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gridmap.vault.ciphers import (
    HEADER_BYTES,
    KEY_BYTES,
    SHORTEST_BYTES,
    Cipher,
    Place,
    Seal,
    SealError,
    TamperedError,
    UnknownKeyError,
    derive_key,
    header_for,
    read_header,
)

MASTER_BYTES = 32
HOW = "Set it to NUMBER:KEY with KEY = 32 random bytes in base64 (head -c 32 /dev/urandom | base64)."


class NoKeyError(SealError):
    """There is no key to seal with; a key made up by one process would lose what it stores."""


@dataclass(frozen=True)
class MasterKey:
    """One key of a setting; its number (1–255) stands in every value made with it."""

    number: int
    secret: bytes = field(repr=False)


def read_keys(setting: str, text: str) -> tuple[MasterKey, ...]:
    """The keys of `1:base64,2:base64` in their order, the first being the current one."""
    keys: list[MasterKey] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        key = _read_key(setting, part)
        if key.number in {other.number for other in keys}:
            raise ImproperlyConfigured(f"{setting} holds key {key.number} twice.")
        keys.append(key)
    return tuple(keys)


def _read_key(setting: str, part: str) -> MasterKey:
    number, separator, encoded = part.partition(":")
    if not separator or not (number.isascii() and number.isdigit()) or not 1 <= int(number) <= 255:
        raise ImproperlyConfigured(f"{setting}: every key starts with its number (1 to 255) and a colon. {HOW}")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(f"{setting}: key {number} is not base64. {HOW}") from None
    if len(secret) != MASTER_BYTES or len(set(secret)) < 8:
        raise ImproperlyConfigured(f"{setting}: key {number} is not 32 random bytes. {HOW}")
    return MasterKey(int(number), secret)


class Keyring:
    """Seals and opens with the keys of the settings; the keys of the columns are derived once and kept."""

    def __init__(self, *, field_keys: str, field_cipher: str, blind_keys: str) -> None:
        try:
            self.cipher = Cipher(field_cipher)
        except ValueError:
            allowed = " or ".join(Cipher)
            raise ImproperlyConfigured(f"FIELD_CIPHER is {allowed}, not “{field_cipher}”.") from None
        self.field_keys = read_keys("FIELD_KEYS", field_keys)
        self.blind_keys = read_keys("BLIND_KEYS", blind_keys)
        if {key.secret for key in self.field_keys} & {key.secret for key in self.blind_keys}:
            raise ImproperlyConfigured("FIELD_KEYS and BLIND_KEYS hold the same key; each needs keys of its own.")
        self._seals: dict[tuple[bytes, str, str], Seal] = {}

    @cached_property
    def header(self) -> bytes:
        """How every value sealed from now on begins. NoKeyError."""
        if not self.field_keys:
            raise NoKeyError(f"FIELD_KEYS is not set, so nothing personal can be stored. {HOW}")
        return header_for(self.cipher, self.field_keys[0].number)

    def seal(self, text: str, place: Place) -> bytes:
        """The blob of `text` for `place`; nothing stays nothing. NoKeyError without a key."""
        return self._seal_of(self.header, place).close(text, place) if text else b""

    def open(self, blob: bytes, place: Place) -> str:
        """The text of a blob. TamperedError, UnknownKeyError."""
        if not blob:
            return ""
        if len(blob) < SHORTEST_BYTES:
            raise TamperedError(f"a value of {place.field} is too short")
        return self._seal_of(blob[:HEADER_BYTES], place).open(blob, place)

    def renewed(self, blob: bytes, place: Place) -> bytes:
        """The blob under the current key and cipher; the same one where it is that already or cannot be opened."""
        if not blob or blob[:HEADER_BYTES] == self.header:
            return blob
        try:
            return self.seal(self.open(blob, place), place)
        except (TamperedError, UnknownKeyError):
            return blob

    def _seal_of(self, header: bytes, place: Place) -> Seal:
        found = self._seals.get((header, place.table, place.column))
        if found is None:
            cipher, number = read_header(header)
            master = next((key for key in self.field_keys if key.number == number), None)
            if master is None:
                raise UnknownKeyError(
                    f"FIELD_KEYS holds no key {number}, with which a value of {place.field} is sealed"
                )
            secret = derive_key(master.secret, cipher=cipher, purpose=f"field {place.field}", length=KEY_BYTES[cipher])
            found = self._seals[header, place.table, place.column] = Seal(cipher, number, secret)
        return found


@lru_cache(maxsize=16)
def _keyring(field_keys: str, field_cipher: str, blind_keys: str) -> Keyring:
    return Keyring(field_keys=field_keys, field_cipher=field_cipher, blind_keys=blind_keys)


def keyring() -> Keyring:
    """The keys of the settings as they are now."""
    return _keyring(settings.FIELD_KEYS, settings.FIELD_CIPHER, settings.BLIND_KEYS)
