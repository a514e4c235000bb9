"""Where the pyogrio and shapely wheels keep GDAL and GEOS, so that GeoDjango needs no system package."""

import os
from importlib.util import find_spec
from pathlib import Path


def bundled_library(package: str, name: str) -> str | None:
    """The path of shared library `lib<name>*` inside the wheel of `package`, or None where the wheel bundles none."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    bundle = Path(next(iter(spec.submodule_search_locations))).parent / f"{package}.libs"
    return next((str(path) for path in sorted(bundle.glob(f"lib{name}*.so*"))), None)


def proj_data() -> str | None:
    """The folder of `proj.db` in the pyogrio wheel: GDAL finds it itself only when pyogrio is imported first."""
    spec = find_spec("pyogrio")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "proj_data"
    return str(folder) if (folder / "proj.db").exists() else None


def gdal_library() -> str | None:
    """GDAL for `GDAL_LIBRARY_PATH`: the environment's own choice first, then pyogrio's wheel."""
    return os.environ.get("GDAL_LIBRARY_PATH") or bundled_library("pyogrio", "gdal")


def geos_library() -> str | None:
    """GEOS for `GEOS_LIBRARY_PATH`: the environment's own choice first, then shapely's wheel."""
    return os.environ.get("GEOS_LIBRARY_PATH") or bundled_library("shapely", "geos_c")
