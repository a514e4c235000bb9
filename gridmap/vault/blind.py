"""Finding a sealed value without opening any: a keyed mark of its normal form stands beside it.

The mark is an HMAC under a key of the column (SHA-256, or SM3 beside SM4), cut to 128 bits, behind a letter for the
hash and the number of its key: who holds a copy of the database but not the key cannot try out all ID numbers. Equal
values of one column have equal marks, and that is all a mark tells.

Sources: HMAC, RFC 2104; SM3, GB/T 32905; ID numbers, GB 11643-1999.
"""

import base64
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.hmac import HMAC

from gridmap.vault.ciphers import Cipher, derive_key, hash_of
from gridmap.vault.keyring import HOW, Keyring, MasterKey, NoKeyError, keyring
from gridmap.vault.masks import DOTS

MARK_BYTES = 16
LETTERS: dict[Cipher, str] = {Cipher.AES: "a", Cipher.SM4: "m"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


class BlindKind(StrEnum):
    """How a value is brought into the one form that is marked."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"


def normalise(kind: BlindKind, text: str) -> str:
    """The form in which two spellings of one value are equal; "" where nothing is left."""
    text = unicodedata.normalize("NFKC", text)
    if kind is BlindKind.PHONE:
        return _phone(text)
    text = unicodedata.normalize("NFKC", re.sub(r"\s+", "", text).casefold())  # what a blank kept apart may combine
    return _id_number(text) if kind is BlindKind.ID_NUMBER else re.sub(f"[{DOTS}.]", "·", text)


def _id_number(text: str) -> str:
    text = text.replace("-", "").upper().replace("×", "X")
    return _lengthened(text) if re.fullmatch(r"[0-9]{15}", text) else text


def _lengthened(short: str) -> str:
    """The 18 digits of a number of 15: century (18.. for the sequence 996–999, people past a hundred) and check."""
    century = "18" if short[-3:] >= "996" else "19"
    body = short[:6] + century + short[6:]
    return body + _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _phone(text: str) -> str:
    digits = re.sub(r"[^0-9+]", "", text)
    abroad = re.match(r"(?:\+|00)86(?=[0-9]{7})", digits)
    rest = digits[abroad.end() :] if abroad else re.sub(r"^86(?=1[0-9]{10}$)", "", digits)
    rest = rest.replace("+", "")
    return "0" + rest if abroad and not re.match(r"0|1[3-9][0-9]{9}$", rest) else rest


#: The kinds of the fields that are marked, by "table.column" of the sealed field; filled as models are loaded.
KINDS: dict[str, BlindKind] = {}


def mark_of(field: str, text: str) -> str:
    """The mark of `text` for `field` ("table.column" of the sealed one) under the current key; "" for nothing.

    LookupError where the field has no mark, NoKeyError without a key.
    """
    ring, value = keyring(), normalise(_kind_of(field), text)
    return _mark(ring, ring.cipher, _current_key(ring), field, value) if value else ""


def blind_of(field: str, text: str) -> list[str]:
    """Every mark that `text` can have in the database, for `…_blind__in`: current and former keys, either hash.

    Nothing for text of which the normal form is empty: it finds no row. LookupError where the field has no mark.
    """
    ring, value = keyring(), normalise(_kind_of(field), text)
    return [_mark(ring, cipher, key, field, value) for cipher, key in _ways(ring)] if value else []


def _kind_of(field: str) -> BlindKind:
    if field not in KINDS:
        raise LookupError(f"{field} has no BlindField, so it cannot be searched")
    return KINDS[field]


def _current_key(ring: Keyring) -> MasterKey:
    if not ring.blind_keys:
        raise NoKeyError(f"BLIND_KEYS is not set, so nothing personal can be stored. {HOW}")
    return ring.blind_keys[0]


def current_prefix() -> str:
    """How every mark made from now on begins; one that begins otherwise is made anew when keys are rotated."""
    ring = keyring()
    return prefix_of(ring.cipher, _current_key(ring))


def prefix_of(cipher: Cipher, key: MasterKey) -> str:
    """Letter of the hash, number of the key, a dot."""
    return f"{LETTERS[cipher]}{key.number}."


def _ways(ring: Keyring) -> Iterator[tuple[Cipher, MasterKey]]:
    other = Cipher.AES if ring.cipher is Cipher.SM4 else Cipher.SM4
    for cipher in (ring.cipher, other):
        for key in ring.blind_keys:
            yield cipher, key


@lru_cache(maxsize=256)
def _column_key(secret: bytes, cipher: Cipher, field: str) -> bytes:
    return derive_key(secret, cipher=cipher, purpose=f"blind {field}", length=32)


def _mark(ring: Keyring, cipher: Cipher, key: MasterKey, field: str, value: str) -> str:
    work = HMAC(_column_key(key.secret, cipher, field), hash_of(cipher))
    work.update(value.encode())
    short = base64.urlsafe_b64encode(work.finalize()[:MARK_BYTES]).rstrip(b"=").decode()
    return prefix_of(cipher, key) + short
