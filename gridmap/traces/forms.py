"""The search form. It is sent by POST and answered by an address of numbers and codes: no name stands in a URL."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import User
from gridmap.accounts.places import atlas
from gridmap.accounts.staff.places import LONGEST, area_typed
from gridmap.traces.coverage import watched_tables
from gridmap.traces.models import Kind
from gridmap.traces.search import Wish
from gridmap.traces.words import table_choices

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ANY = ("", _("all"))


class SearchForm(forms.Form):
    """Person by name or sign-in name; everything else as the trail has it."""

    who = forms.CharField(label=_("Person"), required=False, max_length=150)
    kind = forms.ChoiceField(label=_("What"), required=False)
    table = forms.ChoiceField(label=_("Table"), required=False)
    row = forms.CharField(label=_("Row"), required=False, max_length=80)
    place = forms.CharField(label=_("Place (name or code)"), required=False, max_length=LONGEST)
    request = forms.RegexField(r"^[0-9a-f]{32}$", label=_("Request"), required=False)
    since = forms.DateField(label=_("from this day"), required=False, widget=DAY)
    until = forms.DateField(label=_("to this day"), required=False, widget=DAY)
    looks = forms.BooleanField(label=_("Show the auditors' own looks, too"), required=False)

    def __init__(self, *args: Any, areas: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.areas = areas
        tables = [table for table, watched in watched_tables().items() if watched]
        self.fields["kind"].choices = [ANY, *Kind.choices]  # type: ignore[attr-defined]
        self.fields["table"].choices = [ANY, *table_choices(tables)]  # type: ignore[attr-defined]

    def clean_place(self) -> str:
        """The code prefix of the one place meant, by code or by name inside the auditor's areas."""
        text = self.cleaned_data["place"].strip()
        typed = area_typed(text) if text else ""
        if typed is not None:
            return typed
        found = sorted({place.area for place in atlas().find(text, self.areas)})
        if not found:
            raise forms.ValidationError(_("No place of this name in your area. Write the whole name, or its code."))
        if len(found) > 1:
            places = {"places": "、".join(found[:5])}
            raise forms.ValidationError(_("Several places have this name. Write the code: %(places)s"), params=places)
        return found[0]

    def clean_who(self) -> str:
        """The number of the one person meant; a sentence where there are none or several."""
        text = self.cleaned_data["who"].strip()
        if not text:
            return ""
        found = list(User.objects.filter(Q(username=text) | Q(name=text)).values_list("pk", flat=True)[:2])
        if not found:
            raise forms.ValidationError(_("Nobody has this name. Write it in full, or the name used to sign in."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have this name. Write the name used to sign in."))
        return str(found[0])

    def query(self) -> dict[str, str]:
        """The answers as they stand in the address of the page."""
        answers = {("person" if name == "who" else name): value for name, value in self.cleaned_data.items() if value}
        return {name: "1" if value is True else str(value) for name, value in answers.items()}


class AddressForm(forms.Form):
    """The same out of an address."""

    person = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *Kind.choices])
    table = forms.RegexField(r"^[a-z0-9_]{1,63}$", required=False)
    row = forms.CharField(required=False, max_length=80)
    place = forms.RegexField(r"^\d{2,15}$", required=False)
    request = forms.RegexField(r"^[0-9a-f]{32}$", required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    looks = forms.BooleanField(required=False)

    def wish(self) -> Wish | None:
        """What is looked for; None where the address makes no sense."""
        return Wish(**self.cleaned_data) if self.is_valid() else None
