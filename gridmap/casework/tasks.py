"""What the worker does for cases every minute: marks what has come due, and folds the counts."""

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from gridmap.casework.bins import fold_all
from gridmap.casework.clock import note_overdue


@app.periodic(cron="* * * * *")
@app.task(name="keep_cases", queueing_lock="keep_cases")
def keep_cases(timestamp: int, **_rest: Any) -> int:
    """Mark cases that have come due and fold the counts; returns how many changes were folded."""
    note_overdue(at=timezone.now())
    return fold_all()
