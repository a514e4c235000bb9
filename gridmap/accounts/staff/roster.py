"""Staff lists: each row is a person in a post. What a list would do is tried out row by row and undone; then done.

Trying it out runs the very services that applying runs, so the two cannot disagree.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.staff.codes import give_code
from gridmap.accounts.staff.people import add_person, username_fits
from gridmap.accounts.staff.places import read_area
from gridmap.accounts.staff.posts import PostDetails, change_end, change_service, end_post, lock_person, open_post
from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError
from gridmap.accounts.staff.scope import looking_once, organisations_known_to, people_seen_by
from gridmap.accounts.staff.spellings import OPEN_ENDED, REQUIRED, date_of, duty_of, network_of, role_of

LONGEST_VALUE = 150


class Action(StrEnum):
    """What a row does."""

    NEW_PERSON = "new_person"
    NEW_POST = "new_post"
    CHANGED = "changed"
    ENDED = "ended"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    """A row of a list: its number in the file, and its words by field; a field without a column is left out."""

    number: int
    words: Mapping[str, str]

    def get(self, name: str) -> str:
        """The words of a field, "" where it is empty or left out."""
        return self.words.get(name, "").strip()


@dataclass
class Outcome:
    """What became of a row. `reasons` are (field, code, params), `changes` (field, before, after)."""

    number: int
    action: Action
    name: str
    username: str
    role: str = ""
    area: str = ""
    reasons: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Slip:
    """What a new person is handed: it is shown once and kept nowhere."""

    name: str
    username: str
    code: str


@dataclass
class _Meaning:
    """The words of a row, understood."""

    role: Any
    area: str
    network: str
    duty: str
    organisation: Organisation | None
    seconded_from: Organisation | None
    starts_on: date | None
    ends_on: date | None


class _Reading:
    """Reads words as fields; the same words of a field once, for most rows name the same few places."""

    def __init__(self, by: User) -> None:
        self.by = by
        self._known: dict[tuple[str, str], Any] = {}

    def __call__(self, name: str, text: str) -> Any:
        """What `text` means as `name`; StaffRefusedError where it means nothing."""
        if (name, text) not in self._known:
            self._known[name, text] = READERS[name](text, self.by)
        return self._known[name, text]


class RowRefusedError(Exception):
    """A row that is not taken, with all its reasons."""

    def __init__(self, reasons: list[tuple[str, str, dict[str, Any]]]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


def rehearse(rows: Sequence[Row], *, by: User, now: datetime) -> list[Outcome]:
    """What every row would do; nothing is written."""
    with transaction.atomic(), looking_once(by):
        outcomes = [outcome for outcome, _new in _carry_out(rows, by=by, now=now)]
        transaction.set_rollback(True)
    return outcomes


def apply_roster(rows: Sequence[Row], *, expected: str, by: User, now: datetime) -> tuple[list[Outcome], list[Slip]]:
    """Write all rows that are not refused, or nothing; the codes of the new people, which are told once.

    StaffRefusedError("stale") where the rows no longer do what was shown (`expected` is `mark_of` of that).
    """
    with transaction.atomic(), looking_once(by):
        done = list(_carry_out(rows, by=by, now=now))
        outcomes = [outcome for outcome, _new in done]
        if mark_of(outcomes) != expected:
            raise StaffRefusedError("stale")
        slips = [Slip(str(person), person.username, give_code(person)) for _outcome, person in done if person]
    return outcomes, slips


def mark_of(outcomes: Sequence[Outcome]) -> str:
    """Changes with anything that the rows would do."""
    told = json.dumps([asdict(one) for one in outcomes], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _carry_out(rows: Sequence[Row], *, by: User, now: datetime) -> Iterator[tuple[Outcome, User | None]]:
    """Each row in a savepoint of its own, with the person it made."""
    before: dict[tuple[str, ...], int] = {}
    read = _Reading(by)
    for row in rows:
        outcome = Outcome(
            row.number, Action.REFUSED, row.get("name"), row.get("username"), row.get("role"), row.get("area")
        )
        made: User | None = None
        try:
            with transaction.atomic():
                meaning = _understand(row, read)
                _refuse_twice(row, meaning, before)
                made = _act(row, meaning, outcome, by=by, now=now)
        except RowRefusedError as refusal:
            outcome.reasons = refusal.reasons
        except StaffRefusedError as refusal:
            outcome.reasons = [(refusal.field, refusal.code, refusal.params)]
        except StaffForbiddenError as refusal:
            outcome.reasons = [("username", refusal.code, {})]
        if outcome.reasons and outcome.action is Action.REFUSED:
            outcome.changes = []
        yield outcome, made


def _refuse_twice(row: Row, meaning: _Meaning, before: dict[tuple[str, ...], int]) -> None:
    key = (row.get("username").casefold(), meaning.role, meaning.area, meaning.network)
    if key in before:
        raise StaffRefusedError("row_twice", "username", row=before[key])
    before[key] = row.number


def _understand(row: Row, read: _Reading) -> _Meaning:
    """All words of a row, or all reasons why it can't be understood."""
    reasons: list[tuple[str, str, dict[str, Any]]] = []
    found: dict[str, Any] = {}
    for name in READERS:
        text = row.get(name)
        try:
            if "\x00" in text or len(text) > LONGEST_VALUE:
                raise StaffRefusedError("too_long", name, most=LONGEST_VALUE)
            if not text and name in REQUIRED:
                raise StaffRefusedError("value_missing", name)
            found[name] = read(name, text) if text else None
        except StaffRefusedError as refusal:
            reasons.append((name, refusal.code, refusal.params))
    if reasons:
        raise RowRefusedError(reasons)
    return _Meaning(
        role=found["role"], area=found["area"], network=found["network"] or "", duty=found["duty"] or "",
        organisation=found["organisation"], seconded_from=found["seconded_from"],
        starts_on=found["starts_on"], ends_on=found["ends_on"],
    )  # fmt: skip


