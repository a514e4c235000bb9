"""A compound with four buildings on the chessboard, lists of invented people, and the way through the pipeline."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Compound
from gridmap.traces.door import door
from importers.lists.bringing import bring_list
from importers.lists.models import ListRow
from importers.models import ImportRun
from importers.services import Choices
from importers.work import apply_run, check_run
from tests.cast import COMMUNITIES, SOURCE, Board, corner_of, square

AREA = COMMUNITIES[0]
ESTATE, OTHER_ESTATE = "爱民佳苑", "银杏家园"
WEST, SOUTH = corner_of(AREA)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
Row = Mapping[str, Any]


def number_of(born: str = "19480307", order: int = 1) -> str:
    """An ID number of a county that does not exist, with its check digit."""
    first = f"990101{born}{order:03d}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


def estates(board: Board) -> list[Building]:
    """Buildings 1–4 of 爱民佳苑 (three units, six floors) and 1 of 银杏家园, in the first community."""
    community = board.communities[0]
    made = []
    for at, (name, numbers) in enumerate(((ESTATE, (1, 2, 3, 4)), (OTHER_ESTATE, (1,)))):
        compound = Compound.objects.create(source=SOURCE, source_ref=name, name=name, community=community)
        for number in numbers:
            made.append(
                Building.objects.create(
                    source=SOURCE,
                    source_ref=f"{name}-{number}",
                    number=f"{number}号楼",
                    address=f"一社区长宁路{12 + 2 * at}号{name}{number}号楼",
                    kind=Building.Kind.SLAB,
                    community=community,
                    compound=compound,
                    dwellings=36,
                    floors=6,
                    entrances=3,
                    geom=square(WEST + 0.001 * number, SOUTH + 0.002 + 0.003 * at, 0.0005, 0.0002),
                )
            )
    return made


def person(name: str = "张建国", **more: Any) -> dict[str, Any]:
    """A row of a residents' list."""
    return {
        "姓名": name,
        "公民身份号码": number_of(),
        "联系电话": "12912345678",
        "现住址": f"{ESTATE}3号楼2单元501室",
        "与户主关系": "户主",
        **more,
    }


def write_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8") -> Path:
    """The rows under the columns of the first."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def quiet(_share: float) -> None:
    """Progress that nobody watches."""


def dry(path: Path, by: User, kind: str = "residents", *, source: str = "police", area: str = AREA) -> ImportRun:
    """A list read and checked."""
    run = bring_list(path=path, choices=Choices(kind=kind, source=source, area=area), by=by)
    return check_run(run, report=quiet)


def brought(path: Path, by: User, kind: str = "residents", **more: Any) -> ImportRun:
    """A list read, checked and written."""
    deactivate = more.pop("deactivate", False)
    run = dry(path, by, kind, **more)
    apply_run(run, deactivate=deactivate, report=quiet)
    return run


def counted(run: ImportRun) -> dict[str, int]:
    """The counts by action that are not nought."""
    return {str(name): run.counts[name] for name in ListRow.Action.values if run.counts.get(name)}


def placed(run: ImportRun) -> dict[str, int]:
    """The counts by place that are not nought."""
    return {name: run.counts[f"place_{name}"] for name in ListRow.State.values if run.counts.get(f"place_{name}")}


def inside(by: User, area: str = AREA) -> Any:
    """A door for looking at what was written."""
    return door(by=by, areas=[area], kind="read", purpose="test")
