"""What a drawing is asked for: one value that goes from the form through the queue to the draft."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gridmap.partition import NORMAL, QUICK, THOROUGH, Effort, SizeRule, Weights

#: How much work the search does, by the name under which it is asked for.
EFFORTS: dict[str, Effort] = {"quick": QUICK, "normal": NORMAL, "thorough": THOROUGH}
USUAL_EFFORT = "normal"


@dataclass(frozen=True)
class Terms:
    """The size rule, the seed, how thoroughly to search, what counts how much, and which grids stay as they are.

    `keep` are codes of grids in force that are locked. Dedicated grids in force where nobody lives stay too, unless
    `redraw_dedicated`.
    """

    rule: SizeRule
    seed: int = 0
    effort: str = USUAL_EFFORT
    weights: Weights = field(default_factory=Weights)
    keep: tuple[str, ...] = ()
    redraw_dedicated: bool = False

    def as_json(self) -> dict[str, Any]:
        """As plain data, for a plan or a job."""
        return {
            **asdict(self.rule),
            "seed": self.seed,
            "effort": self.effort,
            "weights": asdict(self.weights),
            "keep": list(self.keep),
            "redraw_dedicated": self.redraw_dedicated,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any], rule: SizeRule) -> "Terms":
        """From plain data; what it does not say is as usual, the size by `rule`."""
        sizes = {name: data.get(name, usual) for name, usual in asdict(rule).items()}
        return cls(
            rule=SizeRule(**sizes),
            seed=data.get("seed", 0),
            effort=data.get("effort", USUAL_EFFORT),
            weights=Weights(**data.get("weights", {})),
            keep=tuple(data.get("keep", ())),
            redraw_dedicated=data.get("redraw_dedicated", False),
        )

    @property
    def has_seed(self) -> bool:
        """Whether the seed is one: a whole number from 0; data from elsewhere may say anything."""
        return type(self.seed) is int and self.seed >= 0

    @property
    def tries(self) -> Effort:
        """The amount of work that the name of the effort stands for."""
        return EFFORTS[self.effort]
