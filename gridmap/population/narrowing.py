"""Which residents a list or an export shows: filters that name nobody, so they may stand in an address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from gridmap.accounts.permissions import inside
from gridmap.population.models import CareTag, Dwelling, Resident, Risk
from gridmap.population.querysets import ResidentQuerySet

AGES = {"60": 60, "80": 80}
#: Filter → the values it takes.
CHOICES: dict[str, list[str]] = {
    "kind": list(Resident.Kind.values),
    "tag": list(CareTag.Kind.values),
    "risk": [*Risk.values, "any"],
    "age": list(AGES),
    "occupancy": list(Dwelling.Occupancy.values),
    "gone": ["1"],
}


@dataclass(frozen=True)
class Narrowing:
    """Filters as they stand in an address; empty ones let everybody through. `place` is a code prefix."""

    place: str = ""
    kind: str = ""
    tag: str = ""
    risk: str = ""
    age: str = ""
    occupancy: str = ""
    gone: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any], areas: list[str]) -> Self:
        """What is asked, without what it can't mean; LookupError where the place lies outside `areas`."""
        values = {name: str(query.get(name, "")) for name in (one.name for one in fields(cls))}
        for name, allowed in CHOICES.items():
            if values[name] not in allowed:
                values[name] = ""
        place = values["place"]
        if place and not (place.isascii() and place.isdigit() and len(place) <= 15 and inside(place, areas)):
            raise LookupError(place)
        return cls(**values)

    def narrow(self, residents: ResidentQuerySet, *, on: date) -> ResidentQuerySet:
        """Those of `residents` that pass."""
        if not self.gone:
            residents = residents.present()
        if self.place:
            residents = residents.within(self.place)
        if self.kind:
            residents = residents.filter(kind=self.kind)
        if self.tag:
            residents = residents.tagged(self.tag)
        if self.risk == "any":
            residents = residents.exclude(risk="")
        elif self.risk:
            residents = residents.filter(risk=self.risk)
        if self.age:
            residents = residents.aged(AGES[self.age], on=on)
        if self.occupancy:
            residents = residents.filter(dwelling__occupancy=self.occupancy)
        return residents

    def as_query(self) -> dict[str, str]:
        """Only what is set, for links."""
        return {name: value for name, value in asdict(self).items() if value}
