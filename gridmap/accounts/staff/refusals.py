"""Why something about people, posts or organisations is refused: a code for programs, a sentence for people."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "own_account": _("Nobody changes their own posts or account here; ask another administrator."),
    "not_in_charge": _("This person holds posts outside your area; only their administrators may do this."),
    "area_outside": _("This area does not lie in the area that you administer."),
    "area_unknown": _("There is no region or grid of this name or code in the area that you administer."),
    "area_ambiguous": _("Several places are called so; write the code: %(places)s"),
    "role_not_for_people": _("This role is held by screens, not by people."),
    "organisation_outside": _("This organisation is not one of yours."),
    "seconded_from_itself": _("A person is seconded from another organisation than the one of the post."),
    "starts_in_the_past": _("A right cannot begin in the past; the first day is today or later."),
    "ends_before_it_starts": _("The last day lies before the first."),
    "ends_in_the_past": _("The last day lies in the past; to end a post now, end it at once."),
    "same_post": _("The person holds this very post already in these days: %(period)s."),
    "duties_apart": _("Administering, auditing and people's data are held apart; the person is %(role)s then."),
    "switched_off": _("The account is switched off; switch it on first."),
    "post_is_over": _("This post is over; what has been stays as it was."),
    "stale": _("Somebody changed this meanwhile. Look at it as it is now and decide again."),
    "deputy_of_deputy": _("A deputy's post has no deputy; stand in for the post itself."),
    "deputy_outside_period": _("A deputy stands in only while the post itself lasts: %(period)s."),
    "deputy_of_oneself": _("Nobody is their own deputy."),
    "deputy_needs_an_end": _("A deputy's post has a last day."),
    "special_groups_off": _("The room for special groups is switched off in this installation."),
    "special_groups_role": _("Only a role that sees people's data can be let into special groups."),
    "both_resets": _(
        "You have reset the other one of password and second factor within %(hours)s hours, and who resets both could"
        " sign in as the person. Ask another administrator; the owner of the machine can give a new code too."
    ),
    "username_taken": _("This user name is taken."),
    "parent_below": _("An organisation cannot stand below itself."),
    "name_taken": _("The organisation above has one of this name already."),
    # rows of staff lists
    "value_missing": _("It is empty."),
    "too_long": _("It is longer than %(most)s characters."),
    "username_letters": _("A user name is made of letters, digits and @ . + - _."),
    "role_unknown": _("“%(text)s” is no role here."),
    "network_unknown": _("“%(text)s” is no network here."),
    "duty_unknown": _("“%(text)s” is neither main nor assisting."),
    "organisation_unknown": _("There is no organisation “%(text)s” among yours; open it first."),
    "organisation_ambiguous": _("Several are called “%(text)s”; write the organisation above, a slash and the name."),
    "date_unknown": _("“%(text)s” is no date; write 2026-01-31."),
    "name_differs": _("This user name belongs to %(name)s."),
    "row_twice": _("Row %(row)s gives the same person the same post."),
    "over_already": _("This post is over already."),
    "begins_today": _("The post began before today; the right begins today."),
}  # fmt: skip


def sentence_of(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a code, in the language of the page."""
    return str(SENTENCES[code]) % params if params else str(SENTENCES[code])


class StaffRefusedError(Exception):
    """Something that cannot be done as asked; `field` is the form's field, `code` and `params` say why."""

    def __init__(self, code: str, field: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params

    @property
    def sentence(self) -> str:
        """For people, in their language."""
        return sentence_of(self.code, self.params)


class StaffForbiddenError(PermissionDenied):
    """What this administrator may see but not do (403)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """For people, in their language."""
        return sentence_of(self.code)
