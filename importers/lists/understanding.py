"""What was understood of an address, in words: for who brought the list and can compare it with what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gridmap.address.evidence import Reason
from gridmap.address.parse import parse
from importers.lists.models import ListRow
from importers.lists.placing import address_of

#: A compound that is not written as it is called.
CORRECTED = frozenset({Reason.COMPOUND_TYPO, Reason.COMPOUND_PHASE, Reason.COMPOUND_CORE, Reason.COMPOUND_ALIAS})
WRITES = frozenset({*ListRow.WRITTEN, ListRow.Action.SAME})


def door_of(row: ListRow) -> str:
    """Unit and room of a row (2 单元 501室); "" where it names neither."""
    unit = _("unit %(unit)s") % {"unit": row.unit} if row.unit else ""
    room = _("room %(room)s") % {"room": row.room} if row.room else ""
    return f"{unit} {room}".strip()


def remarks_on(row: ListRow, values: Mapping[str, Any]) -> list[str]:
    """What to look at before the list is applied: a compound that was corrected, a door that is missing."""
    if row.building is None or row.action not in WRITES:
        return []
    remarks = []
    best = next((one for one in row.candidates if one["building"] == row.building_id), None)
    written = parse(address_of(values)).compound
    if best and row.building.compound and not CORRECTED.isdisjoint(best["reasons"]) and written:
        names = {"written": written, "name": row.building.compound.name}
        remarks.append(_("Compound corrected: “%(written)s” is taken for %(name)s.") % names)
    if not row.room:
        remarks.append(_("No room is named: recorded in the building without a door."))
    return remarks
