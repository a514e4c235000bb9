"""How well messy addresses find their buildings, against the truth that the generator of the lists knows.

    bench/addresses.py [--rows N] [--seed N] [--households N] [--copies N] [--show N] [--no-peers] [--json]

N rows of four departments' lists about the people of a generated district are matched against a gazetteer of its
surveyed buildings (1 of 100 is left out, as is a third of the former names). A row *says enough* when, by the facts
the generator wrote down while writing it, exactly one surveyed building fits and that is the true one
(`gridmap.district.messy`); the reader of addresses is not asked. A row *misleads* when by the same facts exactly one
building fits and it is another one (a wrong figure, somebody else's estate): the text alone cannot tell.

Peers in the same run, with regions cut off: equality of the normalised text up to the dwelling with a registered form
of a building, and the most similar registered form by difflib's ratio (on a sample of the rows, as it is slow).
"""

import argparse
import difflib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from gridmap.address import Entry, Gazetteer, Kind, match, normalise, parse
from gridmap.district.lists import PeopleList, Sources, Truth, make_lists
from gridmap.district.records import District
from gridmap.district.synth import generate

TODAY = date(2026, 11, 1)
SHARES = {"police": 0.4, "elders": 0.25, "disabled": 0.1, "tenants": 0.25}
PEER_ROWS = 400


@dataclass(frozen=True)
class Answer:
    """What a method said: the building it took, or those that fit, or those near to what fits nothing."""

    taken: str | None
    offered: tuple[str, ...] = ()
    dwelling: tuple[str, str] | None = None
    near: tuple[str, ...] = ()


@dataclass
class Tally:
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, truth: Truth, answer: Answer) -> str:
        outcome = outcome_of(truth, answer)
        self.rows += 1
        self.counts[outcome] += 1
        enough = truth.written.enough
        self.counts["enough"] += enough
        self.counts["enough_right"] += enough and outcome == "right"
        self.counts["dwelling_enough"] += truth.written.dwelling_enough
        said = answer.dwelling in ((truth.unit, truth.room), ("", truth.room) if truth.one_entrance else None)
        self.counts["dwelling_right"] += truth.written.dwelling_enough and outcome == "right" and said
        self.counts["misled"] += outcome == "wrong" and truth.written.misleading
        self.counts["misleading"] += truth.written.misleading
        return outcome

    def summary(self) -> dict[str, float | int]:
        share = {name: self._percent(self.counts[name], self.rows) for name in OUTCOMES}
        return {
            "rows": self.rows,
            **share,
            "wrong_rows": self.counts["wrong"],
            "of_them_misled": self.counts["misled"],
            "misleading_rows": self.counts["misleading"],
            "enough": self._percent(self.counts["enough"], self.rows),
            "right_of_enough": self._percent(self.counts["enough_right"], self.counts["enough"]),
            "dwelling_right_of_enough": self._percent(self.counts["dwelling_right"], self.counts["dwelling_enough"]),
        }

    @staticmethod
    def _percent(part: int, whole: int) -> float:
        return round(100 * part / whole, 2) if whole else 0.0


OUTCOMES = (
    "right", "wrong", "ambiguous_with_truth", "ambiguous_without_truth", "unmatched_with_truth",
    "unmatched_without_truth",
)  # fmt: skip


def outcome_of(truth: Truth, answer: Answer) -> str:
    if answer.taken is not None:
        return "right" if answer.taken == truth.building else "wrong"
    if answer.offered:
        return "ambiguous_with_truth" if truth.building in answer.offered else "ambiguous_without_truth"
    return "unmatched_with_truth" if truth.building in answer.near else "unmatched_without_truth"


def entries_of(district: District, sources: Sources) -> list[Entry]:
    """The surveyed residential and other buildings, as the territory of the platform knows them."""
    compounds = {compound.code: compound.name for compound in district.compounds}
    return [
        Entry(
            id=building.code,
            area=building.community,
            compound=compounds.get(building.compound or "", ""),
            aliases=tuple(filter(None, [sources.known_former.get(building.compound or "")])),
            number=building.number,
            address=building.address,
            entrances=building.units,
            floors=building.floors,
            dwellings=building.dwellings or None,
        )
        for building in district.buildings
        if building.code not in sources.unsurveyed
    ]


def elsewhere(entry: Entry, number: int) -> Entry:
    """The same building in another county, with another name of its compound and its street."""
    first, second = divmod(number, 26)
    prefix = f"{chr(0x6771 + first)}{chr(0x5C71 + second)}"
    street = parse(entry.address)
    return replace(
        entry,
        id=f"{number}-{entry.id}",
        area=f"98{number:04d}{entry.area[6:]}",
        compound=prefix + entry.compound if entry.compound else "",
        aliases=tuple(prefix + alias for alias in entry.aliases),
        street=prefix + street.street,
        door=street.door,
    )


Method = Callable[[str, str], Answer]


def matcher(gazetteer: Gazetteer) -> Method:
    def ask(text: str, community: str) -> Answer:
        found = match(parse(community + text), gazetteer)
        ids = tuple(str(candidate.id) for candidate in found.candidates)
        if found.kind is Kind.MATCHED and found.dwelling is not None:
            return Answer(ids[0], ids, (found.dwelling.unit, found.dwelling.room))
        return Answer(None, ids) if found.kind is Kind.AMBIGUOUS else Answer(None, near=ids)

    return ask


