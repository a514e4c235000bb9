"""What time alone changes: cases come due, days begin."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from gridmap.casework.models import Case
from gridmap.territory.models import LayerRevision


def note_overdue(*, at: datetime) -> int:
    """Mark the open cases that have come due; returns how many.

    Counts and tiles know nothing of the clock: what comes due is a change like any other, so that no kept tile tells
    an old number. Whoever asks for single cases asks `overdue_at`, which is never a minute late.
    """
    return Case.objects.overdue_at(at).filter(overdue=False).update(overdue=True)


def note_new_day(*, at: datetime) -> bool:
    """Once a day: posts may begin and end with it, so whoever is on duty is drawn afresh; returns whether it began."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    LayerRevision.objects.get_or_create(layer="duty")
    former = LayerRevision.objects.filter(layer="duty", changed_at__lt=midnight)
    return bool(former.update(number=F("number") + 1, changed_at=at))
