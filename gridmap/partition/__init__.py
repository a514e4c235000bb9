"""Drawing grids: neighbour graph of buildings, balanced contiguous groups, polygons that tile the community. Pure;
knows no Django.
"""

from gridmap.partition.curve import CurvePoint
from gridmap.partition.drawing import Drawing, DrawnGrid, draw_community
from gridmap.partition.findings import Finding
from gridmap.partition.fixed import FixedGridError
from gridmap.partition.units import (
    NORMAL,
    QUICK,
    THOROUGH,
    Barrier,
    Effort,
    FixedGrid,
    SizeRule,
    Unit,
    Weights,
)

__all__ = [
    "NORMAL",
    "QUICK",
    "THOROUGH",
    "Barrier",
    "CurvePoint",
    "Drawing",
    "DrawnGrid",
    "Effort",
    "Finding",
    "FixedGrid",
    "FixedGridError",
    "SizeRule",
    "Unit",
    "Weights",
    "draw_community",
]
