"""What may be asked of an export."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.population.exports.columns import column_choices
from gridmap.population.models import ExportRequest

SHORTEST_PURPOSE = 6
USUAL_FIELDS = ["building", "door", "name", "gender", "age", "kind", "risk", "tags"]


class AskForm(forms.Form):
    """Place, columns, masked or clear, format, purpose; the filters are read beside it."""

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

    def clean_purpose(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["purpose"].split())