def _act(row: Row, meaning: _Meaning, outcome: Outcome, *, by: User, now: datetime) -> User | None:
    """Do what the row says; returns the person that it made."""
    person = User.objects.filter(username__iexact=row.get("username")).first()
    if person is None:
        return _open(row, meaning, outcome, by=by, now=now)
    person = lock_person(person, by=by)
    if not people_seen_by(by).filter(pk=person.pk).exists():
        raise StaffRefusedError("username_taken", "username")
    if row.get("name") and row.get("name") != person.name:
        raise StaffRefusedError("name_differs", "name", name=person.name)
    outcome.name = person.name
    held = Post.objects.filter(
        person=person, role=meaning.role, area=meaning.area, network=meaning.network, deputy_for__isnull=True
    )
    post = held.not_over(timezone.localdate(now)).order_by("starts_on").first()
    if post is not None:
        _change(row, post, meaning, outcome, by=by, now=now)
    elif _is_past(meaning.ends_on, now):
        outcome.action = Action.UNCHANGED
        outcome.reasons = [("ends_on", "over_already", {})]
    else:
        open_post(person=person, details=_details(meaning, outcome, now), by=by, now=now)
        outcome.action = Action.NEW_POST
    return None


def _open(row: Row, meaning: _Meaning, outcome: Outcome, *, by: User, now: datetime) -> User:
    if not row.get("name"):
        raise StaffRefusedError("value_missing", "name")
    if _is_past(meaning.ends_on, now):
        raise StaffRefusedError("ends_in_the_past", "ends_on")
    details = _details(meaning, outcome, now)
    person = add_person(username=row.get("username"), name=row.get("name"))
    open_post(person=person, details=details, by=by, now=now)
    outcome.action = Action.NEW_PERSON
    return person


