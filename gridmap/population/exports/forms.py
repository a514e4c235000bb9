"""What may be asked of an export."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.population.exports.columns import column_choices
from gridmap.population.models import ExportRequest
from gridmap.population.narrowing import Narrowing
from gridmap.population.words import filter_choices

SHORTEST_PURPOSE = 6
LONGEST_NAMES = 100
USUAL_FIELDS = ["building", "door", "name", "gender", "age", "kind", "risk", "tags"]


class AskForm(forms.Form):
    """Place, filters, columns, masked or clear, format, purpose, and nothing else."""

    place = forms.ChoiceField(label=_("Place"), choices=())
    columns = forms.MultipleChoiceField(
        label=_("Columns"), choices=column_choices, widget=forms.CheckboxSelectMultiple, initial=USUAL_FIELDS
    )
    clear = forms.BooleanField(label=_("clear values instead of masked ones"), required=False)
    format = forms.ChoiceField(label=_("Format"), choices=ExportRequest.Format.choices)
    purpose = forms.CharField(label=_("What for"), min_length=SHORTEST_PURPOSE, max_length=300)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        for one in filter_choices(Narrowing()):
            values = [("", _("all")), *one["values"]]
            self.fields[one["name"]] = forms.ChoiceField(label=one["label"], choices=values, required=False)
        self.filters = [self[one["name"]] for one in filter_choices(Narrowing())]

    def clean(self) -> dict[str, Any]:
        """Nothing narrows or widens an export that is not on the page: its decider would not see it either."""
        unknown = sorted(set(self.data) - set(self.fields) - {"csrfmiddlewaretoken"})
        if unknown:
            names = ", ".join(unknown)[:LONGEST_NAMES]
            raise forms.ValidationError(_("An export can't be asked for with this: %(names)s"), params={"names": names})
        return self.cleaned_data

    def clean_purpose(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["purpose"].split())