_REGIONS = re.compile(r"^.*(?:街道办?|社区|街道)")
_INSIDE = re.compile(r"(?:[0-9]+单元|[0-9]+门)?-?(?:[0-9]+-)?[0-9]*[室户号]?$")


def bare(text: str) -> str:
    """The normalised text behind its regions."""
    return _REGIONS.sub("", normalise(text))


def forms_of(entry: Entry) -> set[str]:
    """A building as simple programs know it: its registered address behind the regions, and compound with number."""
    return {bare(entry.address), normalise(entry.compound + entry.number)} - {""}


def exact_peer(entries: Sequence[Entry]) -> Method:
    """The one building whose registered form is the text up to what looks like a dwelling."""
    known: dict[str, set[str]] = {}
    for entry in entries:
        for form in forms_of(entry):
            known.setdefault(form, set()).add(str(entry.id))

    def ask(text: str, community: str) -> Answer:
        words = bare(text)
        for end in range(len(words), 2, -1):
            ids = known.get(words[:end])
            if ids and _INSIDE.fullmatch(words[end:]):
                return Answer(next(iter(ids)), tuple(ids)) if len(ids) == 1 else Answer(None, tuple(ids))
        return Answer(None)

    return ask


def difflib_peer(entries: Sequence[Entry]) -> Method:
    """The building with the most similar registered form by difflib's ratio, taken when it is 0.8 or more."""
    forms = [(form, str(entry.id)) for entry in entries if entry.dwellings for form in forms_of(entry)]

    def ask(text: str, community: str) -> Answer:
        words = bare(text)
        judge = difflib.SequenceMatcher(autojunk=False)
        judge.set_seq2(_INSIDE.sub("", words) or words)
        best, taken = 0.8, None
        for form, code in forms:
            judge.set_seq1(form)
            if judge.real_quick_ratio() > best and judge.quick_ratio() > best and judge.ratio() > best:
                best, taken = judge.ratio(), code
        return Answer(taken)

    return ask


def judge(lists: Sequence[PeopleList], method: Method, *, step: int = 1, show: int = 0) -> dict[str, Any]:
    """Run ``method`` over every ``step``-th row; tallies in all, per list and per kind of mess, and rows per
    second of CPU time, as machines are shared."""
    tallies: dict[str, Tally] = {"all": Tally()}
    jobs = [(people, number) for people in lists for number in range(0, len(people.rows), step)]
    start = time.process_time()
    answers = [method(*_cells(people, number)) for people, number in jobs]
    seconds = time.process_time() - start
    for (people, number), answer in zip(jobs, answers, strict=True):
        truth = people.truths[number]
        outcome = tallies["all"].add(truth, answer)
        tallies.setdefault(f"list {people.name}", Tally()).add(truth, answer)
        for kind in truth.written.kinds or ("none",):
            tallies.setdefault(f"mess {kind}", Tally()).add(truth, answer)
        if show and (outcome == "wrong" or (truth.written.enough and outcome != "right")):
            show -= 1
            print(outcome, truth.written.kinds, _cells(people, number), truth.building, answer, sep=" | ")
    rate = round(len(jobs) / seconds) if seconds else 0
    return {"rows_per_s": rate, "tallies": {name: tally.summary() for name, tally in sorted(tallies.items())}}


def _cells(people: PeopleList, number: int) -> tuple[str, str]:
    row = dict(zip(people.columns, people.rows[number], strict=True))
    return row[people.address_column], row.get(people.community_column, "")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the last line is JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--households", type=int, help="a city of that size instead of the small county town")
    parser.add_argument(
        "--copies", type=int, default=0, help="as many other counties with the same plan and other names beside it"
    )
    parser.add_argument("--show", type=int, default=0, help="print that many rows that went wrong")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    district = generate(seed=options.seed, households=options.households)
    sizes = {name: round(share * options.rows) for name, share in SHARES.items()}
    sources = make_lists(district, np.random.default_rng(options.seed), today=TODAY, sizes=sizes)
    entries = entries_of(district, sources)
    for number in range(options.copies):
        entries += [elsewhere(entry, number) for entry in entries[: len(entries) // (number + 1)]]
    start = time.process_time()
    gazetteer = Gazetteer(entries, {region.code: region.name for region in district.regions})
    index_s = time.process_time() - start
    methods = {"gridmap": judge(sources.lists, matcher(gazetteer), show=options.show)}
    if not options.no_peers:
        rows = sum(len(people.rows) for people in sources.lists)
        methods["equal text"] = judge(sources.lists, exact_peer(entries))
        methods["difflib"] = judge(sources.lists, difflib_peer(entries), step=max(1, rows // PEER_ROWS))
    result = {"buildings": len(entries), "index_s": round(index_s, 2), "methods": methods}
    _show(result)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def _show(result: dict[str, Any]) -> None:
    print(f"{result['buildings']} buildings indexed in {result['index_s']} s of one core")
    for name, figures in result["methods"].items():
        print(f"\n{name}: {figures['rows_per_s']} rows per second of one core")
        for row, tally in figures["tallies"].items():
            if name == "gridmap" or row == "all":
                print(f"  {row:28}", ", ".join(f"{key} {value}" for key, value in tally.items()))


if __name__ == "__main__":
    sys.exit(main())
