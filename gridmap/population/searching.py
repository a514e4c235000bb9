"""Finding one person exactly, by name, telephone or ID number, through the marks beside the sealed values."""

import re

from gridmap.population.querysets import ResidentQuerySet
from gridmap.vault.blind import BlindKind, blind_of, normalise

MOST_FOUND = 50


def field_of(text: str) -> str:
    """What somebody has typed: an ID number of 15 or 18, a telephone number, else a name (or a permit's number)."""
    plain = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{17}[0-9Xx]|[0-9]{15}", normalise(BlindKind.ID_NUMBER, plain)):
        return "id_number"
    if re.fullmatch(r"[A-Za-z]{1,2}[0-9]{6,9}", plain):
        return "id_number"
    return "phone" if re.fullmatch(r"[+0-9]{7,15}", plain) else "name"


def find(residents: ResidentQuerySet, text: str) -> tuple[str, ResidentQuerySet]:
    """The field that was searched, and those residents whose value is exactly `text`."""
    name = field_of(text)
    return name, residents.marked(name, blind_of(f"population_resident.{name}", text))
