"""Why something about people can't be done as asked, for the person who asked, in their language."""

from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Enum):
    """Each reason as a sentence."""

    GONE = _("This resident has moved away or is no longer recorded as present.")
    TAGGED_ALREADY = _("This resident has this care tag already.")
    STALE = _("Somebody else has changed this record meanwhile. Look at it again, then repeat your change.")
    ID_TAKEN = _("A present resident with this ID number is recorded already, here or in another area.")
    TOO_MANY_TAKEN = _("You have entered too many ID numbers today that are recorded already. Ask your supervisor.")
    BELIEVED = _("Another source is declared the authority for this field; it can't be emptied here.")
    NO_DWELLING = _("This building has no such dwelling; check unit and room.")
    OTHER_DWELLING = _("This household belongs to another dwelling.")
    OUT_OF_REACH = _(
        "This door lies outside the area in which you change people, or its building is not known any more."
    )
    DECIDED = _("This conflict has been decided already.")
    GONE_BEFORE = _("This day lies before the resident was born.")
    TOO_MANY_REVEALS = _("You have opened too many records within an hour. Wait, or ask your supervisor.")
    NO_FIELD = _("Choose what to show.")
    NO_REASON = _("Say why you need to see this.")
    NOT_ASKED = _("This export is not waiting for a decision any more.")
    NO_DECISION_REASON = _("Say why you refuse; who asked reads it.")
    NOT_READY = _("This export is not ready, has expired, or has been fetched as often as allowed.")
    EMPTY_EXPORT = _("Nobody fits this; there is nothing to export.")
    ASKER_LAPSED = _("Who asked for this export may no longer export data of this area.")
    DECIDER_LAPSED = _("Who allowed this export may no longer decide about exports of this area. Ask again.")
    GROWN = _("More residents fit this export now (%(now)d) than were allowed (%(then)d). Ask again.")
    TOO_LARGE = _("This export would hold more rows than one file may (%(most)d). Narrow it down.")


class PeopleRefusedError(Exception):
    """Something can't be done as asked."""

    def __init__(self, refusal: Refusal, **parameters: Any) -> None:
        self.refusal, self.parameters = refusal, parameters
        super().__init__(refusal.name)

    def __str__(self) -> str:
        sentence = str(self.refusal.value)
        return sentence % self.parameters if self.parameters else sentence
