"""Drawing grids: neighbour graph of buildings, balanced contiguous groups, polygons that tile the community. Pure;
knows no Django.
"""

from gridmap.partition.drawing import Drawing, DrawnGrid, draw_community
from gridmap.partition.findings import Finding
from gridmap.partition.search import Effort
from gridmap.partition.units import Barrier, SizeRule, Unit

__all__ = ["Barrier", "Drawing", "DrawnGrid", "Effort", "Finding", "SizeRule", "Unit", "draw_community"]
