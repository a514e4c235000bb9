"""What somebody looked at who decides a conflict, so that nothing newer is overwritten unseen."""

from django.utils.crypto import constant_time_compare, salted_hmac

from gridmap.population.doorcode import FIELD, door_code
from gridmap.population.models import Conflict, Resident
from gridmap.vault.ledger import How
from gridmap.vault.sealed import Sealed
from gridmap.vault.sealing import open_text


def held_now(resident: Resident, name: str) -> str:
    """What the record says of a field at present, as the text a conflict holds; to be shown masked at most."""
    if name == FIELD:
        there = resident.dwelling
        return door_code(there.building_id, there.unit, there.room)
    held = getattr(resident, name)
    if isinstance(held, Sealed):
        return open_text("population_resident", name, resident.pk, held.blob(), How.MASKED) if held else ""
    return "" if held is None else str(held)


def text_of(conflict: Conflict, column: str) -> str:
    """`held` or `offered` of a conflict; to be shown masked at most."""
    return open_text("population_conflict", column, conflict.pk, getattr(conflict, column).blob(), How.MASKED)


def seen_of(conflict: Conflict, resident: Resident) -> str:
    """A mark of what is held now and what is offered: another one as soon as either is another. It tells neither."""
    text = "\x00".join([str(conflict.pk), held_now(resident, conflict.field), text_of(conflict, "offered")])
    return salted_hmac("gridmap.population.conflict", text, algorithm="sha256").hexdigest()


def still_so(conflict: Conflict, resident: Resident, seen: str) -> bool:
    """Whether somebody who was shown `seen` has seen what is held and offered now."""
    return constant_time_compare(seen_of(conflict, resident), seen)
