"""How doors are written, in Python and in the database alike."""

import re
import unicodedata

from django.db import models
from django.db.models import Func

#: Words after a number that say what it is: 2单元 is unit 2, 501室 is room 501.
_UNIT = re.compile(r"(单元|门洞|门栋|UNIT)$")
_ROOM = re.compile(r"(号房|室|房|户|ROOM)$")


def door_text(text: str) -> str:
    """Full-width to half-width, no spaces, capitals: `５０１ａ` is `501A`. As the database's `DoorText`."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def unit_text(text: str) -> str:
    """A unit as it is stored: `２单元` is `2`."""
    return _UNIT.sub("", door_text(text))


def room_text(text: str) -> str:
    """A room as it is stored: `501室` is `501`."""
    return _ROOM.sub("", door_text(text))


class DoorText(Func):
    """The database's own `door_text`, for the constraint that holds it."""

    template = r"upper(regexp_replace(normalize(%(expressions)s, NFKC), '\s', '', 'g'))"
    output_field = models.CharField()
