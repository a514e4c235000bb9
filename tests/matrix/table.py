"""What every route must answer to every person: two tables beside this file, written from the rules, not from the code.

`rights.csv` says which role carries which verb. `routes.csv` has one row per route: the methods it takes, the thing it
is about, the verbs any of which open it, how far they reach, and what who lacks them is told:

- scope `any`: the verb anywhere is enough (what is shown is narrowed inside); `within`: the thing must lie in the area
  of the post; `lineage`: also what the area lies in; `community`: a grid's staff see what their community holds;
  `owner`: only who made the thing, `own within`: and only while the area reaches it; `another's`: within, but never
  one's own (a second person decides); `own or decided`: one's own, or within for who approves; `open`: nobody need
  sign in.
- lacking: `hidden` (404, as for what does not exist) or `refused` (who may see the thing by the right in `seen_by`, but
  not do this to it, is told 403 or 404; who may not see it, 404).
- signed_out: `page` (led to the sign-in page) or `api` (401).
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
METHODS = ("GET", "POST", "PUT", "DELETE")
SAFE = frozenset({"GET"})

#: Roles whose people need a second factor before anything else is answered.
SECOND_FACTOR = frozenset(
    {
        "grid_worker", "grid_leader", "community_officer", "street_officer", "centre_operator", "approver", "auditor",
        "administrator",
    }
)  # fmt: skip


class Answer(StrEnum):
    """Classes of answers: what was let in may still be 200, 302, 400 or 409."""

    LET_IN = "let in"
    HIDDEN = "hidden"
    REFUSED = "refused"
    SIGN_IN = "sign in"
    WRONG_METHOD = "wrong method"
    OPEN = "open"
    OUTSIDE = "sign in or wrong method"


@dataclass(frozen=True)
class Persona:
    """Somebody with one post (or nobody: an empty role), as the post and the account stand."""

    role: str
    area: str
    period: str = "in force"
    state: str = "well"

    @property
    def is_in(self) -> bool:
        """Whether there is a session at all."""
        return bool(self.role) and self.period == "in force" and self.state not in {"switched off", "revoked"}

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} of {self.area or 'everywhere'}, {self.period}, {self.state}"


@dataclass(frozen=True)
class Route:
    """One row of the table."""

    name: str
    methods: frozenset[str]
    thing: str
    verbs: frozenset[str]
    scope: str
    signed_out: str
    seen_by: str


@dataclass(frozen=True)
class Place:
    """Where the thing of a request lies, and whether the person made it."""

    area: str = ""
    mine: bool = False


@cache
def rights() -> dict[str, frozenset[str]]:
    """Role → verbs."""
    with (FOLDER / "rights.csv").open(encoding="utf-8") as file:
        return {
            row["role"]: frozenset(verb for verb, mark in row.items() if verb != "role" and mark)
            for row in csv.DictReader(file)
        }


@cache
def routes() -> dict[str, dict[str, Route]]:
    """Route name → method → row; a method that has none is refused."""
    found: dict[str, dict[str, Route]] = {}
    with (FOLDER / "routes.csv").open(encoding="utf-8") as file:
        for route in map(_route, csv.DictReader(file)):
            for method in route.methods:
                assert method not in found.setdefault(route.name, {}), f"{route.name} stands twice for {method}"
                found[route.name][method] = route
    return found


def _route(row: dict[str, str]) -> Route:
    return Route(
        name=row["route"],
        methods=frozenset(METHODS if row["methods"] == "*" else row["methods"].split()),
        thing=row["thing"],
        verbs=frozenset(row["verbs"].split("|")),
        scope=row["scope"],
        signed_out=row["signed_out"],
        seen_by=row["seen_by"],
    )


def expected(name: str, method: str, who: Persona, place: Place) -> Answer:
    """The class of answer that the tables ask for."""
    route = routes()[name].get(method)
    if route is not None and route.scope == "open":
        return Answer.OPEN
    if not who.is_in or (who.state == "no second factor" and who.role in SECOND_FACTOR):
        return Answer.SIGN_IN if route else Answer.OUTSIDE
    if who.role == "wall_screen" and (method not in SAFE or (route and route.verbs == {"person"})):
        return Answer.REFUSED
    if route is None:
        return Answer.WRONG_METHOD
    seen = Answer.REFUSED if _sees(route, who, place) else Answer.HIDDEN
    return Answer.LET_IN if _may(route, who, place) else seen


def _may(route: Route, who: Persona, place: Place) -> bool:
    held = rights()[who.role] | {"self", "person"}
    reaches = _reaches(route.scope, who.area, place.area)
    if not route.verbs & held:
        return False
    owned = {
        "owner": place.mine,
        "own within": place.mine and reaches,
        "another's": reaches and not place.mine,
        "own or decided": place.mine or ("approve_export" in held and reaches),
    }
    return owned.get(route.scope, reaches)


def _sees(route: Route, who: Persona, place: Place) -> bool:
    """Whether the thing itself is open to somebody who may not do this to it."""
    held = rights()[who.role]
    if route.seen_by == "mine":
        return place.mine
    if route.seen_by == "own or decided":
        return place.mine or ("approve_export" in held and _reaches("within", who.area, place.area))
    if route.seen_by == "lineage":
        return bool(route.verbs & held) and _reaches("lineage", who.area, place.area)
    return route.seen_by in held and _reaches("within", who.area, place.area)


def _reaches(scope: str, area: str, thing: str) -> bool:
    if scope == "any" or thing.startswith(area):
        return True
    if scope == "lineage":
        return area.startswith(thing)
    return scope == "community" and area.startswith(thing[:12]) and len(thing) >= 12
