"""What the worker process does: run jobs, and take up those whose worker died."""

from typing import Any

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError
from django.utils import translation
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from gridmap.jobs import services, shares
from gridmap.jobs.models import Job, Share

#: Seconds without a heartbeat after which a worker counts as dead.
SILENCE_S = 30.0
#: How often work is begun whose worker dies each time: it may be the work that kills it.
MOST_STARTS = 3

#: A database that restarts is back within seconds; one that stays away longer has other troubles.
AGAIN = RetryStrategy(max_attempts=6, wait=5, retry_exceptions={OperationalError, InterfaceError})


@app.task(name="run_job", retry=AGAIN)
def run_job(*, job_id: str, language: str) -> None:
    """Run one job in the language of the person who asked; a job deleted meanwhile is nobody's work."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return
    with translation.override(language or None):
        services.run(job)


@app.task(name="run_share", retry=AGAIN)
def run_share(*, share_id: int, language: str) -> None:
    """Do one share of a job in the language of the person who asked."""
    share = Share.objects.filter(pk=share_id).first()
    if share is None:
        return
    with translation.override(language or None):
        shares.work_on(share)


@app.periodic(cron="* * * * *")
@app.task(name="take_up_stalled", queueing_lock="take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, /, timestamp: int, **_rest: Any) -> None:
    """Queue again what a killed worker left (every handler is safe to run twice); end what nobody will take up."""
    queue = context.app.job_manager
    for stalled in await queue.get_stalled_jobs(seconds_since_heartbeat=SILENCE_S):
        if stalled.attempts + 1 < MOST_STARTS:
            await queue.retry_job(stalled)
        else:
            await queue.finish_job(stalled, Status.FAILED, delete_job=False)
    await sync_to_async(services.end_lost)()
