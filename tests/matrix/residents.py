"""People's records for the matrix, a marked value in every personal field of every model that has one."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models

from gridmap.population.counting import recount_people
from gridmap.population.models import CareTag, Conflict, Dwelling, Household, Resident
from gridmap.special_groups.door import special_rows
from gridmap.special_groups.models import SpecialRecord
from gridmap.territory.models import Building
from gridmap.traces.door import door
from tests.matrix.canary import Canaries, personal_columns

GRID = "990101001001001"


@dataclass
class Records:
    """One record of each kind in a building of the grid, and its marked values."""

    canaries: Canaries = field(default_factory=Canaries)
    made: dict[str, Any] = field(default_factory=dict)
    models_marked: set[type[models.Model]] = field(default_factory=set)

    def marked(self, model: type[models.Model], **given: Any) -> Any:
        """A new row whose personal fields all hold marked values."""
        self.models_marked.add(model)
        for column in personal_columns()[model]:
            if column.name not in given:
                given[column.name] = self.canaries.text_for(column.mask.value, len(self.canaries.texts), GRID)
        return model.objects.create(**given)  # type: ignore[attr-defined]


def record_people(building: Building, second: Building) -> Records:
    """Two homes in two grids; the things asked about stand in the first."""
    records = Records()
    with door(by=None, areas=[""], kind="import", command="test"), special_rows():
        for which, house in (("", building), ("second ", second)):
            dwelling = records.marked(Dwelling, building=house, unit="1", floor=1, room="101", source="公安")
            household = records.marked(Household, dwelling=dwelling, source="公安")
            resident = records.marked(
                Resident, dwelling=dwelling, household=household, source="公安", birth_year=1940, gender="female"
            )
            tag = CareTag.objects.create(
                resident=resident, kind="alone", risk="high", since=date(2026, 1, 5), source="民政"
            )
            conflict = records.marked(
                Conflict, resident=resident, field="phone", held_source="公安", offered_source="民政"
            )
            records.marked(SpecialRecord, resident=resident, area=resident.area, source="公安", since=date(2026, 1, 5))
            for name, row in (
                ("dwelling", dwelling), ("household", household), ("resident", resident), ("tag", tag),
                ("conflict", conflict),
            ):  # fmt: skip
                records.made[which + name] = row
        recount_people()
    return records


def unmarked(records: Records) -> set[str]:
    """Tables with sealed fields that nobody marked: a new one must be thought of here."""
    return {model._meta.db_table for model in set(personal_columns()) - records.models_marked}
