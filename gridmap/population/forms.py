"""What people may type about residents. A field left empty stays as it is; what looks masked is refused."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.population.models import CareTag, Dwelling, Resident, Risk
from gridmap.population.values import (
    earliest_birth_year,
    id_number_fault,
    id_number_text,
    is_formula,
    name_holds,
    name_text,
    phone_holds,
    phone_text,
)
from gridmap.vault.fields import SealedFormField
from gridmap.vault.masks import PLACEHOLDER, MaskKind

#: Where what somebody types comes from, unless they name another source.
SEEN = "走访核实"
#: What is wrong with an ID number, by the reason that the rules give.
ID_FAULTS = {
    "id_number_malformed": _("This is no ID number: 18 or 15 figures, or the number of a permit or passport."),
    "id_number_wrong_check": _("The check digit of this ID number is wrong; look at it again."),
    "id_number_wrong_birthday": _("The birthday in this ID number is no day of the past; look at it again."),
}


def _kept(text: str) -> bool:
    """Whether a sealed field was left as it is."""
    return text in ("", PLACEHOLDER)


def person_name(text: str) -> str:
    """A name as it is kept, or nothing; a form error for figures, formulas and markup."""
    name = text if _kept(text) else name_text(text)
    if not _kept(text) and not name_holds(name):
        raise forms.ValidationError(_("A name has letters only; figures, signs and formulas are no part of it."))
    return name


def telephone(text: str) -> str:
    """A telephone number as it is kept, or nothing; a form error for anything else."""
    number = text if _kept(text) else phone_text(text)
    if not _kept(text) and not phone_holds(number):
        raise forms.ValidationError(
            _("This is no telephone number: one mobile number, or a landline with its area code.")
        )
    return number


def free_text(text: str) -> str:
    """Text that no table would calculate."""
    if is_formula(text):
        raise forms.ValidationError(_("Text may not begin with =, +, - or @."))
    return text


def not_in_future(day: date | None) -> date | None:
    """The day; a form error for one that has not come yet."""
    if day is not None and day > timezone.localdate():
        raise forms.ValidationError(_("This day has not come yet."))
    return day


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PersonForm(forms.Form):
    """Fields of a resident."""

    name = SealedFormField(label=_("Full name"), mask=MaskKind.NAME, max_length=60, required=False)
    id_number = SealedFormField(label=_("ID number"), mask=MaskKind.ID_NUMBER, max_length=40, required=False)
    phone = SealedFormField(label=_("Telephone"), mask=MaskKind.PHONE, max_length=60, required=False)
    health = SealedFormField(label=_("Health"), mask=MaskKind.TEXT, max_length=500, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Resident.Kind.choices, required=False)
    gender = forms.ChoiceField(label=_("Gender"), choices=[("", "—"), *Resident.Gender.choices], required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), required=False)
    relation = forms.ChoiceField(
        label=_("Relation to the head"), choices=[("", "—"), *Resident.Relation.choices], required=False
    )
    source = forms.CharField(label=_("Where this comes from"), max_length=80, initial=SEEN)

    def clean_name(self) -> str:
        """Letters, and what joins them."""
        return person_name(self.cleaned_data["name"])

    def clean_id_number(self) -> str:
        """A number of 18 or 15, a permit or a passport, by the rules of the lists."""
        text: str = self.cleaned_data["id_number"]
        number = text if _kept(text) else id_number_text(text)
        fault = "" if _kept(text) else id_number_fault(number, on=timezone.localdate())
        if fault:
            raise forms.ValidationError(ID_FAULTS[fault])
        return number

    def clean_phone(self) -> str:
        """One number, mobile or landline."""
        return telephone(self.cleaned_data["phone"])

    def clean_health(self) -> str:
        """Any text but a formula."""
        return free_text(self.cleaned_data["health"])

    def clean_source(self) -> str:
        """Any text but a formula."""
        return free_text(self.cleaned_data["source"])

    def clean_birth_year(self) -> int | None:
        """A year in which somebody alive may be born, by the rule of the lists."""
        year: int | None = self.cleaned_data["birth_year"]
        today = timezone.localdate()
        if year is not None and year > today.year:
            raise forms.ValidationError(_("This year has not come yet."))
        if year is not None and year < earliest_birth_year(on=today):
            raise forms.ValidationError(
                _("Nobody alive was born over 120 years ago. Left empty, the year stays as it is.")
            )
        return year

    def values(self) -> dict[str, Any]:
        """What was typed about the person."""
        return {name: value for name, value in self.cleaned_data.items() if name in PERSON_FIELDS and value}


PERSON_FIELDS = frozenset({"name", "id_number", "phone", "health", "kind", "gender", "birth_year", "relation"})


class VersionForm(forms.Form):
    """What is done to a record that somebody has seen: its version, and the marks of its fields."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)


