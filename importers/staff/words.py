"""Names of the fields of a staff list and of what its rows do."""

from django.utils.translation import gettext_lazy as _

from gridmap.accounts.staff.roster import Action

FIELDS = {
    "name": _("full name"),
    "username": _("user name"),
    "organisation": _("organisation"),
    "role": _("role"),
    "area": _("area of duty"),
    "network": _("network"),
    "duty": _("main or assisting"),
    "starts_on": _("first day"),
    "ends_on": _("last day"),
    "seconded_from": _("seconded from"),
    "person": _("person"),
}
ACTIONS = {
    Action.NEW_PERSON: _("new person"),
    Action.NEW_POST: _("new post"),
    Action.CHANGED: _("changed"),
    Action.ENDED: _("ended"),
    Action.UNCHANGED: _("unchanged"),
    Action.REFUSED: _("refused"),
}
