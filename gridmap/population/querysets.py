"""Questions about people. Every one of them also passes the database's own row rights, inside a door."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Polygon
from django.db import models
from django.db.models import Exists, OuterRef, Q

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb

if TYPE_CHECKING:
    from gridmap.population.models import (  # noqa: F401  (named in brackets, which the linter does not read)
        CareTag,
        Conflict,
        Dwelling,
        ExportRequest,
        Household,
        Resident,
    )

Viewer = User | AnonymousUser
Row = TypeVar("Row", bound=models.Model)


def in_areas(areas: Iterable[str], field: str = "area") -> Q:
    """Rows whose area begins with one of `areas`, as ranges that the index on the area answers; nowhere without any.

    Codes are digits, and the colon follows the nine: everything that begins with 990101 lies below `990101:`.
    """
    ranges = [
        Q(**{f"{field}__gte": area, f"{field}__lt": f"{area}:"}) if area else Q(pk__isnull=False) for area in areas
    ]
    return reduce(or_, ranges) if ranges else Q(pk__in=[])


class PlacedQuerySet(models.QuerySet[Row]):
    """Personal rows by area."""

    def visible_to(self, user: Viewer, verb: Verb = Verb.VIEW_PEOPLE) -> Self:
        """Rows of the areas in which the person may do `verb`."""
        return self.filter(in_areas(areas_of(user, verb)))

    def within(self, *areas: str) -> Self:
        """Rows inside these code prefixes."""
        return self.filter(in_areas(areas))


class DwellingQuerySet(PlacedQuerySet["Dwelling"]):
    """Dwellings by building."""

    def in_door_order(self) -> Self:
        """By compound, building, unit and room."""
        return self.order_by("door_order", "pk")


class HouseholdQuerySet(PlacedQuerySet["Household"]):
    """Households by place."""

    def in_door_order(self) -> Self:
        """By compound, building, unit and room."""
        return self.order_by("door_order", "pk")


class ResidentQuerySet(PlacedQuerySet["Resident"]):
    """Residents by place, age, care, and by the marks of sealed fields."""

    def present(self) -> Self:
        """Those who live here now."""
        return self.filter(present=True)

    def in_door_order(self) -> Self:
        """By area, then compound, building, unit and room."""
        return self.order_by("area", "door_order", "pk")

    def aged(self, years: int, *, on: date) -> Self:
        """Those who turn at least `years` in the year of `on`."""
        return self.filter(birth_year__lte=on.year - years)

    def tagged(self, kind: str) -> Self:
        """Those with a care tag of this kind in force; they have a risk, and an index of theirs alone."""
        from gridmap.population.models import CareTag  # noqa: PLC0415  (the model names this queryset)

        return self.exclude(risk="").filter(
            Exists(CareTag.objects.in_force().filter(resident=OuterRef("pk"), kind=kind))
        )

    def in_care(self) -> Self:
        """Those who live here and have a care tag in force."""
        return self.present().exclude(risk="")

    def marked(self, field: str, marks: Iterable[str]) -> Self:
        """Those whose sealed field (name, phone, id_number) carries one of these blind marks."""
        return self.filter(**{f"{field}_blind__in": list(marks)})

    def worst_first(self) -> Self:
        """High risk, then key, then general; within one risk by door."""
        ranks = [models.When(risk=risk, then=rank) for rank, risk in enumerate(("high", "key", "general"))]
        rank = models.Case(*ranks, default=len(ranks), output_field=models.SmallIntegerField())
        return self.order_by(rank, "door_order", "pk")

    def head_first(self) -> Self:
        """The heads of households, then the others from the oldest to the youngest."""
        rank = models.Case(models.When(relation="head", then=0), default=1, output_field=models.SmallIntegerField())
        return self.order_by(rank, "birth_year", "pk")

    def inside_box(self, box: Polygon) -> Self:
        """Those who stand inside the box."""
        return self.filter(location__bboverlaps=box)


class CareTagQuerySet(PlacedQuerySet["CareTag"]):
    """Care tags by period."""

    def in_force(self) -> Self:
        """Tags that have not been ended."""
        return self.filter(until__isnull=True)


class ConflictQuerySet(PlacedQuerySet["Conflict"]):
    """Conflicts by state."""

    def open(self) -> Self:
        """Those nobody has decided."""
        return self.filter(state="open")


class ExportQuerySet(models.QuerySet["ExportRequest"]):
    """Exports by who asked and who may decide."""

    def visible_to(self, user: Viewer) -> Self:
        """One's own, and those of areas for which one may decide; a decider's own request is theirs to see only."""
        if not isinstance(user, User):
            return self.none()
        condition = Q(requested_by=user)
        for area in areas_of(user, Verb.APPROVE_EXPORT):
            condition |= Q(area__startswith=area)
        return self.filter(condition)

    def to_decide(self, user: Viewer) -> Self:
        """Those waiting for a decision that this person may take."""
        waiting: Any = self.visible_to(user).filter(state="asked")
        return waiting.exclude(requested_by=user) if isinstance(user, User) else self.none()
