"""A change of keys opens everything once, so every batch of it leaves an entry."""

from gridmap.traces.services import note
from gridmap.vault.rotation import Batch


def note_rotation(batch: Batch) -> None:
    """One entry of the kind "rotate" in the batch's own transaction: which rows were sealed anew, which stay."""
    detail = {"rows": batch.renewed, "unreadable": batch.unreadable, "doubled": batch.doubled}
    note(kind="rotate", table=batch.table, detail=detail)
