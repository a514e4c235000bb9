"""Sealing and opening without a model: for COPY, long work and the platform's own secrets."""

from gridmap.vault import ledger
from gridmap.vault.ciphers import Place
from gridmap.vault.keyring import keyring
from gridmap.vault.ledger import How


def seal_text(table: str, column: str, pk: object, text: str) -> bytes:
    """The blob of `text` for one row and column; nothing stays nothing. NoKeyError."""
    return keyring().seal(text, Place(table, column, str(pk)))


def open_text(table: str, column: str, pk: object, blob: bytes, how: How = How.CLEAR) -> str:
    """The text of a blob, noted in the ledger of the open door.

    `how` is MASKED only where the caller shows no more than `masks.mask` gives. OutsideDoorError, TamperedError,
    UnknownKeyError.
    """
    ledger.current().opened(table, column, pk, how)
    return open_secret(table, column, pk, blob)


def open_secret(table: str, column: str, pk: object, blob: bytes) -> str:
    """The text of a blob that is nobody's personal data but the platform's own secret: no door, no note."""
    return keyring().open(bytes(blob), Place(table, column, str(pk)))
