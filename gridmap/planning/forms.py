"""What a person may ask of a drawing."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.partition import SizeRule, Weights
from gridmap.partition.units import HEAVIEST
from gridmap.planning.ground import size_rule
from gridmap.planning.terms import USUAL_EFFORT, Terms
from gridmap.territory.codes import GRID_CODE, REGION_CODE

MOST_COMMUNITIES = 500
MOST_KEPT = 500
USUAL_WEIGHT = 1.0
EFFORT_NAMES = (("quick", _("Quick")), ("normal", _("Standard")), ("thorough", _("Thorough")))


class WeightField(forms.FloatField):
    """What one of several aims counts, from nothing to five times the usual; the usual where nothing is said."""

    def __init__(self, **options: Any) -> None:
        step = forms.NumberInput(attrs={"step": "0.25"})
        super().__init__(min_value=0, max_value=HEAVIEST, required=False, initial=USUAL_WEIGHT, widget=step, **options)

    def clean(self, value: Any) -> float:
        """A number from 0 to 5."""
        found = super().clean(value)
        return USUAL_WEIGHT if found is None else float(found)


class DrawForm(forms.Form):
    """Which communities (region codes of any level), how many households a grid should hold, what counts how much."""

    community = forms.CharField(label=_("Community or street"), widget=forms.MultipleHiddenInput)
    target = forms.IntegerField(label=_("Households per grid"), min_value=20, max_value=5000)
    minimum = forms.IntegerField(label=_("At least"), min_value=1, max_value=5000)
    maximum = forms.IntegerField(label=_("At most"), min_value=20, max_value=10_000)
    seed = forms.IntegerField(label=_("Variant"), min_value=0, max_value=999_999, initial=0)
    effort = forms.ChoiceField(label=_("Search"), choices=EFFORT_NAMES, required=False, initial=USUAL_EFFORT)
    balance = WeightField(label=_("Even loads"))
    compactness = WeightField(label=_("Compact shapes"))
    stability = WeightField(label=_("Few households change grid"))
    keep = forms.CharField(label=_("Grids that stay as they are"), widget=forms.MultipleHiddenInput, required=False)
    redraw_dedicated = forms.BooleanField(label=_("Draw dedicated grids anew too"), required=False)

    def clean_community(self) -> list[str]:
        """Region codes: 12 digits each, no more than a county has."""
        codes = self._all("community")
        if not codes or len(codes) > MOST_COMMUNITIES:
            raise forms.ValidationError(
                _("Choose at least one community, and at most %(most)d.") % {"most": MOST_COMMUNITIES}
            )
        if not all(REGION_CODE.fullmatch(code) for code in codes):
            raise forms.ValidationError(_("A region code has 12 digits."))
        return codes

    def clean_keep(self) -> list[str]:
        """Grid codes: 15 digits each."""
        codes = self._all("keep")
        if len(codes) > MOST_KEPT:
            raise forms.ValidationError(_("At most %(most)d grids can be kept.") % {"most": MOST_KEPT})
        if not all(GRID_CODE.fullmatch(code) for code in codes):
            raise forms.ValidationError(_("A grid code has 15 digits."))
        return sorted(set(codes))

    def clean_effort(self) -> str:
        """As usual where nothing is said."""
        return str(self.cleaned_data["effort"] or USUAL_EFFORT)

    def clean(self) -> dict[str, Any]:
        """The band must hold the target."""
        figures = super().clean() or self.cleaned_data
        if {"minimum", "target", "maximum"} <= figures.keys() and not (
            figures["minimum"] <= figures["target"] <= figures["maximum"]
        ):
            raise forms.ValidationError(_("The households per grid must lie between “at least” and “at most”."))
        return figures

    def terms(self) -> Terms:
        """What a valid form asks for."""
        said = self.cleaned_data
        return Terms(
            rule=SizeRule(**{name: said[name] for name in ("target", "minimum", "maximum")}),
            seed=said["seed"],
            effort=said["effort"],
            weights=Weights(**{name: said[name] for name in ("balance", "compactness", "stability")}),
            keep=tuple(said["keep"]),
            redraw_dedicated=said["redraw_dedicated"],
        )

    def _all(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if hasattr(self.data, "getlist") else []


def initial_figures(terms: Terms | None = None) -> dict[str, Any]:
    """First values of the form: what another drawing was asked for, or the rule in force."""
    terms = terms or Terms(size_rule())
    kept = {"keep": list(terms.keep), "redraw_dedicated": terms.redraw_dedicated}
    return {**asdict(terms.rule), "seed": terms.seed, "effort": terms.effort, **asdict(terms.weights), **kept}
