"""What people may type about residents. A field left empty stays as it is; what looks masked is refused."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.population.models import CareTag, Dwelling, Resident, Risk
from gridmap.vault.blind import BlindKind, normalise
from gridmap.vault.fields import SealedFormField
from gridmap.vault.masks import MaskKind

#: Where what somebody types comes from, unless they name another source.
SEEN = "走访核实"
CHECKS = "10X98765432"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number_is_whole(text: str) -> bool:
    """Whether 18 digits end with their check character (GB 11643-1999); permits and passports have none."""
    number = normalise(BlindKind.ID_NUMBER, text)
    if len(number) != 18 or not number[:17].isdecimal():
        return True
    return (
        CHECKS[sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True)) % 11] == number[17]
    )


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
    birth_year = forms.IntegerField(label=_("Year of birth"), min_value=1880, required=False)
    relation = forms.ChoiceField(
        label=_("Relation to the head"), choices=[("", "—"), *Resident.Relation.choices], required=False
    )
    source = forms.CharField(label=_("Where this comes from"), max_length=80, initial=SEEN)

    def clean_id_number(self) -> str:
        """Numbers of 18 digits with a wrong check digit are typing errors."""
        text: str = self.cleaned_data["id_number"]
        if text and not id_number_is_whole(text):
            raise forms.ValidationError(_("The check digit of this ID number is wrong; look at it again."))
        return text

    def clean_birth_year(self) -> int | None:
        """Nobody is born in a year to come."""
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and year > timezone.localdate().year:
            raise forms.ValidationError(_("This year has not come yet."))
        return year

    def values(self) -> dict[str, Any]:
        """What was typed about the person."""
        return {name: value for name, value in self.cleaned_data.items() if name in PERSON_FIELDS and value}


PERSON_FIELDS = frozenset({"name", "id_number", "phone", "health", "kind", "gender", "birth_year", "relation"})


class ChangeForm(PersonForm):
    """Changing what is known: on which version of the record, and what is to be removed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
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


class GoneForm(forms.Form):
    """Somebody has moved away or died."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Gone on"), widget=DayInput)

    def clean_on(self) -> date | None:
        """A day that has come."""
        return not_in_future(self.cleaned_data["on"])


class MoveForm(forms.Form):
    """To another dwelling of the same building or of another."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    building = forms.IntegerField(label=_("Building"))
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    room = forms.CharField(label=_("Room"), max_length=20, required=False)


class DwellingForm(forms.Form):
    """How a dwelling is used and whose it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    occupancy = forms.ChoiceField(
        label=_("Occupancy"), choices=[("", "—"), *Dwelling.Occupancy.choices], required=False
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Dwelling.Purpose.choices)
    floor = forms.IntegerField(label=_("Floor"), min_value=-9, max_value=200, required=False)
    owner_name = SealedFormField(label=_("Owner"), mask=MaskKind.NAME, max_length=60, required=False)
    owner_phone = SealedFormField(label=_("Owner's telephone"), mask=MaskKind.PHONE, max_length=60, required=False)


class HouseholdForm(forms.Form):
    """A household's number and whether it is registered here."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    number = SealedFormField(label=_("Household number"), mask=MaskKind.TEXT, max_length=40, required=False)
    registered = forms.BooleanField(label=_("registered here"), required=False)
