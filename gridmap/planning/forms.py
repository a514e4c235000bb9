"""What a person may ask of a drawing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.partition import SizeRule
from gridmap.planning.ground import size_rule

MOST_COMMUNITIES = 500


class DrawForm(forms.Form):
    """Which communities (region codes of any level) and how many households a grid should hold."""

    community = forms.CharField(label=_("Community or street"), widget=forms.MultipleHiddenInput)
    target = forms.IntegerField(label=_("Households per grid"), min_value=20, max_value=5000)
    minimum = forms.IntegerField(label=_("At least"), min_value=1, max_value=5000)
    maximum = forms.IntegerField(label=_("At most"), min_value=20, max_value=10_000)
    seed = forms.IntegerField(label=_("Variant"), min_value=0, max_value=999_999, initial=0)

    def clean_community(self) -> list[str]:
        """Region codes: 12 digits each, no more than a county has."""
        codes = self.data.getlist("community") if hasattr(self.data, "getlist") else []
        if not codes or len(codes) > MOST_COMMUNITIES:
            raise forms.ValidationError(
                _("Choose at least one community, and at most %(most)d.") % {"most": MOST_COMMUNITIES}
            )
        if any(not (code.isascii() and code.isdigit() and len(code) == 12) for code in codes):
            raise forms.ValidationError(_("A region code has 12 digits."))
        return list(codes)

    def clean(self) -> dict[str, Any]:
        """The band must hold the target."""
        figures = super().clean() or self.cleaned_data
        if {"minimum", "target", "maximum"} <= figures.keys() and not (
            figures["minimum"] <= figures["target"] <= figures["maximum"]
        ):
            raise forms.ValidationError(_("The households per grid must lie between “at least” and “at most”."))
        return figures


def initial_figures() -> dict[str, int]:
    """The rule in force, as first values of the form."""
    rule: SizeRule = size_rule()
    return {"target": rule.target, "minimum": rule.minimum, "maximum": rule.maximum, "seed": 0}
