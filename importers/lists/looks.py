"""What may be seen of a list before anything of it is kept: its columns, and a few of its values, masked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from gridmap.population.models import Dwelling, Resident, Risk
from gridmap.vault.masks import HIDDEN, MaskKind, mask
from importers.lists.fields import MASKS
from importers.records import Description, RefusedError

#: A heading with so many figures is no heading: the list begins with somebody's row.
_SOMEBODY = re.compile(r"\d{7,}")
#: Fields that may be shown as they stand: what they hold is one of a few words.
OPEN = frozenset({"gender", "relation", "person_kind", "occupancy", "purpose", "let", "risk", "compound", "community"})

#: Fields whose values are kept by a short name, and what that is called.
CHOICES = {
    "gender": Resident.Gender, "relation": Resident.Relation, "person_kind": Resident.Kind, "risk": Risk,
    "occupancy": Dwelling.Occupancy, "purpose": Dwelling.Purpose,
}  # fmt: skip


def refuse_headless(description: Description) -> None:
    """RefusedError("header_missing") where the row of headings is somebody's; nothing of it is kept then."""
    if any(_SOMEBODY.search(column) for layer in description.layers for column in layer.columns):
        raise RefusedError("header_missing")


def masked_samples(mapping: Mapping[str, str], samples: Mapping[str, Sequence[str]]) -> str:
    """Column → a few of its values as JSON: masked by what the column means, hidden where nobody knows."""
    meaning = {column: target for target, column in mapping.items()}
    shown = {
        column: [shown_value(meaning.get(column, ""), value) for value in values] for column, values in samples.items()
    }
    return json.dumps(shown, ensure_ascii=False)


def shown_value(field: str, value: object) -> str:
    """A value of a field as every page shows it."""
    text = "" if value is None else str(value)
    if not text or field in OPEN:
        return str(dict(CHOICES[field].choices).get(text, text)) if field in CHOICES else text
    return mask(MaskKind(MASKS[field]), text) if field in MASKS else HIDDEN
