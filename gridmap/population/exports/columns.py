"""What an export can hold of a resident: column by column, masked or clear."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gridmap.population.models import ExportRequest, Resident
from gridmap.population.querysets import ResidentQuerySet
from gridmap.population.showing import age_of, building_name, note_shown, tags_of, with_tags
from gridmap.vault.sealed import Sealed

BATCH_ROWS = 500
#: Column → its heading and, for values that are not sealed, what it holds.
SEALED = {
    "name": gettext_noop("Full name"),
    "id_number": gettext_noop("ID number"),
    "phone": gettext_noop("Telephone"),
    "health": gettext_noop("Health"),
}
PLAIN: dict[str, tuple[str, Callable[[Resident], Any]]] = {
    "area": (gettext_noop("Grid"), lambda one: one.area),
    "building": (gettext_noop("Building"), lambda one: building_name(one.dwelling.building)),
    "door": (gettext_noop("Door"), lambda one: str(one.dwelling)),
    "gender": (gettext_noop("Gender"), lambda one: one.get_gender_display()),
    "age": (gettext_noop("Age"), lambda one: age_of(one.birth_year)),
    "kind": (gettext_noop("Kind"), lambda one: one.get_kind_display()),
    "relation": (gettext_noop("Relation to the head"), lambda one: one.get_relation_display()),
    "occupancy": (gettext_noop("Occupancy"), lambda one: one.dwelling.get_occupancy_display()),
    "risk": (gettext_noop("Risk"), lambda one: one.get_risk_display()),
    "tags": (gettext_noop("Care tags"), lambda one: "、".join(tag.label for tag in tags_of(one))),
}
#: All columns in the order of a file.
ORDER = ("area", "building", "door", "name", "gender", "age", "kind", "relation", "id_number", "phone", "occupancy",
         "risk", "tags", "health")  # fmt: skip


def column_choices() -> list[tuple[str, str]]:
    """Column and heading, in the language of the page."""
    return [(name, _(SEALED[name] if name in SEALED else PLAIN[name][0])) for name in ORDER]


def header_of(request: ExportRequest) -> list[str]:
    """The headings of a file, the marker's last."""
    headings = dict(column_choices())
    return [*(headings[name] for name in ORDER if name in request.fields), _("Marker")]


def keys_of(residents: ResidentQuerySet) -> list[UUID]:
    """Who stands in a file, in door order."""
    return list(residents.in_door_order().values_list("pk", flat=True))


def rows_of(request: ExportRequest, keys: Sequence[UUID]) -> Iterator[list[str]]:
    """Rows of text in the order of `keys`, read in batches inside an open door, whose list names everybody taken."""
    chosen = [name for name in ORDER if name in request.fields]
    for start in range(0, len(keys), BATCH_ROWS):
        batch = keys[start : start + BATCH_ROWS]
        found = {one.pk: one for one in with_tags(Resident.objects.filter(pk__in=batch))}
        for key in batch:
            if key in found:
                note_shown(found[key])
                yield [*(_cell(found[key], name, clear=request.clear) for name in chosen), marker_of(request, key)]


def _cell(resident: Resident, name: str, *, clear: bool) -> str:
    if name in SEALED:
        value: Sealed = getattr(resident, name)
        return value.reveal() if clear else value.mask()
    value = PLAIN[name][1](resident)
    return "" if value is None else str(value)


def marker_of(request: ExportRequest, key: UUID) -> str:
    """Which export a row comes from, and proof that it does: whoever finds a copied row can ask for its export."""
    proof = hmac.new(settings.SECRET_KEY.encode(), f"export {request.pk} {key}".encode(), hashlib.sha256).hexdigest()
    return f"{request.number:06d}-{proof[:12]}"
