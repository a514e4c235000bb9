"""What a person decides: the file and what it is, then how it is read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.territory.codes import Level, level_of
from gridmap.territory.models import Region
from importers.check import JOINER
from importers.columns import targets
from importers.datum import system_of
from importers.models import ImportRun
from importers.records import Description, RefusedError
from importers.sentences import TARGETS, refusal_sentence, sentence
from importers.services import Choices

ENCODINGS = [
    ("", _("find out")), ("utf-8", "UTF-8"), ("gb18030", "GB18030 (GBK, GB2312)"), ("big5", "Big5"),
    ("utf-16", "UTF-16"), ("latin-1", "Latin-1"),
]  # fmt: skip
SYSTEMS = [
    ("wgs84", "WGS 84"), ("gcj02", "GCJ-02"), ("bd09", "BD-09"), ("EPSG:4490", "CGCS2000"),
    ("EPSG:4549", "CGCS2000 3° 120E"), ("EPSG:4547", "CGCS2000 3° 114E"),
]  # fmt: skip
#: Kinds of files about the ground; lists of people have a page of their own.
GROUND_KINDS = [(value, label) for value, label in ImportRun.Kind.choices if value not in ImportRun.PERSONAL]
LIST_KINDS = [(value, label) for value, label in ImportRun.Kind.choices if value in ImportRun.PERSONAL]
#: Fields for the second and third column of a joined number in the source.
MORE_KEYS = ("key_2", "key_3")


class UploadForm(forms.Form):
    """A file, what its rows are, and into which area they go."""

    file = forms.FileField(label=_("File"))
    kind = forms.ChoiceField(label=_("Its rows are"), choices=GROUND_KINDS, initial=ImportRun.Kind.BUILDINGS)
    source = forms.CharField(
        label=_("Source"),
        max_length=80,
        required=False,
        help_text=_("The name under which the next delivery is recognised; the file's name if empty."),
    )
    area = forms.ChoiceField(label=_("Into the area"), required=False)

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._areas = dict(areas)
        self.fields["area"].choices = [(code, name or _("everywhere")) for code, name in areas]  # type: ignore[attr-defined]

    def clean_area(self) -> str:
        """One of the person's own areas; nothing given means everywhere, which few may."""
        area = str(self.cleaned_data["area"])
        if area not in self._areas:
            raise forms.ValidationError(_("You may not import into this area."))
        return area


