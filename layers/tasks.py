"""What the worker does for layers: forget files that nobody may fetch any more, draw tiles ahead."""

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from layers.exports.services import expire
from layers.seeding_job import seed_where_worth


@app.periodic(cron="*/15 * * * *")
@app.task(name="expire_layer_exports", queueing_lock="expire_layer_exports")
def expire_layer_exports(timestamp: int, **_rest: Any) -> int:
    """Forget files that are over, and files that no export stands for; returns how many."""
    return expire(at=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(name="seed_changed_tiles", queueing_lock="seed_changed_tiles")
def seed_changed_tiles(timestamp: int, **_rest: Any) -> str:
    """After much ground has changed, an import above all, draw its tiles before anybody asks; returns the job's key."""
    job = seed_where_worth(now=timezone.now())
    return str(job.pk) if job else ""
