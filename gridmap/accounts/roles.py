"""Roles and what each may do, as a table: a right is a role's verb inside the area and the period of a post."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """What a post can allow: on the ground and its grids, on people's data, on the platform itself.

    `VIEW_STAFF` tells the names of colleagues: every person's post carries it, no screen's and no token.
    """

    VIEW = "view"
    VIEW_STAFF = "view_staff"
    IMPORT_DATA = "import_data"
    EDIT_EQUIPMENT = "edit_equipment"
    DRAW_GRIDS = "draw_grids"
    ADOPT_PLAN = "adopt_plan"
    VIEW_PEOPLE = "view_people"
    REVEAL = "reveal"
    EDIT_PEOPLE = "edit_people"
    IMPORT_PEOPLE = "import_people"
    EXPORT_PEOPLE = "export_people"
    APPROVE_EXPORT = "approve_export"
    SPECIAL_GROUPS = "special_groups"
    AUDIT = "audit"
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
    WALL_SCREEN = "wall_screen", _("wall screen")


class Network(models.TextChoices):
    """The three networks of duty on one net of grids."""

    SOCIAL_WORK = "social_work", _("social work")
    CITY_MANAGEMENT = "city_management", _("city management")
    GOVERNANCE = "governance", _("comprehensive governance")


_LOOK = frozenset({Verb.VIEW, Verb.VIEW_STAFF})
_CARE = _LOOK | {Verb.VIEW_PEOPLE, Verb.REVEAL}
#: Who administers, and who audits, sees no resident: the three duties are held apart (GB/T 35273, 7.1).
VERBS: dict[Role, frozenset[Verb]] = {
    Role.GRID_WORKER: _CARE | {Verb.EDIT_PEOPLE},
    Role.GRID_LEADER: _CARE | {Verb.EDIT_PEOPLE},
    Role.BUILDING_LEADER: _LOOK,
    Role.COMMUNITY_OFFICER: _CARE | {Verb.EDIT_EQUIPMENT, Verb.EDIT_PEOPLE, Verb.IMPORT_PEOPLE, Verb.EXPORT_PEOPLE},
    Role.STREET_OFFICER: _CARE | {Verb.IMPORT_PEOPLE, Verb.EXPORT_PEOPLE, Verb.APPROVE_EXPORT},
    Role.DISPATCHER: _LOOK,
    Role.DEPARTMENT_HANDLER: _LOOK,
    Role.CENTRE_OPERATOR: _CARE | {Verb.EDIT_EQUIPMENT},
    Role.PLANNER: _LOOK | {Verb.IMPORT_DATA, Verb.EDIT_EQUIPMENT, Verb.DRAW_GRIDS},
    Role.APPROVER: _LOOK | {Verb.ADOPT_PLAN},
    Role.AUDITOR: _LOOK | {Verb.AUDIT},
    Role.ADMINISTRATOR: _LOOK
    | {Verb.IMPORT_DATA, Verb.EDIT_EQUIPMENT, Verb.DRAW_GRIDS, Verb.ADOPT_PLAN, Verb.ADMINISTER},
    Role.WALL_SCREEN: frozenset({Verb.VIEW}),
}
#: Verbs that a password alone does not open.
SECOND_FACTOR_VERBS = frozenset(
    {
        Verb.VIEW_PEOPLE,
        Verb.APPROVE_EXPORT,
        Verb.AUDIT,
        Verb.ADMINISTER,
        Verb.ADOPT_PLAN,
    }
)
#: Roles whose people sign in with a second factor.
SECOND_FACTOR_ROLES = frozenset(role for role, verbs in VERBS.items() if verbs & SECOND_FACTOR_VERBS)
