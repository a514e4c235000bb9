"""A city of any size for benchmarks: a bent lattice of superblocks, one community in each, a river and a railway."""

from __future__ import annotations

import numpy as np

from gridmap.district.compounds import Use
from gridmap.district.layout import Layout
from gridmap.district.names import Namer
from gridmap.district.plane import Coordinates
from gridmap.district.programme import Programme, ordinary
from gridmap.district.streets import Course, Node

FEWEST, MOST = 3_000, 1_500_000
MEAN_HOUSEHOLDS = 2400
PITCH_M = (610.0, 560.0)
STREET_CELLS = 3
_CIVIC = (Use.SCHOOL, Use.PARK, Use.MARKET, Use.OFFICE, Use.SQUARE, Use.HOSPITAL)

# Land use by how many resident households a hectare must hold: up to so many, likelihood, shares, block size.
_DENSITIES: tuple[tuple[float, float, tuple[tuple[Use, float], ...], float], ...] = (
    (75.0, 0.30, ((Use.OLD_TOWN, 4.0), (Use.SLAB, 2.0)), 17_000.0),
    (95.0, 0.55, ((Use.OLD_TOWN, 3.0), (Use.SLAB, 2.0), (Use.MIDRISE, 1.5)), 18_000.0),
    (60.0, 0.10, ((Use.VILLA, 1.0), (Use.SLAB, 2.0), (Use.OLD_TOWN, 2.0)), 34_000.0),
    (85.0, 0.50, ((Use.SLAB, 3.0), (Use.RESETTLEMENT, 1.0), (Use.WORK_UNIT, 1.0), (Use.OLD_TOWN, 0.7)), 24_000.0),
    (125.0, 1.00, ((Use.MIDRISE, 2.0), (Use.TOWER, 1.0), (Use.SLAB, 1.0)), 28_000.0),
    (1e9, 1.00, ((Use.TOWER, 3.0), (Use.MIDRISE, 1.0), (Use.HIGHRISE, 1.0)), 30_000.0),
)


