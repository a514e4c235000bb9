"""Sealing short texts with AES-256-GCM or SM4-GCM, each bound to the one place in the database where it belongs.

A blob is one byte for format and cipher, one byte for the number of the key, 12 random bytes of nonce, then ciphertext
and 16 bytes of tag: 30 bytes more than the text in UTF-8.

Sources: AES-GCM, NIST SP 800-38D; SM4-GCM, RFC 8998; HKDF, RFC 5869; SM3, GB/T 32905.
"""

import os
from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Mode
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 2
SHORTEST_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES


class SealError(Exception):
    """A sealed value cannot be made or opened. No message of these errors ever holds the text."""


class WrongPlaceError(SealError):
    """The value has no place, or stands at another one than it was sealed for."""


class TamperedError(WrongPlaceError):
    """The bytes are not what was sealed for this place: changed, or brought from another row, column or table.

    The tag of GCM covers both and cannot tell which.
    """


class UnknownKeyError(SealError):
    """The value is sealed with a key that this process does not have."""


class Cipher(StrEnum):
    """What personal fields are sealed with."""

    AES = "aes-256-gcm"
    SM4 = "sm4-gcm"


FORMATS: dict[Cipher, int] = {Cipher.AES: 0x01, Cipher.SM4: 0x02}
CIPHERS = {number: cipher for cipher, number in FORMATS.items()}
KEY_BYTES: dict[Cipher, int] = {Cipher.AES: 32, Cipher.SM4: 16}


class Place(NamedTuple):
    """The one row and column where a sealed value belongs."""

    table: str
    column: str
    pk: str

    @property
    def aad(self) -> bytes:
        """What the tag covers beside the text: a value that is moved no longer opens."""
        return f"{self.table}.{self.column}:{self.pk}".encode()

    @property
    def field(self) -> str:
        """`table.column`."""
        return f"{self.table}.{self.column}"


def hash_of(cipher: Cipher) -> HashAlgorithm:
    """SM3 beside SM4, SHA-256 beside AES."""
    return SM3() if cipher is Cipher.SM4 else SHA256()


def derive_key(master: bytes, *, cipher: Cipher, purpose: str, length: int) -> bytes:
    """A key of `length` bytes for one purpose, by HKDF.

    Every table's column has a key of its own, so that the bound on random nonces (2^32 values under one key, SP 800-38D
    section 8.3) holds per column and not for the whole district, and a key that leaks from one column opens no other.
    """
    return HKDF(hash_of(cipher), length, salt=None, info=f"gridmap {cipher} {purpose}".encode()).derive(master)


class Seal:
    """The key of one column, ready to seal and to open. `number` names the master key it comes from."""

    def __init__(self, cipher: Cipher, number: int, secret: bytes) -> None:
        self._header = header_for(cipher, number)
        self._work: AESGCM | SM4 = AESGCM(secret) if cipher is Cipher.AES else SM4(secret)

    def close(self, text: str, place: Place) -> bytes:
        """The blob of `text` for `place`."""
        nonce = os.urandom(NONCE_BYTES)
        return self._header + nonce + self.encrypt(nonce, text.encode(), place.aad)

    def open(self, blob: bytes, place: Place) -> str:
        """The text of `blob`, or TamperedError."""
        nonce, rest = blob[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], blob[HEADER_BYTES + NONCE_BYTES :]
        try:
            return self.decrypt(nonce, rest, place.aad).decode()
        except (InvalidTag, UnicodeDecodeError):
            message = f"a value of {place.field} is not what was sealed for this row: changed, or moved here"
            raise TamperedError(message) from None

    def encrypt(self, nonce: bytes, text: bytes, aad: bytes) -> bytes:
        """The bare cipher: ciphertext and tag. A nonce is used once under one key."""
        if isinstance(self._work, AESGCM):
            return self._work.encrypt(nonce, text, aad)
        work = Mode(self._work, GCM(nonce)).encryptor()
        work.authenticate_additional_data(aad)
        return work.update(text) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, rest: bytes, aad: bytes) -> bytes:
        """The bare cipher back: the text, or InvalidTag."""
        if isinstance(self._work, AESGCM):
            return self._work.decrypt(nonce, rest, aad)
        work = Mode(self._work, GCM(nonce, rest[-TAG_BYTES:])).decryptor()
        work.authenticate_additional_data(aad)
        return work.update(rest[:-TAG_BYTES]) + work.finalize()


def read_header(blob: bytes) -> tuple[Cipher, int]:
    """Cipher and key number of what begins a blob; TamperedError where it begins none."""
    if len(blob) < HEADER_BYTES or blob[0] not in CIPHERS:
        raise TamperedError("a value is of an unknown format")
    return CIPHERS[blob[0]], blob[1]


def header_for(cipher: Cipher, number: int) -> bytes:
    """How a blob of this cipher and key begins."""
    return bytes((FORMATS[cipher], number))
