"""Care tags: giving and ending them, and when somebody is to look in next."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from gridmap.accounts.models import User
from gridmap.population.counting import recount_soon, weigh_risk
from gridmap.population.models import CareTag, Resident, Risk
from gridmap.population.permissions import may_edit
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.territory.models import Rule

#: The risk that a tag has where nobody says otherwise (local visiting rules for the old and for children).
USUAL_RISK = {
    CareTag.Kind.DEMENTIA: Risk.HIGH,
    CareTag.Kind.SEVERE_ILLNESS: Risk.HIGH,
    CareTag.Kind.INCAPACITATED: Risk.HIGH,
    CareTag.Kind.DISABLED: Risk.KEY,
    CareTag.Kind.DESTITUTE: Risk.KEY,
    CareTag.Kind.ORPHAN: Risk.KEY,
    CareTag.Kind.CHILD_IN_NEED: Risk.KEY,
    CareTag.Kind.WIDOWED_CHILDLESS: Risk.KEY,
}
#: Days between two visits where no rule says otherwise.
INTERVALS = {Risk.HIGH: 7, Risk.KEY: 30, Risk.GENERAL: 90}


def usual_risk(kind: str, *, age: int | None = None) -> Risk:
    """The risk of a new tag; who lives alone at 80 or more is of high risk."""
    if kind == CareTag.Kind.ALONE and age is not None and age >= 80:
        return Risk.HIGH
    return USUAL_RISK.get(CareTag.Kind(kind), Risk.GENERAL)


def visit_interval_days(risk: str) -> int:
    """Days between two visits to somebody of this risk, by the rule in force."""
    rule = Rule.objects.filter(pk=f"care_visit_{risk}_days").values_list("value", flat=True).first()
    return int(rule) if rule else INTERVALS[Risk(risk)]


def first_visit_due(*, risk: str, since: date) -> date:
    """When somebody tagged on a day is to be visited first, as long as no visit has been recorded."""
    return since + timedelta(days=visit_interval_days(risk))


def add_tag(*, resident: Resident, kind: str, risk: str, since: date, source: str, by: User) -> CareTag:
    """Tag a present resident, inside a door. Refused where the tag is in force already."""
    if not may_edit(by, resident):
        raise PermissionDenied
    with transaction.atomic():
        resident = Resident.objects.select_for_update().select_related("dwelling").get(pk=resident.pk)
        if not resident.present:
            raise PeopleRefusedError(Refusal.GONE)
        if CareTag.objects.in_force().filter(resident=resident, kind=kind).exists():
            raise PeopleRefusedError(Refusal.TAGGED_ALREADY)
        tag = CareTag.objects.create(resident=resident, kind=kind, risk=risk, since=since, source=source)
        tag.refresh_from_db(fields=["area"])  # the database has set it
        _settle(resident)
    return tag


def end_tag(*, tag: CareTag, on: date, by: User) -> None:
    """End a tag on a day, inside a door; one that has ended already stays as it is."""
    if not may_edit(by, tag):
        raise PermissionDenied
    with transaction.atomic():
        resident = Resident.objects.select_for_update().select_related("dwelling").get(pk=tag.resident_id)
        CareTag.objects.in_force().filter(pk=tag.pk).update(until=max(on, tag.since))
        _settle(resident)


def _settle(resident: Resident) -> None:
    weigh_risk([resident.pk])
    recount_soon([resident.dwelling.building_id])
