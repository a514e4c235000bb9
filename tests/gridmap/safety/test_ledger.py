"""The ledger of docs/security.md: complete, counted right, and every evidence that it names exists."""

import ast
import re
from collections import Counter
from functools import cache

from tests.shared import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TOTALS = re.compile(r"^\| (1|2|both) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
STATUS = ("done", "partly", "not yet", "not applicable")
Row = tuple[str, str, str, str, str]
ROWS: list[Row] = [tuple(part.strip() for part in row) for row in ROW.findall(TEXT)]


@cache
def names_in(path: str) -> frozenset[str]:
    """Names of the tests of a file, read and not run."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def numbers() -> list[tuple[str, str]]:
    """Number and level of every requirement that applies."""
    lines = (ROOT / "tests" / "gridmap" / "safety" / "asvs_5_0_0.txt").read_text().splitlines()
    return [(number, level) for number, level in (line.split() for line in lines)]


def test_every_requirement_is_there_once_in_order() -> None:
    assert [(number, level) for number, level, *_rest in ROWS] == numbers()
    assert len(ROWS) == 210


def test_the_totals_are_those_of_the_rows() -> None:
    printed = {level: tuple(map(int, rest)) for level, *rest in TOTALS.findall(TEXT)}
    for level in ("1", "2", "both"):
        counts = Counter(row[3] for row in ROWS if level in (row[1], "both"))
        assert printed[level] == (counts.total(), *(counts[status] for status in STATUS)), level


def test_every_row_says_what_and_why() -> None:
    for number, _level, asks, status, why in ROWS:
        assert status in STATUS, number
        assert 0 < len(asks.split()) <= 12, number
        assert "`" in why or "“" in why or len(why.split()) >= 2, f"{number}: a claim without evidence"


def test_everything_named_exists() -> None:
    missing = []
    for row in ROWS:
        for name in re.findall(r"`([^`]+)`", row[4]):
            path, _separator, test = name.partition("::")
            if "/" not in path or path.startswith("./"):
                continue
            if not (ROOT / path).exists() or (test and test not in names_in(path)):
                missing.append(f"{row[0]}: {name}")
    assert missing == []


def test_every_section_named_exists() -> None:
    headings = set(re.findall(r"^#{2,3} (.+)$", TEXT, re.MULTILINE))
    named = {name for row in ROWS for name in re.findall(r"“([A-Z][^”]+)”", row[4])}
    guide = (ROOT / "docs" / "guides" / "administrator.md").read_text(encoding="utf-8")
    assert {name for name in named if name not in headings and f"## {name}" not in guide} == set()
