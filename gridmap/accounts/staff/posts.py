"""Giving posts and ending them. A post is never deleted and never becomes another one: what was, stays readable."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import VERBS, Role, Verb
from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError
from gridmap.accounts.staff.scope import demand_area, organisations_known_to, people_seen_by

#: Duties that one person does not hold at the same time (GB/T 35273, 7.1), by the verb that marks each.
APART = (Verb.ADMINISTER, Verb.AUDIT, Verb.VIEW_PEOPLE)
ROLES_OF_PEOPLE = [role for role in Role if role != Role.WALL_SCREEN]


@dataclass(frozen=True)
class PostDetails:
    """What a post is: role and area (a code prefix), the days it lasts, and how the person does it."""

    role: Role
    area: str
    starts_on: date
    ends_on: date | None = None
    network: str = ""
    organisation: Organisation | None = None
    duty: str = Post.Duty.MAIN
    seconded_from: Organisation | None = None


def version_of(post: Post) -> str:
    """A mark of everything about a post that can change; a form carries it back, so that a stale one is noticed."""
    parts = (
        post.pk,
        post.ends_on,
        post.ended_at,
        post.special_groups,
        str(post.duty),
        post.organisation_id,
        post.seconded_from_id,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def is_over(post: Post, now: datetime) -> bool:
    """Whether the post has ended."""
    last_day_passed = post.ends_on is not None and post.ends_on < timezone.localdate(now)
    return last_day_passed or (post.ended_at is not None and post.ended_at <= now)


def period_of(post: Post) -> str:
    """The days of a post in words."""
    if post.ended_at:
        last = date_format(timezone.localtime(post.ended_at), "Y-m-d")
    else:
        last = date_format(post.ends_on, "Y-m-d") if post.ends_on else _("open end")
    return f"{date_format(post.starts_on, 'Y-m-d')} – {last}"


@transaction.atomic
def give_post(*, person: User, details: PostDetails, by: User, now: datetime) -> Post:
    """Give `person` a post; StaffRefusedError names the field, StaffForbiddenError what nobody in charge may do."""
    person = lock_person(person, by=by)
    if not people_seen_by(by).filter(pk=person.pk).exists():
        raise StaffForbiddenError("not_in_charge")
    return open_post(person=person, details=details, by=by, now=now)


def open_post(*, person: User, details: PostDetails, by: User, now: datetime) -> Post:
    """As `give_post`, for a person whose row is locked already and who may be new."""
    demand_area(by, details.area)
    _check_active(person)
    _check_role(details)
    _check_organisations(details.organisation, details.seconded_from, by, set())
    _check_period(details.starts_on, details.ends_on, timezone.localdate(now))
    post = Post(person=person, **vars(details))
    _check_beside_others(post, now)
    post.save()
    return post


def lock_person(person: User, *, by: User) -> User:
    """The person's row, locked: posts of one person are given one after another. Never oneself."""
    if person.pk == by.pk:
        raise StaffForbiddenError("own_account")
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _check_active(person: User) -> None:
    if not person.is_active:
        raise StaffRefusedError("switched_off", "person")


def _check_role(details: PostDetails) -> None:
    if details.role not in ROLES_OF_PEOPLE:
        raise StaffRefusedError("role_not_for_people", "role")


def _check_organisations(
    organisation: Organisation | None, seconded_from: Organisation | None, by: User, kept: set[int | None]
) -> None:
    """Both among those that the administrator knows (`kept` ones stay), and not one and the same."""
    known = organisations_known_to(by)
    for field, one in (("organisation", organisation), ("seconded_from", seconded_from)):
        if one is not None and one.pk not in kept and not known.filter(pk=one.pk).exists():
            raise StaffRefusedError("organisation_outside", field)
    if seconded_from is not None and seconded_from == organisation:
        raise StaffRefusedError("seconded_from_itself", "seconded_from")


def _check_period(starts_on: date, ends_on: date | None, today: date) -> None:
    if starts_on < today:
        raise StaffRefusedError("starts_in_the_past", "starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise StaffRefusedError("ends_before_it_starts", "ends_on")


def _check_beside_others(post: Post, now: datetime) -> None:
    """No post twice at a time, and the three duties in different hands."""
    others = Post.objects.filter(_overlapping(post.starts_on, post.ends_on), person=post.person)
    others = others.not_over(timezone.localdate(now)).exclude(pk=post.pk)
    for other in others:
        if (other.role, other.area, other.network) == (post.role, post.area, post.network):
            raise StaffRefusedError("same_post", "role", period=period_of(other))
        if _duties(other) and _duties(post) and _duties(other) != _duties(post):
            raise StaffRefusedError("duties_apart", "role", role=other.get_role_display())


def _overlapping(starts_on: date, ends_on: date | None) -> Q:
    condition = Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)
    return condition & Q(starts_on__lte=ends_on) if ends_on else condition


def _duties(post: Post) -> set[Verb]:
    return {verb for verb in APART if verb in VERBS[Role(post.role)]}


