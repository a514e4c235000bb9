"""What a person fills in for a token."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.places import atlas
from gridmap.accounts.roles import Verb
from gridmap.accounts.staff.places import area_typed
from gridmap.accounts.tokens import may_narrow_to

LONGEST_NAME, LONGEST_AREA = 80, 120
PERIODS = ((7, _("a week")), (30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("a year")))


class TokenForm(forms.Form):
    """Which program it is for, how far it sees, and for how long."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=LONGEST_NAME,
        help_text=_("The program and the machine, so that you know later which one to revoke."),
    )
    area = forms.CharField(
        label=_("Only this area"),
        required=False,
        max_length=LONGEST_AREA,
        help_text=_("A code or the whole name of a region or grid inside your own area; empty is all that you see."),
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=PERIODS, coerce=int, initial=90)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["area"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_area(self) -> str:
        """A code prefix inside what the person sees; "" for all of it."""
        text = str(self.cleaned_data["area"]).replace("\x00", "").strip()
        area = "" if not text else area_typed(text)
        if area is None:
            found = {place.area for place in atlas().find(text, areas_of(self.person, Verb.VIEW))}
            if len(found) != 1:
                raise ValidationError(_("No one area of yours has this name. Give its code."), code="unknown")
            area = found.pop()
        if not may_narrow_to(self.person, area):
            raise ValidationError(_("You do not see this area."), code="outside")
        return area
