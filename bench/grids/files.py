"""Communities from vector files: any file with households per unit, and the two real data sets by a short name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from bench.grids.communities import Community, by_part
from gridmap.geometry.repair import repair
from gridmap.partition.plane import Shapes
from gridmap.partition.units import Unit

Column = NDArray[Any]
#: Names that fields of the two kinds go by, in the order in which they are looked for.
HOUSEHOLDS = ("households", "h_cnt", "total_dwelling_units", "dwellings", "unitsres", "units", "hh", "hushalle")
COMMUNITIES = ("community", "community_id", "community_code", "town_id", "subzone_c", "subzone", "district", "ct2010")
COMPOUNDS = ("compound", "compound_id", "estate", "xiaoqu")
#: Boundaries of communities that lie beside a file of points, and the field that both have.
BESIDE = {"blocks.gpkg": ("subzones_2019.geojson", "SUBZONE_C")}
SHORT = {"basic_units": ("basic_units", "a.gpkg"), "hdb": ("hdb", "blocks.gpkg")}
_SHARED_BORDER_DEGREES = 1e-9


class UnreadableFileError(ValueError):
    """What is wrong with a file, in words for the terminal."""


@dataclass(frozen=True)
class Fields:
    """Which fields of a file to read; None is guessed."""

    households: str | None = None
    community: str | None = None
    compound: str | None = None


@dataclass(frozen=True)
class _Table:
    path: Path
    shapes: Shapes
    columns: dict[str, Column]

    def field(self, wanted: str | None, guesses: tuple[str, ...], option: str) -> str | None:
        """The name of a field: the wanted one, which must exist, or the first that is guessed."""
        if wanted is not None:
            if wanted not in self.columns:
                raise UnreadableFileError(f"{self.path.name}: no field “{wanted}” ({option}); it has {self._names()}")
            return wanted
        by_lower = {name.lower(): name for name in self.columns}
        return next((by_lower[guess] for guess in guesses if guess in by_lower), None)

    def needed(self, wanted: str | None, guesses: tuple[str, ...], option: str) -> str:
        """The same, where the run cannot do without."""
        name = self.field(wanted, guesses, option)
        if name is None:
            raise UnreadableFileError(f"{self.path.name}: which field? give {option} NAME; it has {self._names()}")
        return name

    def _names(self) -> str:
        return ", ".join(sorted(self.columns)) or "no fields"


def from_file(path: Path, fields: Fields) -> Iterator[Community]:
    """The communities of a vector file in any coordinate system GDAL knows.

    A community is the ground of its units where they tile it; of points, the boundary in the file beside it or their
    convex hull. Raises UnreadableFileError with file, row, field and reason.
    """
    table = _read(path)
    loads = _loads(table, table.needed(fields.households, HOUSEHOLDS, "--households"))
    home = table.columns[table.needed(fields.community, COMMUNITIES, "--community")]
    compound_field = table.field(fields.compound, COMPOUNDS, "--compound")
    compounds = table.columns[compound_field] if compound_field else None
    boundaries = _boundaries(path)
    for name in sorted({str(value) for value in home if value is not None}):
        mine = np.flatnonzero(np.array([str(value) == name for value in home]))
        if boundaries is not None and name not in boundaries:
            continue
        units = [
            Unit(str(index), table.shapes[index], int(loads[index]), _text(compounds, index)) for index in mine.tolist()
        ]
        shape = boundaries[name] if boundaries is not None else _ground(table.shapes[mine])
        yield from by_part(name, shape, units)


def _text(column: Column | None, index: int) -> str | None:
    value = None if column is None else column[index]
    return None if value is None or value in {"", 0} else str(value)


def _read(path: Path) -> _Table:
    if not path.exists():
        raise UnreadableFileError(f"{path}: no such file")
    try:
        meta, _, shapes, columns = pyogrio.raw.read(path, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise UnreadableFileError(f"{path.name}: not a vector file: {error}") from error
    if shapes is None or not len(shapes):
        raise UnreadableFileError(f"{path.name}: no shapes in it")
    found = np.asarray(shapely.from_wkb(shapes), dtype=object)
    for row, shape in enumerate(found, start=1):
        if shape is None or shape.is_empty:
            raise UnreadableFileError(f"{path.name}, row {row}: no shape")
    return _Table(path, _lonlat(found, meta["crs"], path), dict(zip(meta["fields"], columns, strict=True)))


def _lonlat(shapes: Shapes, crs: str | None, path: Path) -> Shapes:
    if crs is None:
        if np.abs(shapely.total_bounds(shapes)).max() > 180.0:
            raise UnreadableFileError(f"{path.name}: it does not say its coordinate system, and these are no degrees")
        return shapes
    if CRS.from_user_input(crs).is_geographic:
        return shapes
    turn = Transformer.from_crs(crs, 4326, always_xy=True).transform
    return np.asarray(shapely.transform(shapes, turn, interleaved=False), dtype=object)


def _loads(table: _Table, name: str) -> NDArray[np.int64]:
    """Households as whole numbers; blank is 0."""
    column = table.columns[name]
    if not np.issubdtype(column.dtype, np.number):
        raise UnreadableFileError(f"{table.path.name}, field {name}: households must be numbers, not {column.dtype}")
    loads = np.nan_to_num(column.astype(np.float64))
    if (loads < 0).any():
        row = int(np.flatnonzero(loads < 0)[0])
        raise UnreadableFileError(f"{table.path.name}, row {row + 1}, field {name}: {loads[row]:g} households")
    return loads.astype(np.int64)


def _boundaries(path: Path) -> dict[str, Any] | None:
    """The communities' own boundaries, where a file of them lies beside the units."""
    if path.name not in BESIDE:
        return None
    name, key = BESIDE[path.name]
    table = _read(path.with_name(name))
    codes = table.columns[table.needed(key, (), "the field of the boundaries")]
    return {str(code): repair(shape).geom for code, shape in zip(codes, table.shapes, strict=True)}


def _ground(shapes: Shapes) -> Any:
    """What units stand on: their union where they are areas that share borders, else the hull of all."""
    areal = shapely.get_dimensions(shapes) == 2
    if areal.all() and shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.convex_hull(shapely.union_all(shapes)).buffer(1e-4)
