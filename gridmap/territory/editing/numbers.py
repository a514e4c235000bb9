"""Numbers for what people put on the map: given once, never again."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from gridmap.territory.models import Component
from gridmap.territory.models.tended import MANUAL, Tended

#: Letters in the number of a thing made by hand: <community 12><letter><sequence, at least 5>.
LETTERS = {"camera": "M", "streetlamp": "N", "facility": "H"}
SEQUENCE = 999_999


@transaction.atomic
def next_number(model: type[Tended], community: str) -> str:
    """The number in the source of a new thing in a community (or nowhere, ""); held until the transaction ends."""
    prefix = f"{community or '000000000000'}{LETTERS[model._meta.model_name or '']}"
    _hold(f"{model._meta.db_table} {prefix}")
    rows = model._default_manager.filter(source=MANUAL, source_ref__startswith=prefix)
    number = Cast(Substr("source_ref", len(prefix) + 1), IntegerField())
    return f"{prefix}{(rows.aggregate(last=Max(number))['last'] or 0) + 1:05d}"


@transaction.atomic
def next_component_code(community: str, category: str) -> str:
    """The next free 16 digits: county, class, sub-class, number. ValidationError where none is left or no county."""
    if not community:
        raise ValidationError({"geometry": [_("There is no community here, so there is no code to give.")]})
    prefix = f"{community[:6]}{category}"
    _hold(f"component {prefix}")
    last = Component.objects.filter(code__startswith=prefix).aggregate(last=Max("code"))["last"] or ""
    number = int(last[10:] or 0) + 1
    if number > SEQUENCE:
        raise ValidationError({"category": [_("All codes of this class are given in this county.")]})
    return f"{prefix}{number:06d}"


def _hold(name: str) -> None:
    """One at a time gives numbers of this name, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
