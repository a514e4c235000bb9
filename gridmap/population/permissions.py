"""Who may look at, open, change and take out people's data, each within the area of a post."""

from django.contrib.auth.models import AnonymousUser

from gridmap.accounts.models import User
from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from gridmap.population.models import ExportRequest
from gridmap.population.models.placed import Placed

Somebody = User | AnonymousUser


def may_view(user: Somebody, record: Placed) -> bool:
    """Whether the person may see the record, masked."""
    return may(user, Verb.VIEW_PEOPLE, record.area)


def may_reveal(user: Somebody, record: Placed) -> bool:
    """Whether the person may open clear values of the record, with a reason."""
    return may(user, Verb.REVEAL, record.area)


def may_edit(user: Somebody, record: Placed) -> bool:
    """Whether the person may change the record, tag it, move it, and decide its conflicts."""
    return may(user, Verb.EDIT_PEOPLE, record.area)


def may_declare_source(user: Somebody, area: str) -> bool:
    """Whether the person may declare which source is believed in an area."""
    return may(user, Verb.IMPORT_PEOPLE, area)


def may_ask_for_export(user: Somebody, area: str) -> bool:
    """Whether the person may ask to take data of this whole area out."""
    return may(user, Verb.EXPORT_PEOPLE, area)


def may_decide_export(user: Somebody, request: ExportRequest) -> bool:
    """Whether the person may allow or refuse this export: a second person, with a post over its whole area."""
    return request.requested_by_id != getattr(user, "pk", None) and may(user, Verb.APPROVE_EXPORT, request.area)
