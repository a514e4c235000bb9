"""What is typed about a special record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.population.forms import DayInput
from gridmap.special_groups.models import Group
from gridmap.vault.fields import SealedFormField
from gridmap.vault.masks import MaskKind


class RecordForm(forms.Form):
    """One record."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)
    group = forms.ChoiceField(label=_("Group"), choices=Group.choices)
    details = SealedFormField(
        label=_("Details"), mask=MaskKind.TEXT, max_length=4000, required=False, widget=forms.Textarea
    )
    source = forms.CharField(label=_("Where this comes from"), max_length=80)
    since = forms.DateField(label=_("Since"), widget=DayInput)
    until = forms.DateField(label=_("until"), widget=DayInput, required=False)
    next_visit_on = forms.DateField(label=_("Next visit"), widget=DayInput, required=False)

    def clean(self) -> dict[str, object]:
        """What ends, ends after it began."""
        values = super().clean() or self.cleaned_data
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the beginning."))
        return values
