"""What a person decides about a list of people: what it is, whose, and how its columns are read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from importers.columns import targets
from importers.forms import ENCODINGS, LIST_KINDS
from importers.lists.sentences import label_of_field
from importers.models import ImportRun
from importers.records import Description
from importers.services import Choices


class ListUploadForm(forms.Form):
    """A list, what its rows are, which department keeps it, and for which area."""

    file = forms.FileField(label=_("File"))
    kind = forms.ChoiceField(label=_("Its rows are"), choices=LIST_KINDS, initial=ImportRun.Kind.RESIDENTS)
    source = forms.CharField(
        label=_("Department that keeps the list"),
        max_length=60,
        help_text=_("The same name with every delivery: values carry it as their source, and columns are remembered."),
    )
    area = forms.ChoiceField(label=_("Into the area"))

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [(code, name or _("everywhere")) for code, name in areas]  # type: ignore[attr-defined]


class ListReadingForm(forms.Form):
    """How a list is read: sheet, encoding, columns; all found out first, all to be changed."""

    layer = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        description = Description.from_json(run.description)
        self._fill("layer", [(one.name, run.layer_label(one.name)) for one in description.layers], run.layer)
        self.fields["encoding"].initial = run.encoding
        columns = [("", "—"), *((name, name) for name in description.layer(run.layer or None).columns)]
        for target in targets(run.kind):
            now = run.mapping.get(target, "")
            field = forms.ChoiceField(label=label_of_field(target), choices=columns, required=False, initial=now)
            self.fields[f"column_{target}"] = field

    def _fill(self, name: str, choices: list[Any], initial: str) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields[name].initial = initial

    def columns(self) -> list[Any]:
        """The bound fields of the columns, for the template."""
        return [self[f"column_{target}"] for target in targets(self.run.kind)]

    def choices(self) -> Choices:
        """What was decided."""
        given = self.cleaned_data
        return Choices(
            kind=self.run.kind,
            source=self.run.source,
            area=self.run.area,
            layer=given["layer"],
            encoding=given["encoding"],
        )

    def mapping(self) -> dict[str, str]:
        """Target → column, empty where a field is to be left alone."""
        return {target: self.cleaned_data[f"column_{target}"] for target in targets(self.run.kind)}
