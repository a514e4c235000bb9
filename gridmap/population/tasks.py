"""What the worker does for people's records: count what could not be counted at once, forget exports."""

from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridmap.population.counting import recount_people
from gridmap.population.exports.asking import expire, sweep
from gridmap.territory.services import wait_for_other_writers

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=2, retry_exceptions={OperationalError, InterfaceError})


@app.task(name="count_later", retry=AGAIN)
def count_later(*, building_ids: list[int], **_rest: Any) -> None:
    """Count these buildings when nobody else writes the ground any more."""
    with transaction.atomic():
        wait_for_other_writers()
        recount_people(building_ids)


@app.periodic(cron="*/10 * * * *")
@app.task(name="expire_exports", queueing_lock="expire_exports")
def expire_exports(timestamp: int, **_rest: Any) -> int:
    """Forget the files of exports that may no longer be fetched; returns how many."""
    return expire(at=timezone.now())


@app.periodic(cron="53 3 * * *")
@app.task(name="sweep_exports", queueing_lock="sweep_exports")
def sweep_exports(timestamp: int, **_rest: Any) -> int:
    """Take away files of exports that no request stands for; returns how many."""
    return sweep()
