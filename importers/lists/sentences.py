"""Reason codes of people's lists, and of matching addresses, put into words. No sentence repeats a personal value."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LIST_SENTENCES: dict[str, Promise | str] = {
    # the file as a whole
    "header_missing": _("The first row is not a row of headings but somebody's; put the headings above it."),
    "source_missing": _("Say which department keeps this list."),
    "too_many_bytes_open": _(
        "With this file your lists that are neither applied nor thrown away have %(bytes)s bytes; at most %(limit)s "
        "are kept. Finish or throw away some of them first."
    ),
    "file_damaged": _("The stored file is damaged; bring it again."),
    # values
    "formula_cell": _("The cell holds a formula, not a value."),
    "value_is_masked": _("%(shown)s is a masked value; ask for the list with the values themselves."),
    "name_malformed": _("%(shown)s is no name."),
    "id_number_malformed": _("%(shown)s is no ID number: 18 or 15 digits, a permit or a passport are read."),
    "id_number_mangled": _(
        "Excel has turned the ID number into a figure and lost its end. Make the column text and fill it in again."
    ),
    "id_number_wrong_check": _("The last digit of the ID number %(shown)s does not fit the others."),
    "id_number_wrong_birthday": _("The ID number %(shown)s holds no possible day of birth."),
    "birth_differs_from_id": _("The day of birth is not the one in the ID number, which is taken."),
    "gender_differs_from_id": _("The gender is not the one in the ID number, which is taken."),
    "phone_malformed": _("%(shown)s is no telephone number; it is left out."),
    "birth_impossible": _("Nobody alive was born then: over 120 years ago, or a day to come; it is left out."),
    "date_malformed": _("This is no date; it is left out."),
    "kind_unknown": _("This kind is not known; it is left out."),
    "special_group_elsewhere": _("This group of people has its own protected room; it is left out here."),
    "building_outside": _("This building lies outside the area of the import."),
    # rows
    "left_out_by_person": _("Left out by hand."),
    "row_twice": _("Row %(first)s says the same of the same person or dwelling."),
    "person_in_two_places": _("Row %(first)s has the same person at another place; decide which is right."),
    "street_decides": _("This row can't be taken over here; the street decides."),
    "too_many_elsewhere": _(
        "More than %(limit)s rows of today's lists are for the street to decide. Let the street bring this list, or go "
        "on tomorrow."
    ),
}  # fmt: skip
#: Why a building was proposed, or why none was taken, by the codes of `gridmap.address`.
PLACE_SENTENCES: dict[str, Promise] = {
    "region_agrees": _("region agrees"),
    "region_differs": _("another region is named"),
    "compound_agrees": _("compound agrees"),
    "compound_alias": _("known spelling of the compound"),
    "compound_word": _("compound agrees but for 小区"),
    "compound_phase": _("compound without its phase"),
    "compound_core": _("short form of the compound"),
    "compound_typo": _("compound differs in one character"),
    "compound_kind": _("compound differs in one character, which makes it another kind"),
    "compound_differs": _("another compound is named"),
    "street_agrees": _("street agrees"),
    "street_typo": _("street differs in one character"),
    "street_differs": _("another street is named"),
    "door_agrees": _("door number agrees"),
    "door_sub": _("part of this door number"),
    "door_differs": _("another door number"),
    "number_agrees": _("building number agrees"),
    "number_differs": _("another building number"),
    "number_missing": _("building number is missing"),
    "only_building": _("the only building there"),
    "unit_missing": _("unit is missing"),
    "unit_beyond": _("the building has no such unit"),
    "floor_beyond": _("the building has no such floor"),
    "room_missing": _("room is missing"),
    "words_unknown": _("some words are not understood"),
    "unclear": _("can be read in two ways"),
    "vague": _("says only what is near"),
    "several": _("several buildings fit equally well"),
    "not_confirmed": _("nothing else confirms it"),
}
#: Words for fields that files about the ground call otherwise.
OF_PEOPLE: dict[str, Promise] = {"name": _("full name"), "since": _("start date")}
LIST_TARGETS: dict[str, Promise] = {
    "id_number": _("ID number"),
    "phone": _("telephone"),
    "gender": _("gender"),
    "birth": _("day of birth"),
    "birth_year": _("year of birth"),
    "relation": _("relation to the head"),
    "person_kind": _("kind of resident"),
    "household": _("household number"),
    "health": _("health"),
    "community": _("community"),
    "compound": _("compound"),
    "building": _("building"),
    "unit": _("unit (单元)"),
    "floor": _("floor"),
    "room": _("room"),
    "dwelling": _("dwelling"),
    "verified_on": _("verified on"),
    "purpose": _("purpose"),
    "occupancy": _("occupancy"),
    "let": _("let out"),
    "owner_name": _("owner's name"),
    "owner_phone": _("owner's telephone"),
    "care": _("reason for care"),
    "subsidy": _("subsidy"),
    "disability": _("disability"),
    "risk": _("risk"),
    "since": _("since"),
}


def label_of_field(name: str) -> str:
    """What a field of a list is called; its own name where it has no word."""
    found = OF_PEOPLE.get(name) or LIST_TARGETS.get(name) or _OTHERS.get(name)
    return name if found is None else str(found)


_OTHERS: dict[str, Promise] = {"address": _("address"), "kind": _("kind")}