class ReadingForm(forms.Form):
    """How a file is read: layer, encoding, coordinate system, columns; all found out first, all to be changed."""

    layer = forms.ChoiceField(label=_("Layer"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    system = forms.CharField(label=_("Coordinate system"), required=False, max_length=2000)
    parent = forms.RegexField(
        r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$",
        label=_("Region above new regions"),
        required=False,
        help_text=_("Code of a street, or of a county where a column names the street."),
        error_messages={"invalid": _("A region's code has 2, 4, 6, 9 or 12 digits.")},
    )
    parent_name = forms.CharField(
        label=_("Its name"),
        required=False,
        max_length=120,
        help_text=_("Where there is no such region yet: it is made with this name, and the ones above it."),
    )
    group_by = forms.ChoiceField(label=_("Unite rows by"), required=False)
    match = forms.ChoiceField(
        label=_("Known regions"),
        choices=[("", _("by code or number in the source")), ("name", _("also by name below the region above"))],
        required=False,
        help_text=_("By name: a newer edition from another source replaces boundaries instead of overlapping them."),
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        description = Description.from_json(run.description)
        layer = description.layer(run.layer or None)
        columns = [("", "—"), *((name, name) for name in layer.columns)]
        several = description.reader == "osm"
        layers = [(one.name, run.layer_label(one.name)) for one in description.layers]
        self._fill("layer", [("", _("all")), *layers] if several else layers, run.layer)
        self._fill("group_by", columns, run.options.get("group_by", ""))
        self.fields["encoding"].initial = run.encoding
        self.fields["system"].initial = run.placing["system"] if run.placing["reason"] == "chosen" else ""
        self.fields["match"].initial = run.options.get("match", "")
        self.fields["parent"].initial = run.options.get("parent", "")
        self.fields["parent_name"].initial = run.options.get("parent_name", "")
        if run.kind != ImportRun.Kind.REGIONS:
            del self.fields["parent"], self.fields["parent_name"], self.fields["group_by"]
            del self.fields["match"]
        self._key = self._key_now(layer.columns)
        self._add_columns(columns)

    def _fill(self, name: str, choices: list[Any], initial: str) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields[name].initial = initial

    def _key_now(self, names: tuple[str, ...]) -> list[str]:
        """The columns that make the number in the source; one more than can be chosen stay as they were written."""
        now = self.run.mapping.get("source_ref", "")
        parts = now.split(JOINER)
        return [now] if now in names or len(parts) > 1 + len(MORE_KEYS) else parts

    def _add_columns(self, columns: list[tuple[str, str]]) -> None:
        for target in targets(self.run.kind):
            now = self._key[0] if target == "source_ref" else self.run.mapping.get(target, "")
            extra = [] if not now or (now, now) in columns else [(now, now)]
            field = forms.ChoiceField(
                label=str(TARGETS[target]), choices=[*columns, *extra], required=False, initial=now
            )
            self.fields[f"column_{target}"] = field
        for at, name in enumerate(MORE_KEYS if targets(self.run.kind) else (), start=1):
            now = self._key[at] if at < len(self._key) else ""
            label = _("joined with the column")
            self.fields[name] = forms.ChoiceField(label=label, choices=columns, required=False, initial=now)

    def more_keys(self) -> list[Any]:
        """The bound fields of further columns that the number in the source is joined from."""
        return [self[name] for name in MORE_KEYS if name in self.fields]

    def columns(self) -> list[Any]:
        """The bound fields of the columns, for the template."""
        return [self[f"column_{target}"] for target in targets(self.run.kind)]

    def clean_system(self) -> str:
        """A system that can be read."""
        written = str(self.cleaned_data["system"]).strip()
        if written:
            try:
                system_of(written)
            except RefusedError as refusal:
                raise forms.ValidationError(refusal_sentence(refusal)) from refusal
        return written

    def clean_parent(self) -> str:
        """The 12-digit code of a region inside the area of the import, or nothing."""
        written = str(self.cleaned_data["parent"])
        code = written.ljust(12, "0") if written else ""
        if code != written and not Region.objects.filter(code=code).exists():
            raise forms.ValidationError(sentence("parent_malformed", {"value": written}))
        if code and not code.startswith(self.run.area):
            raise forms.ValidationError(_("You may not import into this area."))
        if code and level_of(code) is Level.COMMUNITY:
            raise forms.ValidationError(_("This is the code of a community; nothing lies below it."))
        return code

    def clean(self) -> dict[str, Any]:
        """A region that is to be made has a name; a joined number is made of different columns."""
        given = super().clean() or {}
        code = given.get("parent")
        if code and not given.get("parent_name") and not Region.objects.filter(code=code).exists():
            self.add_error("parent_name", sentence("parent_without_name", {"region": code}))
        more = [given[name] for name in MORE_KEYS if given.get(name)]
        parts = [given.get("column_source_ref", ""), *more]
        if more and (not parts[0] or len(set(parts)) < len(parts)):
            self.add_error("column_source_ref", _("Join different columns, the first one first."))
        elif more and any(JOINER in part for part in parts):
            self.add_error("column_source_ref", _("A column with “+” in its name cannot be joined."))
        return given

    def choices(self) -> Choices:
        """What was decided."""
        given = self.cleaned_data
        return Choices(
            kind=self.run.kind,
            source=self.run.source,
            area=self.run.area,
            layer=given["layer"],
            encoding=given["encoding"],
            system=given["system"],
            parent=given.get("parent") or "",
            parent_name=(given.get("parent_name") or "") if given.get("parent") else "",
            group_by=given.get("group_by") or "",
            match=given.get("match") or "",
        )

    def mapping(self) -> dict[str, str]:
        """Target → column, empty where a field is to be left alone."""
        chosen = {target: self.cleaned_data[f"column_{target}"] for target in targets(self.run.kind)}
        if more := [self.cleaned_data[name] for name in MORE_KEYS if self.cleaned_data.get(name)]:
            chosen["source_ref"] = JOINER.join([chosen["source_ref"], *more])
        return chosen
