"""Reason codes put into words, in the language of the page. Every code that can be given has its sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from importers.lists.sentences import LIST_SENTENCES, LIST_TARGETS
from importers.records import RefusedError

SENTENCES: dict[str, Promise | str] = {
    # the file as a whole
    "file_missing": _("The file is gone."),
    "file_empty": _("The file is empty."),
    "staff_list_no_table": _("A staff list is a table: XLSX or CSV."),
    "staff_list_too_long": _("A staff list has at most %(limit)s rows; bring it in parts."),
    "staff_list_columns": _("Columns for %(fields)s are missing; the file has: %(columns)s."),
    "file_too_large": _("The file has %(bytes)s bytes; at most %(limit)s are read."),
    "format_unknown": _(
        "The content is of no format that is read here: GeoPackage, GeoJSON, Shapefile, KML/KMZ, CSV, XLSX, OSM."
    ),
    "archive_broken": _("The archive is broken."),
    "archive_encrypted": _("%(name)s in the archive is encrypted."),
    "archive_entry_link": _("%(name)s in the archive is a link; links are not followed."),
    "archive_entry_outside": _("%(name)s in the archive would be written outside its folder."),
    "archive_holds_nothing_known": _("None of the files in the archive is of a format that is read here."),
    "archive_holds_several_files": _("The archive holds several files (%(names)s); pack one at a time."),
    "archive_name_twice": _("Two files in the archive have the name %(name)s."),
    "archive_swells": _("The archive unpacks to more than is allowed for its size."),
    "archive_too_large": _("The archive unpacks to more than is allowed."),
    "archive_too_many_entries": _("The archive holds %(entries)s files; at most %(limit)s are allowed."),
    "reader_crashed": _("The file made its reader fail; it is damaged or made to do harm."),
    "reader_failed": _("The file made its reader fail (%(error)s)."),
    "reader_out_of_time": _("Reading the file took too long."),
    "out_of_memory": _("Reading the file needs more memory than is allowed."),
    "nested_too_deep": _("Brackets are nested beyond all sense."),
    "row_too_large": _("One row is larger than %(limit)s bytes."),
    "locks_missing": _("This machine cannot lock in the reader of files (%(locks)s); nothing is read without that."),
    "encoding_undecided": _("The text is neither UTF-8 nor GB18030; choose its encoding."),
    "encoding_unknown": _("There is no encoding “%(encoding)s”."),
    "encoding_does_not_fit": _("The text is not in the encoding %(encoding)s."),
    "no_layers": _("The file holds no layer."),
    "layer_unknown": _("There is no layer “%(layer)s”; there is: %(known)s."),
    "other_layers": _("The layer “%(layer)s” is read; the file also holds: %(others)s. Choose another to read that."),
    "layer_missing": _("The file names a layer “%(layer)s” that it does not hold."),
    "layer_is_view": _("The layer “%(layer)s” is a view or a virtual table, which is not read."),
    "column_unknown": _("There is no column “%(column)s”."),
    "database_damaged": _("The database in the file is damaged (%(message)s)."),
    "not_a_geopackage": _("The database in the file is no GeoPackage (%(message)s)."),
    "dbf_broken": _("The table (.dbf) of the shapefile is broken."),
    "shp_broken": _("The shapes (.shp) of the shapefile are broken."),
    "shapefile_part_missing": _("The part %(part)s of the shapefile is missing; pack .shp, .dbf and .prj together."),
    "json_broken": _("The JSON is broken (%(message)s)."),
    "json_not_object": _("The JSON is no object."),
    "json_number_out_of_range": _("The JSON holds a number beyond all bounds."),
    "geojson_type_unknown": _("“%(type)s” is no type of GeoJSON."),
    "topojson_not_read": _("This is TopoJSON; convert it to GeoJSON."),
    "features_missing": _("The collection has no member “features”."),
    "features_not_array": _("The member “features” is no list."),
    "crs_link_not_followed": _("The coordinate system is only linked to; links are not followed. Choose it."),
    "xml_broken": _("The XML is broken (%(message)s)."),
    "xml_entities_forbidden": _("The XML declares entities or a document type, which is not allowed."),
    "xml_too_deep": _("The XML is nested deeper than %(limit)s."),
    "osm_broken": _("The OpenStreetMap file is broken (%(message)s)."),
    "not_an_osm_extract": _("This is no OpenStreetMap extract but %(reader)s; choose what its rows are."),
    "table_broken": _("The table is broken (%(message)s)."),
    "table_empty": _("The table is empty."),
    "too_many_columns": _("The table has more than %(limit)s columns."),
    "too_many_cells": _("The sheet spans more than %(limit)s cells."),
    "workbook_broken": _("The workbook is broken (%(message)s)."),
    "crs_unknown": _("The coordinate system “%(crs)s” is not known."),
    "crs_needed": _("The file does not say its coordinate system and the numbers fit none that is known; choose it."),
    "crs_does_not_fit": _("The numbers cannot be in the stated coordinate system “%(crs)s”; choose it."),
    "no_geometry_columns": _("No column holds coordinates or WKT."),
    "bare_geometry": _("The file is a bare %(type)s without attributes; it is read as one row."),
    "already_applied": _("This import was applied already."),
    "not_checked_yet": _("This import was not checked yet."),
    "too_many_open": _(
        "You have %(limit)s imports that are neither applied nor thrown away; finish or throw away some of them first."
    ),
    "regions_stay_in_force": _(
        "Regions that the file no longer has are not switched off: their boundaries stay in force until others follow."
    ),
    "area_not_yours": _("You may not import into this area."),
    # one row: its shape
    "no_place": _("The row has no place."),
    "zero_coordinates": _("The coordinates are 0, 0, which means none."),
    "wrong_shape": _("The shape is a %(found)s, wanted is: %(wanted)s."),
    "area_became_point": _("The area became a point inside it."),
    "area_not_closed_in_file": _("The area is not closed in this file; parts of it lie outside the extract."),
    "nodes_missing_in_file": _("Points of this line are not in the file; it leaves the extract."),
    "coordinate_not_finite": _("A coordinate is infinite or no number."),
    "coordinate_not_number": _("A coordinate is no number (%(value)s)."),
    "coordinates_depth": _("The coordinates are nested otherwise than the type of the shape asks for."),
    "coordinates_missing": _("The shape has no coordinates."),
    "coordinates_outside_crs": _("The coordinates lie outside the coordinate system."),
    "crosses_antimeridian": _("The shape spans half the world; it probably crosses the 180th meridian."),
    "outside_the_world": _("The coordinates lie outside the world."),
    "position_too_short": _("A position has fewer than two numbers."),
    "line_too_short": _("The line has only one point."),
    "ring_too_short": _("A ring has fewer than three different points."),
    "outer_ring_missing": _("The polygon has no outer ring."),
    "feature_not_feature": _("The row is no feature."),
    "geometries_missing": _("The collection of shapes has no member “geometries”."),
    "geometry_missing": _("The row has no member “geometry”."),
    "geometry_not_object": _("The shape is no object."),
    "geometry_not_gpkg": _("The shape is no GeoPackage geometry."),
    "geometry_not_wkb": _("The shape is no WKB."),
    "geometry_not_wkt": _("“%(value)s” is no WKT."),
    "geometry_is_curved": _("The shape has curves, which are not read."),
    "geometry_too_deep": _("Shapes are nested deeper than %(limit)s."),
    "geometry_too_detailed": _("The shape has more than %(limit)s points."),
    "geometry_type_unknown": _("“%(type)s” is no type of shape."),
    "geometry_unusable": _("Nothing usable is left of the shape (%(reason)s)."),
    "group_or_shape_missing": _("The row has no shape or no value to group by."),
    "shp_kind_not_read": _("Shapes of kind %(kind)s are not read."),
    "shp_record_broken": _("The record of the shape is broken."),
    "shapefile_parts_differ": _("The parts of the shapefile have different numbers of rows."),
    "overlaps": _("The boundary overlaps “%(other)s” by %(area_m2)s m²."),
    "grids_will_end": _("%(n)s grids in force reach outside the new boundary and will end: draw them again."),
    # one row: what was repaired or left out
    "heights_dropped": _("Heights were left out."),
    "extra_dimensions_dropped": _("Third and further dimensions were left out."),
    "dropped_z": _("Heights were left out."),
    "dropped_m": _("Measures along the line were left out."),
    "ring_closed": _("A ring was not closed; it was closed."),
    "closed_ring": _("A ring was not closed; it was closed."),
    "ring_direction": _("Rings run the other way round than the format asks for."),
    "flipped_orientation": _("Rings were turned round."),
    "hole_without_shell": _("A hole lay in no polygon; it became one."),
    "repeated_points_removed": _("Repeated points were removed."),
    "dropped_repeated_vertices": _("Repeated points were removed."),
    "made_valid": _("The shape was invalid (%(reason)s) and was repaired."),
    "dropped_zero_area": _("Parts without area were removed."),
    "dropped_empty_parts": _("Empty parts were removed."),
    "collection_flattened": _("Shapes nested in collections were taken out."),
    "collection_unwrapped": _("A collection of one shape became that shape."),
    "bbox_ignored": _("The bounding box contradicts the shape and was left out."),
    "id_ignored": _("The id is neither text nor a number and was left out."),
    "properties_missing": _("The row has no member “properties”."),
    "properties_not_object": _("The attributes are no object."),
    "text_cut": _("The text ends inside a character, which was left out."),
    "number_rounded_by_excel": _("The number has more digits than Excel keeps; its end is lost. Store codes as text."),
    # one row: its values
    "cells_do_not_match_header": _("The row has %(cells)s cells, the header %(columns)s."),
    "zero_byte": _("The text holds a zero byte."),
    "value_missing": _("The value is missing."),
    "not_a_number": _("“%(value)s” is no number."),
    "not_a_whole_number": _("“%(value)s” is no whole number."),
    "negative_count": _("“%(value)s” is less than nothing."),
    "count_too_large": _("“%(value)s” is more than %(limit)s."),
    "out_of_range": _("“%(value)s” is not between %(low)s and %(high)s."),
    "not_yes_or_no": _("“%(value)s” is neither yes nor no."),
    "text_too_long": _("The text has more than %(limit)s characters."),
    "code_malformed": _("“%(value)s” is no region code of 2, 4, 6, 9 or 12 digits."),
    "codes_used_up": _(
        "Not enough codes are free below %(parent)s (999 at most); choose the county above or a column of streets."
    ),
    "parent_unknown": _(
        "It is not known which region this one belongs to; choose the region above: a street, or the county of streets."
    ),
    "county_unknown": _("The street is known, but not the county above it; choose the region above, or give its name."),
    "street_missing": _("The row names no street; the chosen region above is not one either."),
    "parent_malformed": _("“%(value)s” is no code of a region above: write all 12 digits."),
    "parent_without_name": _("There is no region %(region)s yet; check the code, or give its name too."),
    "parent_level_wrong": _("%(region)s is neither a street nor a county; communities lie below one of these."),
    "streets_made": _(
        "No column names a street: the %(rows)s communities go into %(n)s new streets of at most %(limit)s each."
    ),
    "streets_left_aside": _("The chosen region above is itself a street, so the column of streets is not used."),
    "key_missing": _("The number in the source is missing."),
    "keys_twice_better": _(
        "%(n)s rows are refused: their number in the source (column %(column)s) is another row's too. "
        "%(better)s is different in every row."
    ),
    "keys_twice": _(
        "%(n)s rows are refused: their number in the source (column %(column)s) is another row's too. "
        "Choose columns that are different in every row."
    ),
    "key_twice": _("Row %(first)s has the same number in the source."),
    **LIST_SENTENCES,
    "outside_your_area": _("This lies outside the area of the import."),
    "not_a_direction": _("“%(value)s” is no direction: write degrees from north (0–360), NE or 东北."),
    "direction_several": _(
        "“%(value)s” names several directions; the first is taken. Give each camera a row of its own."
    ),
    "device_code_malformed": _("“%(value)s” is no device code of %(digits)s digits (GB/T 28181)."),
    "component_code_malformed": _("“%(value)s” is no component code of %(digits)s digits."),
    "component_class_unknown": _("The class %(class)s in the code %(code)s is not known."),
    "component_code_kept": _("This component has the code %(now)s, which is for ever; the file says %(code)s."),
    "code_taken": _("The code %(code)s is another one's already."),
    "pole_position_taken": _("Stands on pole %(pole)s with row %(first)s, %(metres)s m away; takes its position."),
    "pole_elsewhere": _("Pole %(pole)s stands elsewhere, %(metres)s m away."),
    "hours_not_read": _("The hours “%(value)s” can't be read for certain; they stay as text."),
    "hours_of_holidays": _("The hours “%(value)s” were read but for public holidays, which stay as text."),
    "edited_by_hand": _("Edited by hand and stays “%(kept)s”; the file says “%(value)s”."),
    "edited_by_hand_rows": _("%(n)s rows differ from what people edited by hand; what they set stays as it is."),
    "held_by_another_area": _("This record belongs to another area."),
}  # fmt: skip

ENCODING_REASONS: dict[str, Promise] = {
    "format": _("fixed by the format"),
    "byte_order_mark": _("byte-order mark"),
    "utf8_strict": _("all text is valid UTF-8"),
    "gb18030_strict": _("not UTF-8, but all text is valid GB18030"),
    "cpg_file": _("stated by the .cpg file"),
    "language_driver": _("stated in the table's header"),
    "xml_declaration": _("stated by the XML declaration"),
    "chosen": _("chosen by you"),
    "utf8_strict_against_cpg_file": _("the .cpg file is wrong: all text is valid UTF-8"),
    "gb18030_strict_against_cpg_file": _("the .cpg file is wrong: all text is valid GB18030"),
    "utf8_strict_against_language_driver": _("the table's header is wrong: all text is valid UTF-8"),
    "gb18030_strict_against_language_driver": _("the table's header is wrong: all text is valid GB18030"),
}
PLACING_REASONS: dict[str, Promise] = {
    "stated": _("stated by the file"),
    "by_address": _("found by address, without coordinates"),
    "chosen": _("chosen by you"),
    "stated_system_does_not_fit": _("the file states another system, which the numbers cannot be in"),
    "zone_prefix_does_not_fit": _("the file's zone, with or without its prefix as the numbers are"),
    "zone_prefix": _("not stated; the eastings carry the number of this zone"),
    "zone_of_longitude": _("not stated; eastings without a zone, taken for the zone of the area"),
    "named_in_columns": _("not stated; a column's name says so"),
    "fits_layers_there": _("not stated; of the three this fits best what is there already"),
    "nothing_to_compare_with": _("not stated and nothing there to compare with: taken for WGS 84. Please make sure"),
    "undecided": _("not stated and the comparison is undecided: taken for WGS 84. Please make sure"),
    "outside_china": _("not stated; outside China nothing is shifted"),
}
UNSURE = frozenset({"nothing_to_compare_with", "undecided"})
#: What a reading process gives up, in the words of the note that it could not.
LOCKS: dict[str, Promise] = {
    "no_new_privileges": _("keeping the reader from gaining rights"),
    "network": _("keeping the reader from the network"),
    "files": _("keeping the reader from other files"),
    "process": _("starting the reader at all"),
}
TARGETS: dict[str, Promise] = {
    "source_ref": _("number in the source"),
    "code": _("code"),
    "name": _("name"),
    "street": _("street"),
    "county": _("county"),
    "level": _("level"),
    "kind": _("kind"),
    "walled": _("walled"),
    "number": _("number"),
    "address": _("address"),
    "households": _("resident households"),
    "dwellings": _("dwellings"),
    "residents": _("residents"),
    "elders": _("residents aged 60 and over"),
    "floors": _("floors"),
    "entrances": _("units (单元)"),
    "weight": _("barrier weight (0–1)"),
    "place": _("place"),
    "bearing_deg": _("bearing (° from north)"),
    "angle_deg": _("horizontal angle (°)"),
    "range_m": _("range (m)"),
    "height_m": _("height (m)"),
    "status": _("status"),
    "sees_at_night": _("sees at night"),
    "lit": _("lit at night"),
    "tilt_deg": _("tilt below the horizon (°)"),
    "pole": _("number of the pole"),
    "coverage": _("coverage class"),
    "owner": _("owner"),
    "category_id": _("class"),
    "state": _("state"),
    "manager": _("responsible department"),
    "keeper": _("maintained by"),
    "keeper_phone": _("phone of maintenance"),
    "accuracy": _("accuracy"),
    "surveyed_on": _("surveyed on"),
    "phone": _("phone"),
    "capacity": _("capacity"),
    "area_m2": _("floor area"),
    "accessible": _("accessible without steps"),
    "hours": _("opening hours"),
    "hours_text": _("opening hours as the source has them"),
    "geom": _("position"),
    "active": _("active"),
    "geometry": _("shape"),
    "properties": _("attributes"),
    **LIST_TARGETS,
}


#: Parameters that are words themselves, where a file or a library gave an English or internal one.
WORDS: dict[str, Promise] = {
    "shape.Point": _("point"),
    "shape.MultiPoint": _("several points"),
    "shape.LineString": _("line"),
    "shape.LinearRing": _("line"),
    "shape.MultiLineString": _("several lines"),
    "shape.Polygon": _("single area"),
    "shape.MultiPolygon": _("several areas"),
    "shape.GeometryCollection": _("mixture of shapes"),
    "wanted.area": _("an area"),
    "wanted.point": _("a point"),
    "wanted.line_or_area": _("a line or an area"),
    "wanted.thing": _("a point, a line or an area"),
    "wanted.any": _("a point or an area"),
}
#: What GEOS calls a fault, by the beginning of its words; the place follows in brackets.
FAULTS: dict[str, Promise] = {
    "Ring Self-intersection": _("a ring touches itself"),
    "Self-intersection": _("its outline crosses itself"),
    "Hole lies outside shell": _("a hole lies outside its area"),
    "Holes are nested": _("holes lie in holes"),
    "Nested holes": _("holes lie in holes"),
    "Interior is disconnected": _("the inside falls into pieces"),
    "Nested shells": _("areas lie in areas"),
    "Duplicate Rings": _("a ring is there twice"),
    "Too few points": _("a ring has too few points"),
    "Ring is not closed": _("a ring is not closed"),
    "Invalid Coordinate": _("a coordinate is no number"),
}
PLACE = re.compile(r"\[\s*(\S+)\s+(\S+)\s*\]")
#: What the parsers say, by a piece of their words.
BROKEN: dict[str, Promise] = {
    "premature EOF": _("it ends in the middle"),
    "Incomplete JSON": _("it ends in the middle"),
    "trailing garbage": _("something follows after its end"),
    "lexical error": _("a character stands where none may"),
    "unallowed token": _("a comma, colon or bracket is missing or too many"),
    "after key and value": _("a comma or bracket is missing after a value"),
    "object key and value": _("a colon is missing between name and value"),
    "after array element": _("a comma or bracket is missing in a list"),
    "invalid object key": _("a name in an object is no text"),
    "Unexpected symbol": _("a character stands where none may"),
    "no element found": _("it ends in the middle"),
    "not well-formed": _("a character stands where none may"),
    "mismatched tag": _("an element is closed by another one's end"),
    "malformed": _("it is damaged inside"),
    "not a database": _("it is no database"),
    "no such table": _("a table that must be there is missing"),
}


class _Blank(dict[str, Any]):
    """Parameters that a sentence asks for and nobody gave."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a reason; the bare code where it has none."""
    text = SENTENCES.get(code)
    worded = {name: _worded(name, value) for name, value in (params or {}).items()}
    return code if text is None else str(text) % _Blank(worded)


def _worded(name: str, value: Any) -> Any:
    """A parameter in words where it is an internal or a library's English one."""
    text = str(value)
    if text in WORDS:
        return str(WORDS[text])
    if name == "reason":
        fault = next((words for start, words in FAULTS.items() if text.startswith(start)), None)
        place = PLACE.search(text)
        where = gettext(" near %(x)s, %(y)s") % {"x": place[1], "y": place[2]} if place else ""
        return value if fault is None else f"{fault}{where}"
    if name == "message":
        return next((str(words) for piece, words in BROKEN.items() if piece in text), value)
    return value


def refusal_sentence(refusal: RefusedError) -> str:
    """The sentence of a refusal."""
    return sentence(refusal.code, refusal.params)


def reason_text(reason: Mapping[str, Any]) -> str:
    """Field and sentence of a stored reason."""
    field = str(reason.get("field") or "")
    words = sentence(str(reason["code"]), reason.get("params"))
    return gettext("%(field)s: %(words)s") % {"field": TARGETS.get(field, field), "words": words} if field else words
