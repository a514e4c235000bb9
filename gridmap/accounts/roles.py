"""Roles and what each may do, as a table: a right is a role's verb inside the area and the period of a post."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """What a person can be allowed to do to the ground and its grids."""

    VIEW = "view"
    IMPORT_DATA = "import_data"
    DRAW_GRIDS = "draw_grids"
    ADOPT_PLAN = "adopt_plan"
    ADMINISTER = "administer"


class Role(models.TextChoices):
    """The posts that a district fills."""

    GRID_WORKER = "grid_worker", _("grid worker")
    GRID_LEADER = "grid_leader", _("grid leader")
    BUILDING_LEADER = "building_leader", _("building leader")
    COMMUNITY_OFFICER = "community_officer", _("community officer")
    STREET_OFFICER = "street_officer", _("street officer")
    DISPATCHER = "dispatcher", _("dispatcher")
    DEPARTMENT_HANDLER = "department_handler", _("department handler")
    CENTRE_OPERATOR = "centre_operator", _("governance-centre operator")
    PLANNER = "planner", _("planner")
    APPROVER = "approver", _("approver")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class Network(models.TextChoices):
    """The three networks of duty on one net of grids."""

    SOCIAL_WORK = "social_work", _("social work")
    CITY_MANAGEMENT = "city_management", _("city management")
    GOVERNANCE = "governance", _("comprehensive governance")


_LOOK = frozenset({Verb.VIEW})
VERBS: dict[Role, frozenset[Verb]] = {
    Role.GRID_WORKER: _LOOK,
    Role.GRID_LEADER: _LOOK,
    Role.BUILDING_LEADER: _LOOK,
    Role.COMMUNITY_OFFICER: _LOOK,
    Role.STREET_OFFICER: _LOOK,
    Role.DISPATCHER: _LOOK,
    Role.DEPARTMENT_HANDLER: _LOOK,
    Role.CENTRE_OPERATOR: _LOOK,
    Role.PLANNER: _LOOK | {Verb.IMPORT_DATA, Verb.DRAW_GRIDS},
    Role.APPROVER: _LOOK | {Verb.ADOPT_PLAN},
    Role.AUDITOR: _LOOK,
    Role.ADMINISTRATOR: _LOOK | {Verb.IMPORT_DATA, Verb.DRAW_GRIDS, Verb.ADOPT_PLAN, Verb.ADMINISTER},
}
