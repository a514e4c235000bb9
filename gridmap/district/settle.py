"""People move in: codes, names, addresses and exact figures for everything a composition holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.district.addresses import DoorBook, doors
from gridmap.district.community import Composition
from gridmap.district.compounds import OPEN, Lot, Use
from gridmap.district.equipment import cameras, facilities, lamps
from gridmap.district.people import Counts, share_dwellings, share_elders, share_households, share_residents
from gridmap.district.plane import to_degrees
from gridmap.district.records import (
    RESIDENTIAL,
    Building,
    BuildingKind,
    Camera,
    Compound,
    CompoundKind,
    Facility,
    Geometry,
    GroundKind,
    StreetLamp,
)
from gridmap.district.slabs import House

_ELDER_LEAN = {
    CompoundKind.OLD_TOWN: 1.5,
    CompoundKind.WORK_UNIT: 1.7,
    CompoundKind.TOWER: 0.65,
    CompoundKind.VILLA: 0.9,
    CompoundKind.RESETTLEMENT: 1.1,
    CompoundKind.SLAB: 1.0,
}


@dataclass(frozen=True)
class Settled:
    ground: list[tuple[GroundKind, str, Geometry]]
    compounds: tuple[Compound, ...]
    buildings: tuple[Building, ...]
    cameras: tuple[Camera, ...]
    lamps: tuple[StreetLamp, ...]
    facilities: tuple[Facility, ...]


@dataclass(frozen=True)
class _Tenancy:
    """A house with its lot (None in the open country) and its number there."""

    house: House
    lot: Lot | None
    number: int


def settle(
    made: Composition, code: str, chain: str, book: DoorBook, rng: np.random.Generator, *, with_police: bool
) -> Settled:
    tenancies = _tenancies(made)
    estates = [lot for lot in made.lots if lot.housing is not None and lot.houses]
    codes = {id(lot): f"{code}{number:03d}" for number, lot in enumerate(estates, start=1)}
    return Settled(
        ground=_ground(made),
        compounds=_compounds(estates, codes, code),
        buildings=_buildings(
            made, tenancies, codes=codes, code=code, addresses=_addresses(made, tenancies, chain, book), rng=rng
        ),
        cameras=_cameras(made, code, rng),
        lamps=_lamps(made, code, rng),
        facilities=_facilities(made, code, rng, with_police=with_police),
    )


def _tenancies(made: Composition) -> list[_Tenancy]:
    """Houses numbered inside their lot, north to south and west to east."""
    found: list[_Tenancy] = []
    for lot in made.lots:
        order = sorted(lot.houses, key=lambda house: _reading_key(house.footprint))
        found.extend(_Tenancy(house, lot, number) for number, house in enumerate(order, start=1))
    found.extend(_Tenancy(house, None, number) for number, house in enumerate(made.loose, start=1))
    return found


def _reading_key(footprint: Geometry) -> tuple[float, float]:
    centre = footprint.centroid
    return (-round(centre.y / 22.0), round(centre.x, 2))


def _addresses(made: Composition, tenancies: list[_Tenancy], chain: str, book: DoorBook) -> list[str]:
    """Houses of an estate share the door of its gate; every other house has a door of its own."""
    estates = [lot for lot in made.lots if _shares_a_door(lot)]
    gates = [lot.gates[0] if lot.gates else lot.plot.representative_point() for lot in estates]
    shared = dict(zip((id(lot) for lot in estates), doors(gates, made, book), strict=True))
    own = [t for t in tenancies if t.lot is None or id(t.lot) not in shared]
    single = dict(zip((id(t) for t in own), doors([t.house.footprint.centroid for t in own], made, book), strict=True))
    texts = []
    for t in tenancies:
        if t.lot is not None and id(t.lot) in shared:
            texts.append(f"{chain}{shared[id(t.lot)]}{t.lot.name}{_number(t)}")
        else:
            texts.append(f"{chain}{single[id(t)]}")
    return texts


def _shares_a_door(lot: Lot) -> bool:
    return lot.use is not Use.OLD_TOWN and bool(lot.name) and bool(lot.houses)


def _number(tenancy: _Tenancy) -> str:
    return (
        f"{tenancy.number}号" if tenancy.house.kind in (BuildingKind.VILLA, BuildingKind.OLD) else f"{tenancy.number}栋"
    )


def _buildings(
    made: Composition,
    tenancies: list[_Tenancy],
    *,
    codes: dict[int, str],
    code: str,
    addresses: list[str],
    rng: np.random.Generator,
) -> tuple[Building, ...]:
    figures = _figures(made, tenancies, rng)
    outlines = to_degrees([t.house.footprint for t in tenancies])
    built = []
    for i, t in enumerate(tenancies):
        dwellings, households, residents, elders = (int(column[i]) for column in figures)
        built.append(
            Building(
                code=f"{code}{i + 1:05d}",
                number=_number(t),
                name=_name(t, made),
                kind=t.house.kind,
                community=code,
                compound=codes.get(id(t.lot)),
                footprint=outlines[i],
                floors=_floors(t.house, dwellings),
                units=t.house.units,
                dwellings=dwellings,
                households=households,
                residents=residents,
                elders=elders,
                address=addresses[i],
            )
        )
    return tuple(built)


def _name(t: _Tenancy, made: Composition) -> str:
    owner = t.lot.name if t.lot is not None else made.programme.name
    return f"{owner}{t.house.name}" if t.house.name else f"{owner}{_number(t)}"


def _floors(house: House, dwellings: int) -> int:
    """Storeys that hold the dwellings the building was given; fewer dwellings are larger ones, not a lower house."""
    if house.kind is BuildingKind.OLD or not dwellings:
        return house.floors
    return max(house.floors, -(-dwellings // (house.units * house.homes_per_floor)))


def _figures(made: Composition, tenancies: list[_Tenancy], rng: np.random.Generator) -> tuple[Counts, ...]:
    """Dwellings, households, residents and elders of every house; nothing where nobody lives."""
    homes = np.array([t.house.kind in RESIDENTIAL and t.house.capacity > 0 for t in tenancies], dtype=bool)
    capacity = np.array([float(t.house.capacity) for t in tenancies])[homes]
    lean = np.array([_ELDER_LEAN.get(t.lot.housing, 1.0) if t.lot and t.lot.housing else 1.4 for t in tenancies])[homes]
    villas = np.array([t.house.kind is BuildingKind.VILLA for t in tenancies])[homes]
    dwellings = share_dwellings(made.programme.dwellings, capacity, villas)
    households = share_households(made.programme.households, dwellings, rng)
    residents = share_residents(made.programme.residents, households, rng)
    elders = share_elders(made.programme.elders, residents, lean, rng)
    return tuple(_spread(column, homes) for column in (dwellings, households, residents, elders))


def _spread(values: Counts, homes: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Counts:
    full = np.zeros(len(homes), dtype=np.int64)
    full[homes] = values
    return full


def _ground(made: Composition) -> list[tuple[GroundKind, str, Geometry]]:
    found = list(made.ground)
    found += [(street.kind, street.name, street.line) for street in made.streets]
    for lot in made.lots:
        if lot.use not in OPEN:
            found.append((GroundKind.BLOCK, lot.name, lot.block))
        found += [(kind, lot.name, geometry) for kind, geometry in lot.extras]
        found += [(GroundKind.ROAD_LANE, "", lane) for lane in lot.lanes]
        if lot.walled and lot.gates and lot.houses:
            found.append((GroundKind.WALL, f"{lot.name}围墙", lot.wall()))
    return found


def _compounds(estates: list[Lot], codes: dict[int, str], community: str) -> tuple[Compound, ...]:
    outlines = to_degrees([lot.plot for lot in estates])
    made = []
    for lot, outline in zip(estates, outlines, strict=True):
        if lot.housing is not None:
            gates = tuple(to_degrees(lot.gates))
            made.append(Compound(codes[id(lot)], lot.name, lot.housing, community, lot.walled, gates, outline))
    return tuple(made)


def _cameras(made: Composition, code: str, rng: np.random.Generator) -> tuple[Camera, ...]:
    planned = cameras(made, rng)
    points = to_degrees([camera.point for camera in planned])
    times = Counter(camera.point.wkb for camera in planned)
    shared = [spot for spot, number in times.items() if number > 1]
    poles = {spot: f"{code}P{number:03d}" for number, spot in enumerate(shared, start=1)}
    return tuple(
        Camera(
            code=f"{code}C{i + 1:04d}",
            name=camera.name,
            place=camera.place,
            community=code,
            point=points[i],
            bearing_deg=camera.bearing_deg,
            angle_deg=camera.angle_deg,
            range_m=camera.range_m,
            height_m=camera.height_m,
            status="working" if camera.working else "broken",
            key_area=camera.key_area,
            night_ok=camera.night_ok,
            pole=poles.get(camera.point.wkb, ""),
        )
        for i, camera in enumerate(planned)
    )


def _lamps(made: Composition, code: str, rng: np.random.Generator) -> tuple[StreetLamp, ...]:
    placed = lamps(made, rng)
    points = to_degrees([point for point, _ in placed])
    return tuple(StreetLamp(f"{code}L{i + 1:05d}", code, points[i], lit) for i, (_, lit) in enumerate(placed))


def _facilities(made: Composition, code: str, rng: np.random.Generator, *, with_police: bool) -> tuple[Facility, ...]:
    planned = facilities(made, rng, with_police=with_police)
    points = to_degrees([shapely.Point(facility.point) for facility in planned])
    return tuple(Facility(f"{code}F{i + 1:04d}", f.kind, f.name, code, points[i]) for i, f in enumerate(planned))
