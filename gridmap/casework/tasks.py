"""What the worker does every minute: marks cases that have come due, folds the counts, notes a new day."""

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from gridmap.casework.bins import fold_all
from gridmap.casework.clock import note_new_day, note_overdue


@app.periodic(cron="* * * * *")
@app.task(name="keep_cases", queueing_lock="keep_cases")
def keep_cases(timestamp: int, **_rest: Any) -> int:
    """Mark cases that have come due and fold the counts; returns how many changes were folded."""
    now = timezone.now()
    note_overdue(at=now)
    note_new_day(at=now)
    return fold_all()
