"""Putting things on the map, changing them, switching them off and on again; each against the version that was seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

from gridmap.accounts.models import User
from gridmap.territory.editing.numbers import next_component_code, next_number
from gridmap.territory.editing.places import community_at, may_edit_at
from gridmap.territory.models import Component
from gridmap.territory.models.tended import MANUAL, Tended

#: What the database refuses → the field and the reason.
CLASHES = {
    "pole_has_one_position": ("pole", gettext_lazy("This pole stands more than 30 m away.")),
    "camera_code_is_its_own": ("code", gettext_lazy("Another camera has this device code.")),
    "camera_code_has_twenty_digits": ("code", gettext_lazy("A device code has 20 digits (GB/T 28181).")),
    "component_shape_is_valid": ("geometry", gettext_lazy("The shape is not valid.")),
}


class ChangedMeanwhileError(Exception):
    """Somebody else changed the thing since it was seen; `thing` is how it is now."""

    def __init__(self, thing: Tended) -> None:
        super().__init__(str(thing))
        self.thing = thing


def create(*, model: type[Tended], values: Mapping[str, Any], by: User) -> Tended:
    """A new thing of the source `manual`, with a number of its own. ValidationError names the field."""
    shape = values["geom"]
    _refuse_outside(by, shape)
    with transaction.atomic():
        thing = model(**values, source=MANUAL, by_hand=sorted(values))
        if isinstance(thing, Component):
            thing.code = next_component_code(community_at(shape), thing.category_id)
            thing.source_ref = thing.code
        else:
            thing.source_ref = next_number(model, community_at(shape))
        _save(thing)
        _stays_within(by, thing)
    return thing


@transaction.atomic
def edit(*, thing: Tended, version: int, values: Mapping[str, Any], by: User, release: Collection[str] = ()) -> Tended:
    """Set the values, which imports leave alone from now on, and let imports set those of `release` again.

    DoesNotExist where the person's right does not reach the thing (any more), ChangedMeanwhileError where it is not at
    `version` any more; ValidationError names the field.
    """
    held = _held(thing, version, by)
    if "geom" in values:
        _refuse_outside(by, values["geom"])
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    by_hand = sorted({*held.by_hand, *changed} - {*release})
    if not changed and by_hand == held.by_hand:
        return held
    for name in changed:
        setattr(held, name, values[name])
    held.by_hand = by_hand
    _save(held, [*changed, "by_hand"])
    _stays_within(by, held)
    return held


def switch(*, thing: Tended, version: int, active: bool, by: User) -> Tended:
    """Take a thing off the map, or put it there again; imports leave it so."""
    return edit(thing=thing, version=version, values={"active": active}, by=by)


def _held(thing: Tended, version: int, by: User) -> Tended:
    """The thing locked, within the person's reach and at the version that was seen."""
    held: Tended = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
    if not may_edit_at(by, held.geom):  # type: ignore[attr-defined]
        raise type(thing).DoesNotExist
    if held.version != version:
        raise ChangedMeanwhileError(held)
    return held


def _refuse_outside(by: User, shape: Any) -> None:
    if not may_edit_at(by, shape):
        raise ValidationError({"geometry": [_("This lies outside the area where you edit.")]})


def _stays_within(by: User, thing: Tended) -> None:
    """Read what was written; a pole may have drawn the thing to where the person has no right to edit."""
    thing.refresh_from_db()
    _refuse_outside(by, thing.geom)  # type: ignore[attr-defined]


def _save(thing: Tended, fields: Collection[str] | None = None) -> None:
    """Write; what the database refuses becomes the reason of a field."""
    try:
        with transaction.atomic():
            thing.save(update_fields=fields)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in CLASHES:
            raise
        field, reason = CLASHES[name]
        raise ValidationError({field: [str(reason)]}) from None