def grown_city(households: int, rng: np.random.Generator) -> Layout:
    """A layout of about ``households`` / 2400 communities of 1000-4000 households that add up to ``households``."""
    if not FEWEST <= households <= MOST:
        raise ValueError(f"households must lie between {FEWEST} and {MOST}, not {households}")
    count = max(2, round(households / MEAN_HOUSEHOLDS))
    columns = max(1, round((count * PITCH_M[1] / PITCH_M[0]) ** 0.5))
    rows = max(2, -(-count // columns))
    lattice = _lattice(columns, rows, rng)
    nodes = {f"n{i}_{j}": (float(x), float(y)) for (i, j), (x, y) in lattice.items()}
    namer = Namer(rng)
    cells = [(i, j) for j in range(rows) for i in range(columns)]
    names = {cell: namer.place() for cell in cells}
    hectares = np.array([_hectares(lattice, i, j) for i, j in cells])
    shares = _shares(households, hectares, rng)
    programmes = tuple(_programme(names[cell], int(shares[k]), hectares[k], rng) for k, cell in enumerate(cells))
    places = {names[i, j]: (_middle(lattice, i, j),) for i, j in cells}
    courses = _courses(columns, rows, namer, lattice)
    return Layout("澄江区", nodes, courses, places, _grouped(columns, rows, names, namer), programmes)


def _lattice(columns: int, rows: int, rng: np.random.Generator) -> dict[tuple[int, int], Coordinates]:
    """Crossings of an uneven lattice, turned and bent by three long waves."""
    xs = np.concatenate([[0.0], np.cumsum(PITCH_M[0] * rng.uniform(0.78, 1.22, columns))])
    ys = np.concatenate([[0.0], np.cumsum(PITCH_M[1] * rng.uniform(0.78, 1.22, rows))])
    grid = np.stack(np.meshgrid(xs - xs.mean(), ys - ys.mean(), indexing="ij"), axis=-1)
    bent = grid.copy()
    for length in (9000.0, 5200.0, 3100.0):
        heading, phase = rng.uniform(0, 2 * np.pi, 2)
        wave = np.sin((grid[..., 0] * np.cos(heading) + grid[..., 1] * np.sin(heading)) * 2 * np.pi / length + phase)
        turn = rng.uniform(0, 2 * np.pi)
        bent += wave[..., None] * np.array([np.cos(turn), np.sin(turn)]) * length * 0.028
    bent += rng.normal(0, 28.0, bent.shape).clip(-60, 60)
    angle = np.radians(11.0)
    turned = bent @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return {(i, j): turned[i, j] for i in range(columns + 1) for j in range(rows + 1)}


def _middle(lattice: dict[tuple[int, int], Coordinates], i: int, j: int) -> tuple[float, float]:
    centre = (lattice[i, j] + lattice[i + 1, j] + lattice[i, j + 1] + lattice[i + 1, j + 1]) / 4
    return float(centre[0]), float(centre[1])


def _hectares(lattice: dict[tuple[int, int], Coordinates], i: int, j: int) -> float:
    """Area of a cell with straight sides."""
    ring = np.array([lattice[i, j], lattice[i + 1, j], lattice[i + 1, j + 1], lattice[i, j + 1]])
    x, y = ring.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 20_000


def _courses(columns: int, rows: int, namer: Namer, lattice: dict[tuple[int, int], Coordinates]) -> tuple[Course, ...]:
    """Rows and columns of the lattice as roads; one row in the middle is the river, which every third road crosses; the
    railway runs aslant over all."""
    river = rows // 2
    found = []
    for j in range(rows + 1):
        points: tuple[Node, ...] = tuple(f"n{i}_{j}" for i in range(columns + 1))
        if j == river:
            found.append(Course("澄江", "river", 140.0, points))
        else:
            found.append(_road(points, namer, major=j % 3 == 0, bridges=False))
    for i in range(columns + 1):
        points = tuple(f"n{i}_{j}" for j in range(rows + 1))
        found.append(_road(points, namer, major=i % 3 == 0, bridges=i % 3 == 0))
    west, east = _end(lattice, 0, rows // 4), _end(lattice, columns, rows - rows // 5)
    middle = _end(lattice, columns // 2, rows // 4 + 1)
    found.append(Course("成澄铁路", "rail", 26.0, (west, middle, east), bounds=False))
    return tuple(found)


def _end(lattice: dict[tuple[int, int], Coordinates], i: int, j: int) -> tuple[float, float]:
    x, y = lattice[i, j]
    return float(x) + 90.0, float(y) + 130.0


def _road(points: tuple[Node, ...], namer: Namer, *, major: bool, bridges: bool) -> Course:
    width = 38.0 if major else 26.0
    return Course(namer.street(width), "road_arterial", width, points, bridges=bridges)


def _shares(households: int, hectares: Coordinates, rng: np.random.Generator) -> Coordinates:
    """Households of the communities: by their land and chance, most within 1000-4000, adding up exactly."""
    weights = (hectares / hectares.mean()) ** 0.7 * np.exp(rng.normal(0, 0.36, len(hectares)))
    weights = weights.clip(0.45, 1.62)
    real = weights / weights.sum() * households
    shares: Coordinates = np.floor(real)
    shares[np.argsort(-(real - shares))[: int(households - shares.sum())]] += 1
    return shares


def _programme(name: str, households: int, hectares: float, rng: np.random.Generator) -> Programme:
    density = households / hectares
    fitting = (row for row in _DENSITIES if density <= row[0] and float(rng.random()) < row[1])
    _, _, mix, block_m2 = next(fitting)
    civic = tuple(
        use for use in _CIVIC if rng.random() < {Use.SCHOOL: 0.9, Use.PARK: 0.7, Use.MARKET: 0.6}.get(use, 0.3)
    )
    return ordinary(
        name, households, mix, civic, block_m2=block_m2, per_household=float(rng.uniform(2.2, 2.9)),
        old_share=float(rng.uniform(0.12, 0.27)), vacancy=float(rng.uniform(0.12, 0.33)),
    )  # fmt: skip


def _grouped(
    columns: int, rows: int, names: dict[tuple[int, int], str], namer: Namer
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Subdistricts of about three by three cells, larger ones where 99 would not do."""
    side = STREET_CELLS
    while -(-columns // side) * -(-rows // side) > 99:
        side += 1
    groups: dict[tuple[int, int], list[str]] = {}
    for (i, j), name in names.items():
        groups.setdefault((i // side, j // side), []).append(name)
    return tuple((f"{namer.place()}街道", tuple(group)) for group in groups.values())
