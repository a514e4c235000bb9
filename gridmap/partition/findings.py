"""What a drawing has to tell a person: codes and figures, never sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """A fact about a drawing or one of its grids.

    Codes: unit_above_maximum, units_share_point, units_overlap, unit_outside_community, unit_without_ground,
    island_below_minimum, community_below_minimum, pocket_below_minimum; proven: forced_by_count, forced_by_neighbours,
    forced_alone, forced_together, forced_number; fixed_outside_band; not proven: outside_band, outside_band_bounded.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
