"""What the worker does for imports: forget the old."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from importers.services import forget_before


@app.periodic(cron="37 3 * * *")
@app.task(name="forget_old_imports", queueing_lock="forget_old_imports")
def forget_old_imports(timestamp: int, **_rest: Any) -> int:
    """Forget uploads and rows older than `IMPORT_KEEP_DAYS`; returns how many imports held some."""
    return forget_before(timezone.now() - timedelta(days=settings.IMPORT_KEEP_DAYS))
