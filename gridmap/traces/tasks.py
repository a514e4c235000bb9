"""What the worker does for the trail: tells of strangers and seals it every minute, checks all of it every night."""

import logging
from typing import Any

from procrastinate.contrib.django import app

from gridmap.traces import chain
from gridmap.traces.services import note
from gridmap.traces.strangers import tell_refusals

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="seal_traces", queueing_lock="seal_traces")
def seal_traces(timestamp: int, **_rest: Any) -> int:
    """Tell of strangers, then seal what was committed meanwhile; returns how many entries."""
    tell_refusals()
    return chain.seal_new()


@app.periodic(cron="41 3 * * *")
@app.task(name="check_all_traces", queueing_lock="check_all_traces")
def check_all_traces(timestamp: int, **_rest: Any) -> int:
    """Check the whole chain and note its end; returns how many faults there are, and says so in the log."""
    chain.seal_new()
    found = chain.faults()
    end = chain.anchor_now()
    for fault in found:
        log.error("the trail has a fault: %s at link %s, entry %s", fault.kind, fault.position, fault.entry)
    note(kind="job", table="traces_seal", detail={"work": "check_traces", "faults": len(found), "head": str(end or "")})
    return len(found)
