"""Writing the invented residents of a generated district: some communities wholly, of the others whom somebody looks
after; and taking them away again with their buildings."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import uuid4

import numpy as np
from django.db import connection, models, transaction

from gridmap.district.records import Building as Record
from gridmap.district.records import BuildingKind
from gridmap.district.residents import Population, move_in
from gridmap.district.residents import Resident as Person
from gridmap.population.counting import count_by_records, recount_people, weigh_risk
from gridmap.population.models import CareTag, Conflict, Dwelling, Household, Resident
from gridmap.special_groups.door import special_rows
from gridmap.special_groups.models import SpecialRecord
from gridmap.territory.models import Building, Region
from gridmap.territory.models.sourced import GENERATED
from gridmap.traces.door import door

#: Communities of the demo whose residents are all recorded, so that their buildings are counted from the records.
WHOLE = ("爱民佳苑社区", "陇海社区")
SEED = 41
BATCH_ROWS = 1000
KINDS = {Building.Kind.HOUSE: BuildingKind.OLD, Building.Kind.VILLA: BuildingKind.VILLA}
#: What stands under health with a tag; everything is invented.
HEALTH = {
    "dementia": "阿尔茨海默症，需家属陪同",
    "severe_illness": "慢性重病，定期复诊",
    "disabled": "肢体残疾，持证",
    "pregnant": "孕期，定期产检",
}
Row = TypeVar("Row", bound=models.Model)


def settle_people(*, today: date, whole: Sequence[str] = WHOLE) -> int:
    """Residents for every generated building of a district that has none yet; returns how many are recorded."""
    buildings = {one.source_ref: one for one in Building.objects.active().filter(source=GENERATED).order_by("pk")}
    named = Region.objects.communities().filter(name__in=whole)
    population = move_in([_record(one) for one in buildings.values()], np.random.default_rng(SEED), today=today)
    with door(by=None, areas=[""], kind="import", purpose="generated residents", command="seed_demo"):
        written = _write(population, buildings, {one.pk for one in named}, today)
        weigh_risk()
    with transaction.atomic():
        recount_people()
        for community in named:
            count_by_records(community=community, by=None)
        _analyse()
    return written


def remove_people() -> None:
    """Take away everybody who lives in a generated building, in the caller's transaction."""
    here = Dwelling.objects.filter(building__source=GENERATED)
    purpose = "generated residents removed"
    with door(by=None, areas=[""], kind="import", purpose=purpose, command="generate_district"), special_rows():
        for model in (CareTag, Conflict, SpecialRecord):
            model.objects.filter(resident__dwelling__in=here)._raw_delete(connection.alias)
        for resident_of in (Resident, Household):
            resident_of.objects.filter(dwelling__in=here)._raw_delete(connection.alias)
        here._raw_delete(connection.alias)


def _record(building: Building) -> Record:
    """The building as the generator knows it, without its shape."""
    return Record(
        code=building.source_ref,
        number=building.number,
        name=building.name,
        kind=KINDS.get(Building.Kind(building.kind), BuildingKind.SLAB),
        community=str(building.community_id),
        compound=str(building.compound_id) if building.compound_id else None,
        footprint=None,
        floors=max(building.floors or 1, 1),
        units=max(building.entrances or 1, 1),
        dwellings=building.dwellings or 0,
        households=building.households or 0,
        residents=building.residents or 0,
        elders=building.elders or 0,
        address=building.address,
    )


def _write(population: Population, buildings: dict[str, Building], whole: set[int], today: date) -> int:
    def wanted(person: Person) -> bool:
        return bool(person.tags) or buildings[person.building].community_id in whole

    people = [person for person in population.residents if wanted(person)]
    households = {person.household for person in people}
    heads = {person.dwelling: person for person in people if person.relation == "head"}
    homes = {one.dwelling for one in population.households if one.code in households}
    dwellings = {
        one.code: _dwelling(one, buildings[one.building], heads.get(one.code), today)
        for one in population.dwellings
        if one.code in homes or buildings[one.building].community_id in whole
    }
    _insert(Dwelling, dwellings.values())
    kept = {
        one.code: Household(
            pk=uuid4(),
            dwelling=dwellings[one.dwelling],
            number=one.number,
            registered=one.registered,
            source=GENERATED,
            verified_on=today,
        )
        for one in population.households
        if one.code in households
    }
    _insert(Household, kept.values())
    residents = {person.code: _resident(person, dwellings, kept, today) for person in people}
    _insert(Resident, residents.values())
    _insert(CareTag, (tag for person in people for tag in _tags(person, residents[person.code], today)))
    return len(people)


def _dwelling(one: Any, building: Building, head: Person | None, today: date) -> Dwelling:
    owner = head if head is not None and one.occupancy == "owner" else None
    return Dwelling(
        pk=uuid4(),
        building=building,
        unit=one.unit,
        floor=one.floor,
        room=one.room,
        occupancy=one.occupancy.value,
        owner_name=owner.name if owner else "",
        owner_phone=owner.phone if owner else "",
        source=GENERATED,
        verified_on=today,
    )


def _resident(
    person: Person, dwellings: dict[str, Dwelling], households: dict[str, Household], today: date
) -> Resident:
    return Resident(
        pk=uuid4(),
        dwelling=dwellings[person.dwelling],
        household=households[person.household],
        kind=person.kind.value,
        name=person.name,
        id_number=person.id_number,
        phone=person.phone,
        gender="male" if person.male else "female",
        birth_year=person.born.year,
        relation=person.relation.value,
        health=next((HEALTH[tag.kind] for tag in person.tags if tag.kind in HEALTH), ""),
        source=GENERATED,
        verified_on=today,
    )


def _tags(person: Person, resident: Resident, today: date) -> Iterator[CareTag]:
    for tag in person.tags:
        yield CareTag(
            resident=resident,
            kind=tag.kind.value,
            risk=tag.risk.value,
            since=today.replace(month=1, day=1),
            source=GENERATED,
        )


def _insert(model: type[Row], rows: Iterable[Row]) -> None:
    """In batches: a table with row rights takes no COPY."""
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        model._default_manager.bulk_create(batch)


def _analyse() -> None:
    with connection.cursor() as cursor:
        for model in (Dwelling, Household, Resident, CareTag):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
