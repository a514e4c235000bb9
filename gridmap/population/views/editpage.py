"""The page on which somebody's record is changed, in the state in which an attempt has left it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.population.doors import Opened
from gridmap.population.forms import ChangeForm, GoneForm, MoveForm
from gridmap.population.meanwhile import OF_RESIDENT, Change, changes_since, marks_of, standing_on
from gridmap.population.models import Resident
from gridmap.population.models.placed import Located
from gridmap.population.places import MOST_BUILDINGS, buildings_to_choose
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.showing import dwelling_of, row_of

Form = TypeVar("Form", bound=forms.Form)
STATUS = {Refusal.STALE: 409, Refusal.ID_TAKEN: 409, Refusal.TAGGED_ALREADY: 409, Refusal.TOO_MANY_TAKEN: 429}


@dataclass
class Attempt:
    """How far a change came: why it was refused, what others changed meanwhile, the status of the page that says so."""

    refusal: str = ""
    changes: list[Change] = field(default_factory=list)
    status: int = 200
    stale: bool = False

    def refused(self, why: PeopleRefusedError) -> None:
        """It can't be done as asked."""
        self.refusal, self.status = str(why), STATUS.get(why.refusal, 400)
        self.stale = why.refusal is Refusal.STALE

    def kept(self, form: Form, record: Located, typed: QueryDict, names: Iterable[str]) -> Form:
        """The form with what was typed; after somebody else's change it stands on the present version, and what they
        changed is listed."""
        if not self.stale:
            return form
        self.changes = changes_since(record, typed.get("seen", ""))
        return type(form)(standing_on(record, typed, names))


def edit_context(opened: Opened, found: Resident, attempt: Attempt, **forms_given: Any) -> dict[str, Any]:
    """What the page shows; `change`, `move` and `gone` are the forms that somebody has just sent."""
    stand = {"version": found.version, "seen": marks_of(found, OF_RESIDENT)}
    held = {name: getattr(found, name) for name in ("kind", "gender", "birth_year", "relation")}
    change = forms_given.get("change") or ChangeForm(initial=stand | held)
    for name in ("name", "id_number", "phone", "health"):
        change.fields[name].widget.attrs |= {"placeholder": getattr(found, name).mask(), "autocomplete": "off"}
    return {
        "resident": found,
        "row": row_of(found),
        "dwelling": dwelling_of(found.dwelling),
        "form": change,
        "refusal": attempt.refusal,
        "changes": attempt.changes,
        "gone_form": forms_given.get("gone") or GoneForm(initial=stand | {"on": timezone.localdate()}),
        "move_form": _with_buildings(
            opened, found, forms_given.get("move") or MoveForm(initial=stand | {"building": found.dwelling.building_id})
        ),
    }


def _with_buildings(opened: Opened, found: Resident, form: MoveForm) -> MoveForm:
    """The form with the buildings that were looked for, else those of the community, and what it has to say of them."""
    sought = str(form["sought"].value() or "").strip()
    buildings = buildings_to_choose(opened.areas, near=found.dwelling.building, sought=sought)
    form.offer(buildings)
    if sought and not buildings:
        form.fields["sought"].help_text = _("No building with dwellings in your area is called so.")
    elif len(buildings) == MOST_BUILDINGS:
        form.fields["sought"].help_text = _("There are more buildings; look for one by name or number.")
    return form