@transaction.atomic
def give_deputy(*, post: Post, person: User, starts_on: date, ends_on: date | None, by: User, now: datetime) -> Post:
    """Let `person` stand in for a post: same role, area and network, inside its period, always with a last day."""
    person = lock_person(person, by=by)
    held = lock_post(post, by=by, now=now)
    if not people_seen_by(by).filter(pk=person.pk).exists():
        raise StaffForbiddenError("not_in_charge")
    if held.deputy_for_id is not None:
        raise StaffRefusedError("deputy_of_deputy")
    if held.person_id == person.pk:
        raise StaffRefusedError("deputy_of_oneself", "person")
    _check_active(person)
    if ends_on is None:
        raise StaffRefusedError("deputy_needs_an_end", "ends_on")
    _check_period(starts_on, ends_on, timezone.localdate(now))
    if starts_on < held.starts_on or (held.ends_on is not None and ends_on > held.ends_on):
        raise StaffRefusedError("deputy_outside_period", "ends_on", period=period_of(held))
    deputy = Post(
        person=person,
        organisation=held.organisation,
        role=held.role,
        area=held.area,
        network=held.network,
        duty=Post.Duty.ASSISTING,
        deputy_for=held,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _check_beside_others(deputy, now)
    deputy.save()
    return deputy


def lock_post(post: Post, *, by: User, now: datetime, seen: str | None = None) -> Post:
    """The post's row, locked, if `by` may change it: inside their area, not their own, not over, not changed since."""
    found = Post.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=post.pk)
    if found.person_id == by.pk:
        raise StaffForbiddenError("own_account")
    demand_area(by, found.area)
    if seen is not None and seen != version_of(found):
        raise StaffRefusedError("stale")
    if is_over(found, now):
        raise StaffRefusedError("post_is_over")
    return found


@transaction.atomic
def change_end(*, post: Post, ends_on: date | None, seen: str | None, by: User, now: datetime) -> Post:
    """Another last day (none: open end). Deputies of the post end with it at the latest."""
    lock_person(post.person, by=by)
    held = lock_post(post, by=by, now=now, seen=seen)
    if ends_on is not None and ends_on < held.starts_on:
        raise StaffRefusedError("ends_before_it_starts", "ends_on")
    if ends_on is not None and ends_on < timezone.localdate(now):
        raise StaffRefusedError("ends_in_the_past", "ends_on")
    if held.deputy_for is not None:
        _check_deputy_end(held.deputy_for, ends_on)
    held.ends_on = ends_on
    _check_beside_others(held, now)
    held.save(update_fields=["ends_on"])
    if ends_on is not None:
        later = held.deputies.filter(ends_on__gt=ends_on)
        later.filter(starts_on__lte=ends_on).update(ends_on=ends_on)
        later.filter(starts_on__gt=ends_on, ended_at__isnull=True).update(ended_at=now)
    return held


def _check_deputy_end(held: Post, ends_on: date | None) -> None:
    if ends_on is None:
        raise StaffRefusedError("deputy_needs_an_end", "ends_on")
    if held.ends_on is not None and ends_on > held.ends_on:
        raise StaffRefusedError("deputy_outside_period", "ends_on", period=period_of(held))


@transaction.atomic
def end_post(*, post: Post, seen: str | None, by: User, now: datetime) -> Post:
    """End a post, and those of its deputies, at this moment; one that has not begun never does."""
    lock_person(post.person, by=by)
    held = lock_post(post, by=by, now=now, seen=seen)
    Post.objects.filter(Q(pk=held.pk) | Q(deputy_for=held), ended_at__isnull=True).update(ended_at=now)
    held.ended_at = now
    return held


@transaction.atomic
def change_service(
    *,
    post: Post,
    duty: str,
    organisation: Organisation | None,
    seconded_from: Organisation | None,
    seen: str | None,
    by: User,
    now: datetime,
) -> Post:
    """Main or assisting, the organisation that the post belongs to, and who lent the person; none carries a right."""
    held = lock_post(post, by=by, now=now, seen=seen)
    kept = {held.organisation_id, held.seconded_from_id}
    _check_organisations(organisation, seconded_from, by, kept)
    held.duty, held.organisation, held.seconded_from = Post.Duty(duty), organisation, seconded_from
    held.save(update_fields=["duty", "organisation", "seconded_from"])
    return held


@transaction.atomic
def let_into_special_groups(*, post: Post, allowed: bool, seen: str | None, by: User, now: datetime) -> Post:
    """Open (or close) the room for special groups to one post; a deputy never inherits it."""
    held = lock_post(post, by=by, now=now, seen=seen)
    if allowed and not settings.SPECIAL_GROUPS:
        raise StaffRefusedError("special_groups_off")
    if allowed and not may_open_special_groups(held):
        raise StaffRefusedError("special_groups_role")
    held.special_groups = allowed
    held.save(update_fields=["special_groups"])
    return held


def may_open_special_groups(post: Post) -> bool:
    """Whether the room is there and the role is one that sees people's data."""
    return bool(settings.SPECIAL_GROUPS) and Verb.VIEW_PEOPLE in VERBS[Role(post.role)]
