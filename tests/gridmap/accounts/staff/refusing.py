"""What the services of the room raise, by code."""

import pytest

from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError


def refused(code: str, field: str | None = None) -> "pytest.RaisesExc[StaffRefusedError]":
    """Expect a refusal with this code (beside this field), in words."""

    def fits(refusal: StaffRefusedError) -> bool:
        return refusal.code == code and (field is None or refusal.field == field) and bool(refusal.sentence)

    return pytest.RaisesExc(StaffRefusedError, check=fits)


def forbidden(code: str) -> "pytest.RaisesExc[StaffForbiddenError]":
    """Expect that somebody may not do it at all, in words."""
    return pytest.RaisesExc(StaffForbiddenError, check=lambda refusal: refusal.code == code and bool(refusal.sentence))
