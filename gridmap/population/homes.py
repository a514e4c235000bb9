"""Changing dwellings and households. Everything here is called inside a door."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from gridmap.accounts.models import User
from gridmap.population.counting import recount_soon
from gridmap.population.models import Dwelling, Household
from gridmap.population.permissions import may_edit
from gridmap.population.refusals import PeopleRefusedError, Refusal


def change_dwelling(*, dwelling: Dwelling, values: Mapping[str, Any], version: int, by: User, on: date) -> None:
    """Occupancy, purpose, floor and owner; a sealed value that is empty stays as it is."""
    _change(dwelling, _given(values, "owner_name", "owner_phone"), version=version, by=by, on=on)
    recount_soon([dwelling.building_id])


def change_household(*, household: Household, values: Mapping[str, Any], version: int, by: User, on: date) -> None:
    """Number and whether it is registered here; an empty number stays as it is."""
    _change(household, _given(values, "number"), version=version, by=by, on=on)


def _given(values: Mapping[str, Any], *sealed: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in sealed or value}


def _change(home: Dwelling | Household, given: Mapping[str, Any], *, version: int, by: User, on: date) -> None:
    if not may_edit(by, home):
        raise PermissionDenied
    with transaction.atomic():
        locked = type(home).objects.select_for_update().get(pk=home.pk)
        if locked.version != version:
            raise PeopleRefusedError(Refusal.STALE)
        for name, value in given.items():
            setattr(locked, name, value)
        locked.version, locked.verified_on = version + 1, on
        locked.save(update_fields=[*given, "version", "verified_on"])
