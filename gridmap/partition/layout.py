"""Laying a part of a community out for drawing: from units and lines to cells and their neighbour graph."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.partition.blocks import raster_for, street_blocks
from gridmap.partition.findings import Finding
from gridmap.partition.fixed import fixed_outlines, refuse_unkeepable
from gridmap.partition.graph import Graph, neighbour_graph
from gridmap.partition.ground import Ground, is_sound, lay_ground
from gridmap.partition.plane import DegreePlane, Ints
from gridmap.partition.seats import seat_units
from gridmap.partition.tessellation import tessellate
from gridmap.partition.units import Barrier, FixedGrid, SizeRule, Unit

# Tried in turn until the cells tile the part: the usual raster, finer ones, a coarser one.
_RASTERS = (1.0, 0.1, 0.01, 10.0)


@dataclass(frozen=True)
class PartGround:
    """A part laid out for drawing: its cells, their neighbour graph, and what was found while seating the units.

    `fixed_of[node]` is the index of the fixed grid that a cell belongs to, or -1.
    """

    ground: Ground
    graph: Graph
    findings: tuple[Finding, ...]
    fixed_of: Ints


def lay_part(
    part: Polygon,
    units: Sequence[Unit],
    streets: Sequence[BaseGeometry],
    barriers: Sequence[Barrier],
    rule: SizeRule,
    *,
    fixed: Sequence[FixedGrid] = (),
) -> PartGround:
    """Cells and neighbour graph of one polygon of a community in lon/lat, and the fixed grid of each cell.

    Raises FixedGridError for a fixed grid that cannot be kept, and ValueError if no raster gives cells that tile the
    polygon, which no input is known to do.
    """
    refuse_unkeepable(part, fixed)
    plane = DegreePlane.around(part)
    flat = plane.project(part)
    outlines = fixed_outlines(fixed, flat, plane)
    seats, findings = seat_units(units, flat, plane, rule, outlines)
    exact = [grid.shape for grid in fixed]
    for finer in _RASTERS:
        blocks = street_blocks(flat, streets, barriers, plane, raster_for(flat) * finer, fixed=outlines)
        ground = lay_ground(part, plane, seats, blocks, tessellate(flat, seats, blocks), fixed=exact)
        if is_sound(ground, part):
            break
    else:
        raise ValueError("the ground could not be tiled exactly")
    households = [unit.households for unit in units]
    graph = neighbour_graph(ground, households, [unit.compound for unit in units], blocks.bridges)
    findings += [Finding("unit_without_ground", {"unit": units[unit].ref}) for unit, _ in ground.homeless]
    return PartGround(ground, graph, tuple(findings), ground.region)
