"""Keeping the rows of a staff list until an administrator applies them or throws them away."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from gridmap.accounts.models import User
from gridmap.accounts.staff.models import StaffList
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.accounts.staff.roster import Outcome, Row, Slip, apply_roster, mark_of, rehearse

#: How long rows that nobody applied, and what applied ones did, are kept.
KEPT = timedelta(days=30)


def keep_list(*, file_name: str, columns: dict[str, str], rows: Sequence[Row], by: User, now: datetime) -> StaffList:
    """Try the rows out and keep them with what each would do."""
    outcomes = rehearse(rows, by=by, now=now)
    return StaffList.objects.create(
        file_name=file_name[:200],
        columns=columns,
        rows=[[row.number, dict(row.words)] for row in rows],
        outcomes=[asdict(one) for one in outcomes],
        mark=mark_of(outcomes),
        created_by=by,
        created_at=now,
    )


def rehearse_again(kept: StaffList, *, by: User, now: datetime) -> None:
    """Look anew at what the rows would do."""
    outcomes = rehearse(_rows(kept), by=by, now=now)
    kept.outcomes, kept.mark = [asdict(one) for one in outcomes], mark_of(outcomes)
    kept.save(update_fields=["outcomes", "mark"])


@transaction.atomic
def apply_list(*, kept: StaffList, seen: str, by: User, now: datetime) -> list[Slip]:
    """Do what the list showed, or nothing; the rows are forgotten, what they did stays readable.

    StaffRefusedError("stale") where that is no longer what the rows do, or they were applied meanwhile.
    """
    held = StaffList.objects.select_for_update().get(pk=kept.pk, created_by=by)
    if held.applied_at is not None or seen != held.mark:
        raise StaffRefusedError("stale")
    _outcomes, slips = apply_roster(_rows(held), expected=held.mark, by=by, now=now)
    held.rows, held.applied_at = [], now
    held.save(update_fields=["rows", "applied_at"])
    return slips


def forget_lists_before(moment: datetime) -> int:
    """Delete lists brought before `moment`; returns how many."""
    return StaffList.objects.filter(created_at__lt=moment).delete()[0]


def outcomes_of(kept: StaffList) -> list[Outcome]:
    """What the rows would do, or did."""
    return [Outcome(**one) for one in kept.outcomes]


def _rows(kept: StaffList) -> list[Row]:
    return [Row(int(number), words) for number, words in kept.rows]
