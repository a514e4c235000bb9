"""What a drawing is made from: units that cannot be split, lines that should not be crossed, and the size of a grid."""

from dataclasses import dataclass

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

TARGET_HOUSEHOLDS = 300
MINIMUM_HOUSEHOLDS = 240
MAXIMUM_HOUSEHOLDS = 360
HEAVIEST = 5.0
MOST_ROUNDS = 10


@dataclass(frozen=True)
class Unit:
    """A building (or census unit) that belongs to one grid as a whole; `shape` is a point or area in lon/lat."""

    ref: str
    shape: BaseGeometry
    households: int
    compound: str | None = None

    def __post_init__(self) -> None:
        if self.households < 0:
            raise ValueError(f"unit {self.ref}: households must not be negative")
        if self.shape.is_empty:
            raise ValueError(f"unit {self.ref}: shape is empty")


@dataclass(frozen=True)
class Barrier:
    """A river, railway, arterial road or wall in lon/lat degrees; weight 1 is an ordinary barrier, 0 none at all."""

    shape: BaseGeometry
    weight: float = 1.0
    kind: str = ""


@dataclass(frozen=True)
class Weights:
    """What counts how much once the band, the compounds and the barriers are kept; 1 is the default of each, 0 to 5.

    `balance` asks for even loads inside the band, `compactness` for short borders, `stability` for few households that
    change grid.
    """

    balance: float = 1.0
    compactness: float = 1.0
    stability: float = 1.0

    def __post_init__(self) -> None:
        for name in ("balance", "compactness", "stability"):
            if not 0.0 <= getattr(self, name) <= HEAVIEST:
                raise ValueError(f"weight of {name} must be between 0 and {HEAVIEST:g}, not {getattr(self, name)}")


@dataclass(frozen=True)
class Effort:
    """How long to search, in work and not in seconds: the same effort gives the same drawing (with the same libraries).

    A search goes through rounds of growing length, each from the best so far: a greater effort begins with the rounds
    of a smaller one and is never worse.
    """

    rounds: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.rounds <= MOST_ROUNDS:
            raise ValueError(f"effort must be 1 to {MOST_ROUNDS} rounds, not {self.rounds}")


QUICK, NORMAL, THOROUGH = Effort(2), Effort(4), Effort(5)


@dataclass(frozen=True)
class FixedGrid:
    """A grid in force that must come out as it is: `shape` in lon/lat.

    `dedicated` is a school, market or park that is left alone; otherwise it is a general grid that somebody locked.
    """

    ref: str
    shape: Polygon
    dedicated: bool = False


@dataclass(frozen=True)
class SizeRule:
    """Households that a grid should have, and the band that it should not leave."""

    target: int = TARGET_HOUSEHOLDS
    minimum: int = MINIMUM_HOUSEHOLDS
    maximum: int = MAXIMUM_HOUSEHOLDS

    def __post_init__(self) -> None:
        if not 0 < self.minimum <= self.target <= self.maximum:
            raise ValueError(f"size rule needs 0 < minimum <= target <= maximum, not {self}")

    def holds(self, households: int) -> bool:
        """Whether a grid of so many households is inside the band."""
        return self.minimum <= households <= self.maximum

    def count_for(self, households: int) -> int:
        """How many grids suit so many households: nearest to the target, inside the band if any number of grids is."""
        fewest = -(-households // self.maximum)
        most = households // self.minimum
        near = max(1, round(households / self.target))
        return min(max(near, fewest), most) if fewest <= most else near

    def some_count_fits(self, households: int) -> bool:
        """Whether any number of grids could put so many households inside the band if they were divisible at will."""
        return -(-households // self.maximum) <= households // self.minimum
