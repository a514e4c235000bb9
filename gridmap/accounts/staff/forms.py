"""What an administrator fills in. Forged values end as errors beside their field."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import Network, Role
from gridmap.accounts.staff.people import username_fits
from gridmap.accounts.staff.places import LONGEST, read_area
from gridmap.accounts.staff.posts import ROLES_OF_PEOPLE, PostDetails
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.accounts.staff.scope import organisations_known_to, people_seen_by

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Organisation]
else:
    ModelChoice = forms.ModelChoiceField

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StaffForm(forms.Form):
    """A form of one administrator, who decides what can be chosen."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def refuse(self, refusal: StaffRefusedError) -> None:
        """Put the reason beside its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)

    def _read_area(self) -> str:
        try:
            return read_area(str(self.cleaned_data["area"]), self.by)
        except StaffRefusedError as refusal:
            raise forms.ValidationError(refusal.sentence) from None


class OrganisationChoice(ModelChoice):
    """Organisations by the name of the one above and their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, empty_label="—", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Above › own."""
        return f"{obj.parent.name} › {obj.name}" if obj.parent else str(obj)


def area_field(label: Any) -> forms.CharField:
    """An area by name or code, with suggestions."""
    field = forms.CharField(
        label=label,
        max_length=LONGEST,
        help_text=_("Search by name or code, or open the tree; grids lie below their community."),
    )
    field.widget.attrs |= {"data-suggest": "places", "autocomplete": "off", "spellcheck": "false"}
    return field


class PostForm(StaffForm):
    """A post: role, area, days, and how the person serves."""

    role = forms.ChoiceField(label=_("Role"), choices=[(one.value, one.label) for one in ROLES_OF_PEOPLE])
    area = area_field(_("Area of duty"))
    network = forms.ChoiceField(label=_("Network"), required=False, choices=[("", _("all networks")), *Network.choices])
    organisation = OrganisationChoice(label=_("Organisation"), queryset=Organisation.objects.none(), required=False)
    duty = forms.ChoiceField(label=_("Main or assisting"), choices=Post.Duty.choices, initial=Post.Duty.MAIN)
    seconded_from = OrganisationChoice(
        label=_("Seconded from"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_("The organisation that lends the person; seconded people count 0 towards a community's staff."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DATE, initial=timezone.localdate)
    ends_on = forms.DateField(label=_("Last day"), widget=DATE, required=False, help_text=_("Empty: open end."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        known = organisations_known_to(by).select_related("parent").order_by("area", "name")
        for name in ("organisation", "seconded_from"):
            self.fields[name].queryset = known  # type: ignore[attr-defined]

    def clean_area(self) -> str:
        """A code prefix inside the administrator's area."""
        return self._read_area()

    def details(self) -> PostDetails:
        """What was asked for; the form is valid."""
        given = self.cleaned_data
        return PostDetails(
            role=Role(given["role"]),
            area=given["area"],
            network=given["network"],
            organisation=given["organisation"],
            duty=given["duty"],
            seconded_from=given["seconded_from"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
        )


class NewPersonForm(PostForm):
    """A person and their first post."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    username = forms.CharField(
        label=_("User name"), max_length=150, help_text=_("Letters, digits and @ . + - _; it can't be changed later.")
    )
    field_order = ("name", "username")

    def clean_username(self) -> str:
        """Letters that an account can have."""
        username = User.normalize_username(self.cleaned_data["username"])
        if not username_fits(username):
            raise forms.ValidationError(_("Letters, digits and @ . + - _ only."))
        return str(username)


class NameForm(StaffForm):
    """Another name."""

    name = forms.CharField(label=_("Full name"), max_length=60)


class DeputyForm(StaffForm):
    """Who stands in, from when to when."""

    person = forms.CharField(label=_("Who stands in"), max_length=LONGEST, help_text=_("Search by name or user name."))
    starts_on = forms.DateField(label=_("First day"), widget=DATE, initial=timezone.localdate)
    ends_on = forms.DateField(label=_("Last day"), widget=DATE)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        attributes = {"data-suggest": "people", "autocomplete": "off", "spellcheck": "false"}
        self.fields["person"].widget.attrs |= attributes

    def clean_person(self) -> User:
        """Somebody whom the administrator sees: by user name, name, or both as the list suggests them."""
        typed = str(self.cleaned_data["person"]).replace("\x00", "").strip()
        people = people_seen_by(self.by)
        found = list(people.filter(username=typed.rpartition(" · ")[2])[:1]) or list(people.filter(name=typed)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no such person among yours, or several; write the user name."))
        return found[0]


class EndForm(StaffForm):
    """Another last day."""

    ends_on = forms.DateField(label=_("Last day"), widget=DATE, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)


class ServiceForm(StaffForm):
    """Main or assisting, for which organisation, and lent by whom."""

    duty = forms.ChoiceField(label=_("Main or assisting"), choices=Post.Duty.choices)
    organisation = OrganisationChoice(label=_("Organisation"), queryset=Organisation.objects.none(), required=False)
    seconded_from = OrganisationChoice(label=_("Seconded from"), queryset=Organisation.objects.none(), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, by: User, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        kept = Organisation.objects.filter(pk__in=[post.organisation_id, post.seconded_from_id])
        known = (organisations_known_to(by) | kept).distinct().select_related("parent").order_by("area", "name")
        for name in ("organisation", "seconded_from"):
            self.fields[name].queryset = known  # type: ignore[attr-defined]


class SeenForm(StaffForm):
    """A button beside something that may have changed meanwhile."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)


class OrganisationForm(StaffForm):
    """An organisation and its place in the tree."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    area = area_field(_("Area of duty"))
    parent = OrganisationChoice(label=_("Stands below"), queryset=Organisation.objects.none(), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, by: User, itself: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        known = organisations_known_to(by)
        if itself is not None:  # where it hangs now can be kept, even under one that the administrator does not know
            known = (known | Organisation.objects.filter(pk__in=[itself.parent_id])).exclude(pk=itself.pk).distinct()
        self.fields["parent"].queryset = known.select_related("parent").order_by("area", "name")  # type: ignore[attr-defined]

    def clean_area(self) -> str:
        """A code prefix inside the administrator's area."""
        return self._read_area()

    def values(self) -> dict[str, Any]:
        """What the services take; the form is valid."""
        return {name: self.cleaned_data[name] for name in ("name", "kind", "area", "parent")}
