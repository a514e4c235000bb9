"""The reading process: gives up its rights, reads one file, writes one JSON line per row. Started by sandbox.py only.

A line is {"t": "description" | "row" | "sample" | "refused" | "end", …}; geometry travels as hexadecimal WKB.
"""

from __future__ import annotations

import json
import random
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from importers import archive, lockdown, readers
from importers.conversion import converted
from importers.datum import Placing
from importers.grouping import grouped
from importers.records import Record, RefusedError

SAMPLE_ROWS = 20_000
SAMPLE_POINTS = 400
SAMPLE_VALUES = 3
VALUE_CHARACTERS = 120


def main() -> None:
    """One job from standard input, answered on standard output."""
    job = json.loads(sys.stdin.readline())
    sys.setrecursionlimit(400)
    path, room = Path(job["path"]), Path(job["room"])
    lockdown.limit(cpu_s=int(job["cpu_s"]), memory_bytes=int(job["memory_bytes"]))
    failed = lockdown.lock(
        readable=[*lockdown.program_folders(), *_readable(path)], writable=room, listable=_listable(path)
    )
    try:
        _tell({"t": "locked", "failed": failed})
        if failed and job.get("strict"):
            raise RefusedError("locks_missing", locks=", ".join(failed))
        for line in _answers(job, _opened(path, room)):
            _tell(line)
    except RefusedError as refusal:
        _tell({"t": "refused", "code": refusal.code, "params": refusal.params})
    except MemoryError:
        _tell({"t": "refused", "code": "out_of_memory", "params": {}})
    except RecursionError:
        _tell({"t": "refused", "code": "nested_too_deep", "params": {}})
    except Exception as problem:
        traceback.print_exc()
        if "bad_alloc" in str(problem):  # GEOS and GDAL say it in C++
            _tell({"t": "refused", "code": "out_of_memory", "params": {}})
        else:
            _tell({"t": "refused", "code": "reader_failed", "params": {"error": type(problem).__name__}})
    _tell({"t": "end"})


def _readable(path: Path) -> list[Path]:
    """A shapefile's parts lie beside it; every other format is one file."""
    return [child for child in path.parent.iterdir() if child.stem == path.stem] if _has_parts(path) else [path]


def _listable(path: Path) -> list[Path]:
    """The parts of a shapefile are found by their names."""
    return [path.parent] if _has_parts(path) else []


def _has_parts(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".shp"


def _opened(path: Path, room: Path) -> Path:
    """The file to read: what came, or what a checked archive holds."""
    if archive.is_workbook(path) or not (archive.is_zip(path) or archive.is_gzip(path)):
        return path
    folder = room / "unpacked"
    folder.mkdir()
    archive.unpack(path, folder)
    files = sorted(child for child in folder.iterdir() if child.is_file())
    if any(child.suffix.lower() == ".shp" for child in files):
        return folder
    wanted = [child for child in files if _recognised(child)]
    if not wanted:
        raise RefusedError("archive_holds_nothing_known", entries=len(files))
    if len(wanted) > 1:
        raise RefusedError("archive_holds_several_files", names=", ".join(child.name for child in wanted)[:200])
    return wanted[0]


def _recognised(path: Path) -> bool:
    try:
        readers.choose(path)
    except RefusedError:
        return False
    return True


def _answers(job: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    reader = readers.choose(path)
    layer, encoding = job.get("layer"), job.get("encoding")
    if job["do"] == "describe":
        description = reader.describe(path, encoding)
        yield {"t": "description", "description": description.as_json()}
        if job.get("sample"):
            chosen = description.layer(layer).name
            yield _sample(
                reader.read(path, layer=None if reader.NAME == "osm" and not layer else chosen, encoding=encoding)
            )
        return
    records = converted(reader.read(path, layer=layer, encoding=encoding), Placing.from_json(job["placing"]))
    for record in grouped(records, job["group_by"]) if job.get("group_by") else records:
        yield _line(record)


def _line(record: Record) -> dict[str, Any]:
    return {
        "t": "row",
        "n": record.row,
        "l": record.layer,
        "f": record.fields,
        "g": None if record.wkb is None else record.wkb.hex(),
        "r": [reason.as_json() for reason in record.reasons],
    }


def _sample(records: Iterator[Record]) -> dict[str, Any]:
    """Coordinates of some hundred rows (as read) and a few values of each column, always the same ones."""
    chance = random.Random(300)  # noqa: S311  (a reservoir, not a secret)
    kept: list[bytes] = []
    values: dict[str, list[str]] = {}
    for seen, record in enumerate(records):
        if seen >= SAMPLE_ROWS:
            break
        for name, value in record.fields.items():
            shown = values.setdefault(name, [])
            if value is not None and len(shown) < SAMPLE_VALUES and str(value)[:VALUE_CHARACTERS] not in shown:
                shown.append(str(value)[:VALUE_CHARACTERS])
        if record.wkb is None:
            continue
        if len(kept) < SAMPLE_POINTS:
            kept.append(record.wkb)
        elif (at := chance.randrange(seen + 1)) < SAMPLE_POINTS:
            kept[at] = record.wkb
    return {"t": "sample", "points": _positions(kept), "values": values}


def _positions(wkbs: list[bytes]) -> list[list[float]]:
    """At most a few coordinates per shape, spread along it."""
    found: list[list[float]] = []
    for shape in shapely.from_wkb(wkbs, on_invalid="ignore"):
        if shape is None or shape.is_empty:
            continue
        coordinates = shapely.get_coordinates(shape)
        spread = coordinates[np.linspace(0, len(coordinates) - 1, min(len(coordinates), 5)).astype(int)]
        found += [[float(x), float(y)] for x, y in spread if np.isfinite((x, y)).all()]
    return found


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=True, allow_nan=False, separators=(",", ":")))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
