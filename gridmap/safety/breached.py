"""Passwords known from breaches, looked up in a file that the administrator brings; nothing is asked over a network.

The file is the one that "Have I Been Pwned" gives out, ordered by hash: a line `SHA-1 in hex:count` per password.
Tens of gigabytes are searched in some thirty steps. A part of it, most used first cut and ordered again, works as well.
"""

import hashlib
import mmap
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HASH_LETTERS = 40


class NotBreached:
    """Refuses what stands in BREACHED_PASSWORDS; without that setting it refuses nothing."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where the password is known."""
        if settings.BREACHED_PASSWORDS is not None and is_listed(password, settings.BREACHED_PASSWORDS):
            raise ValidationError(_("This password is known from a breach elsewhere."), code="password_breached")

    def get_help_text(self) -> str:
        """Shown beside the field."""
        return _("Not known from a breach elsewhere.")


def is_listed(password: str, path: Path) -> bool:
    """Whether the file has the password's hash. OSError where it cannot be read: nobody then believes it was asked."""
    sought = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            return _search(lines, sought)


def _search(lines: mmap.mmap, sought: bytes) -> bool:
    low, high = 0, len(lines)
    while low < high:
        start = lines.rfind(b"\n", 0, (low + high) // 2) + 1
        end = lines.find(b"\n", start)
        found = lines[start : start + HASH_LETTERS].upper()
        if found == sought:
            return True
        if found < sought:
            low = len(lines) if end < 0 else end + 1
        else:
            high = start
    return False
