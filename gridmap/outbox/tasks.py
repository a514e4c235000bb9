"""What the worker does for the news: forget the old."""

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from gridmap.outbox.services import forget_before


@app.periodic(cron="7 * * * *")
@app.task(name="forget_old_news", queueing_lock="forget_old_news")
def forget_old_news(timestamp: int, **_rest: Any) -> int:
    """Delete yesterday's news; returns how many rows went."""
    return forget_before(timezone.now())
