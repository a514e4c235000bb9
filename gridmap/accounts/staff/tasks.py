"""What the worker does for the administrators' room: forget old lists."""

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from gridmap.accounts.staff.stafflists import KEPT, forget_lists_before


@app.periodic(cron="47 3 * * *")
@app.task(name="forget_old_staff_lists", queueing_lock="forget_old_staff_lists")
def forget_old_staff_lists(timestamp: int, **_rest: Any) -> int:
    """Forget staff lists brought more than 30 days ago, applied or not; returns how many."""
    return forget_lists_before(timezone.now() - KEPT)
