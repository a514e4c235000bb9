"""What time alone changes: cases come due, days begin."""

from datetime import datetime

from gridmap.casework.models import Case


def note_overdue(*, at: datetime) -> int:
    """Mark the open cases that have come due; returns how many.

    Counts and tiles know nothing of the clock: what comes due is a change like any other, so that no kept tile tells
    an old number. Whoever asks for single cases asks `overdue_at`, which is never a minute late.
    """
    return Case.objects.overdue_at(at).filter(overdue=False).update(overdue=True)
