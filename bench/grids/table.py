"""One table of all methods, as text for the terminal and for the documents."""

from collections.abc import Callable
from typing import Any

from bench.grids.contender import OURS, PEERS

#: Heading, key, decimals.
COLUMNS = (
    ("CPU s", "cpu_s", 2),
    ("wall s", "wall_s", 2),
    ("peak MB", "peak_mb", 0),
    ("±10 %", "within_10_percent", 1),
    ("±20 %", "within_20_percent", 1),
    ("MAD %", "mean_deviation_percent", 1),
    ("largest %", "largest_deviation_percent", 0),
    ("n.c.", "not_contiguous", 0),
    ("extra pieces", "extra_compound_pieces", 0),
    ("≤ 360 split %", "small_compounds_split_percent", 1),
    ("crossed", "barriers_crossed", 0),
    ("cut km", "cut_km", 1),
    ("P–P", "polsby_popper", 2),
)


def title_of(name: str) -> str:
    """What the table calls a method."""
    return "gridmap" if name == OURS else PEERS[name][0]


def rows(methods: dict[str, dict[str, Any]]) -> list[list[str]]:
    """The cells of the table, headings first; a method without figures has its reason."""
    found = [["method", *(heading for heading, _, _ in COLUMNS)]]
    for name, figures in methods.items():
        if "failure" in figures:
            found.append([title_of(name), str(figures["failure"])])
        else:
            found.append([title_of(name), *(f"{figures[key]:.{digits}f}" for _, key, digits in COLUMNS)])
    return found


def show(result: dict[str, Any], say: Callable[[str], None] = print) -> None:
    """Print what was run, the table in Markdown, and what is measured of ours alone."""
    say(", ".join(f"{key} {value}" for key, value in result.items() if key != "methods"))
    if "methods" not in result:
        return
    table = rows(result["methods"])
    say(_line(table[0]))
    say("|---" * len(table[0]) + "|")
    for line in table[1:]:
        say(_line(line))
    ours = result["methods"].get(OURS, {})
    own = {key: value for key, value in ours.items() if key not in {column for _, column, _ in COLUMNS}}
    if own and "failure" not in ours:
        say(", ".join(f"{key} {value:g}" for key, value in own.items()))


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