def _change(row: Row, post: Post, meaning: _Meaning, outcome: Outcome, *, by: User, now: datetime) -> None:
    """Bring a post that is there to what the row says; empty cells of duty and organisations change nothing."""
    if _is_past(meaning.ends_on, now):
        end_post(post=post, seen=None, by=by, now=now)
        outcome.action = Action.ENDED
        return
    duty = meaning.duty or post.duty
    organisation = meaning.organisation or post.organisation
    lent_by = meaning.seconded_from or post.seconded_from
    pairs = [("duty", post.duty, duty), ("organisation", post.organisation, organisation),
             ("seconded_from", post.seconded_from, lent_by)]  # fmt: skip
    changes = [(name, _told(before), _told(after)) for name, before, after in pairs if before != after]
    if changes:
        change_service(
            post=post, duty=duty, organisation=organisation, seconded_from=lent_by, seen=None, by=by, now=now
        )
    if "ends_on" in row.words and meaning.ends_on != post.ends_on:
        changes.append(("ends_on", _told(post.ends_on), _told(meaning.ends_on)))
        change_end(post=post, ends_on=meaning.ends_on, seen=None, by=by, now=now)
    outcome.changes = changes
    outcome.action = Action.CHANGED if changes else Action.UNCHANGED


def _details(meaning: _Meaning, outcome: Outcome, now: datetime) -> PostDetails:
    """The post of the row. One that began before today counts from today: a right cannot begin in the past."""
    today = timezone.localdate(now)
    if meaning.starts_on is not None and meaning.starts_on < today:
        outcome.reasons = [("starts_on", "begins_today", {})]
    return PostDetails(
        role=meaning.role,
        area=meaning.area,
        network=meaning.network,
        organisation=meaning.organisation,
        duty=meaning.duty or Post.Duty.MAIN,
        seconded_from=meaning.seconded_from,
        starts_on=max(meaning.starts_on or today, today),
        ends_on=meaning.ends_on,
    )


def _is_past(day: date | None, now: datetime) -> bool:
    return day is not None and day < timezone.localdate(now)


def _told(value: object) -> str:
    return "" if value is None else str(value)


def _username(text: str, by: User) -> str:
    if not username_fits(User.normalize_username(text)):
        raise StaffRefusedError("username_letters", "username")
    return text


def _name(text: str, by: User) -> str:
    if len(text) > (User._meta.get_field("name").max_length or 0):
        raise StaffRefusedError("too_long", "name", most=User._meta.get_field("name").max_length)
    return text


def _role(text: str, by: User) -> Any:
    role = role_of(text)
    if role is None:
        raise StaffRefusedError("role_unknown", "role", text=text)
    return role


def _network(text: str, by: User) -> str:
    network = network_of(text)
    if network is None:
        raise StaffRefusedError("network_unknown", "network", text=text)
    return network.value


def _duty(text: str, by: User) -> str:
    duty = duty_of(text)
    if duty is None:
        raise StaffRefusedError("duty_unknown", "duty", text=text)
    return duty.value


def _organisation(text: str, by: User) -> Organisation:
    """By name, or by the name of the one above and its own (上级/本级)."""
    above, _slash, name = text.replace("／", "/").replace("›", "/").rpartition("/")
    rows = organisations_known_to(by).filter(name=name.strip())
    found = list((rows.filter(parent__name=above.strip()) if above else rows)[:2])
    if not found:
        raise StaffRefusedError("organisation_unknown", "organisation", text=text)
    if len(found) > 1:
        raise StaffRefusedError("organisation_ambiguous", "organisation", text=text)
    return found[0]


def _day(text: str, by: User) -> date | None:
    if text in OPEN_ENDED:
        return None
    try:
        return date_of(text)
    except ValueError:
        raise StaffRefusedError("date_unknown", "", text=text) from None


READERS: dict[str, Any] = {
    "name": _name,
    "username": _username,
    "organisation": _organisation,
    "role": _role,
    "area": read_area,
    "network": _network,
    "duty": _duty,
    "starts_on": _day,
    "ends_on": _day,
    "seconded_from": _organisation,
}
