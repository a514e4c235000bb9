"""What a drawing has to tell a person: codes and figures, never sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Reasons that no drawing could help: no more grids carry one than are proven to be outside the band.
PROOFS = frozenset(
    {
        "unit_above_maximum",
        "island_below_minimum",
        "community_below_minimum",
        "pocket_below_minimum",
        "forced_by_count",
        "forced_by_neighbours",
        "forced_alone",
        "forced_together",
        "forced_number",
        "fixed_outside_band",
    }
)


@dataclass(frozen=True)
class Finding:
    """A fact about a drawing or one of its grids.

    Codes: those of `PROOFS`; of a grid whose place outside the band is not proven: outside_band, outside_band_bounded;
    of units: units_share_point, units_overlap, unit_outside_community, unit_without_ground.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