class ChangeForm(PersonForm, VersionForm):
    """Changing what is known: on which version of the record, and what is to be removed."""

    remove = forms.MultipleChoiceField(
        label=_("Remove"),
        choices=[("phone", _("Telephone")), ("health", _("Health"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class NewPersonForm(PersonForm):
    """Somebody new: a name is needed, and a household or one of their own."""

    household = forms.ChoiceField(label=_("Household"), required=False)

    def __init__(self, *args: Any, households: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["household"].choices = [("", _("a household of their own")), *households]  # type: ignore[attr-defined]


class TagForm(forms.Form):
    """A care tag."""

    kind = forms.ChoiceField(label=_("Care tag"), choices=CareTag.Kind.choices)
    risk = forms.ChoiceField(label=_("Risk"), choices=Risk.choices)
    since = forms.DateField(label=_("Since"), widget=DayInput)
    source = forms.CharField(label=_("Where this comes from"), max_length=80, initial=SEEN)

    def clean_since(self) -> date | None:
        """A reason for care that has begun."""
        return not_in_future(self.cleaned_data["since"])


class GoneForm(VersionForm):
    """Somebody has moved away or died; `sure` is said on a page of its own."""

    on = forms.DateField(label=_("Gone on"), widget=DayInput)
    sure = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def clean_on(self) -> date | None:
        """A day that has come."""
        return not_in_future(self.cleaned_data["on"])


class MoveForm(VersionForm):
    """To another dwelling of the same building or of another, which is looked for by what is `sought`."""

    sought = forms.CharField(label=_("Look for another building"), max_length=60, required=False)
    building = forms.IntegerField(label=_("Building"), widget=forms.Select)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    room = forms.CharField(label=_("Room"), max_length=20, required=False)

    def offer(self, buildings: list[tuple[int, str]]) -> None:
        """Give the buildings to choose from: key and name."""
        self.fields["building"].widget.choices = buildings


class DwellingForm(VersionForm):
    """How a dwelling is used and whose it is."""

    occupancy = forms.ChoiceField(
        label=_("Occupancy"), choices=[("", "—"), *Dwelling.Occupancy.choices], required=False
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Dwelling.Purpose.choices)
    floor = forms.IntegerField(label=_("Floor"), min_value=-9, max_value=200, required=False)
    owner_name = SealedFormField(label=_("Owner"), mask=MaskKind.NAME, max_length=60, required=False)
    owner_phone = SealedFormField(label=_("Owner's telephone"), mask=MaskKind.PHONE, max_length=60, required=False)

    def clean_owner_name(self) -> str:
        """A person, or a firm whose name may hold anything but a formula."""
        return free_text(self.cleaned_data["owner_name"])

    def clean_owner_phone(self) -> str:
        """One number, mobile or landline."""
        return telephone(self.cleaned_data["owner_phone"])


class HouseholdForm(VersionForm):
    """A household's number and whether it is registered here."""

    number = SealedFormField(label=_("Household number"), mask=MaskKind.TEXT, max_length=40, required=False)
    registered = forms.BooleanField(label=_("registered here"), required=False)
