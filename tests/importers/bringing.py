"""Bringing files through the whole pipeline on the chessboard: the dry run, applying, and what was said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely

from importers.models import ImportRun, StagedRow
from importers.services import Choices, fingerprint, start
from importers.work import apply_run, check_run
from tests.cast import COMMUNITIES, corner_of
from tests.importers import files

WEST, SOUTH = corner_of(COMMUNITIES[0])


def quiet(_share: float) -> None:
    """Progress that nobody watches."""


def dry(path: Path, kind: str = "buildings", **choices: Any) -> ImportRun:
    sha256, size = fingerprint(path)
    run = start(path=path, name=path.name, sha256=sha256, size=size, choices=Choices(kind=kind, **choices), by=None)
    return check_run(run, report=quiet)


def brought(path: Path, kind: str = "buildings", *, deactivate: bool = False, **choices: Any) -> ImportRun:
    run = dry(path, kind, **choices)
    apply_run(run, deactivate=deactivate, report=quiet)
    return run


def homes(count: int = 3, **more: Any) -> list[tuple[dict[str, Any], shapely.Geometry]]:
    """Buildings inside the first community."""
    return [
        ({"楼栋编号": f"B{n}", "户数": 10 * (n + 1), "名称": f"{n + 1}号楼", **more},
         files.square(WEST + 0.001 + 0.0015 * n, SOUTH + 0.002, 0.0006))
        for n in range(count)
    ]  # fmt: skip


def counted(run: ImportRun) -> dict[str, int]:
    return {name: run.counts[name] for name in ("created", "changed", "same", "missing", "refused") if run.counts[name]}


def said(run: ImportRun, action: str = "refused") -> dict[int, list[tuple[str, str]]]:
    """Row → (field, code) of the rows with this action."""
    rows = StagedRow.objects.filter(run=run, action=action)
    return {row.row: [(reason["field"], reason["code"]) for reason in row.reasons] for row in rows}


def cells(*names: str, street: str = "新街道", **more: Any) -> list[tuple[dict[str, Any], shapely.Polygon]]:
    """Communities side by side, east of the board, given from east to west."""
    return [
        ({"社区编号": name, "社区名称": name, "街道": street, **more}, files.square(120.3 - 0.01 * n, 30.1, 0.01))
        for n, name in enumerate(names)
    ]
