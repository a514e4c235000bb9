"""What the worker does for layers: forget files that nobody may fetch any more."""

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from layers.exports.services import expire


@app.periodic(cron="*/15 * * * *")
@app.task(name="expire_layer_exports", queueing_lock="expire_layer_exports")
def expire_layer_exports(timestamp: int, **_rest: Any) -> int:
    """Forget files that are over, and files that no export stands for; returns how many."""
    return expire(at=timezone.now())
