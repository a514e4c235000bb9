"""Fields of a request that take what the database takes, and say so where they do not."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from gridmap.territory.hours import HoursError, from_json

HOURS_REASONS = {
    "hours_not_a_table": gettext_lazy("Opening hours are a week of seven days and at most 100 special days."),
    "hours_too_many_spans": gettext_lazy("A day has at most six spans."),
    "hours_not_a_span": gettext_lazy("A span is two times of day."),
    "hours_not_a_time": gettext_lazy("A time of day is written 08:30."),
    "hours_spans_overlap": gettext_lazy("Two spans of a day overlap."),
    "hours_not_a_day": gettext_lazy("A special day is written 2026-10-01."),
}


class Figure(serializers.FloatField):
    """A number of JSON; text and true are none."""

    def to_internal_value(self, data: Any) -> float:
        """The number. ValidationError for anything else."""
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            raise ValidationError(_("This is no number."))
        return super().to_internal_value(data)


class Bearing(Figure):
    """Degrees clockwise from north; 360 is 0."""

    def to_internal_value(self, data: Any) -> float:
        """The bearing from 0 up to 360."""
        degrees = super().to_internal_value(data)
        if not 0 <= degrees <= 360:
            raise ValidationError(_("A bearing lies between 0 and 360 degrees."))
        return degrees % 360


@extend_schema_field({"type": "object"})
class HoursField(serializers.Field[Any, Any, Any, Any]):
    """A week table of opening hours (`gridmap.territory.hours`)."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The table as it is stored. ValidationError names the day and the reason."""
        try:
            return from_json(data).as_json()
        except HoursError as wrong:
            reason = str(HOURS_REASONS[wrong.code])
            text = _("%(reason)s (day %(day)s)") % {"reason": reason, "day": wrong.where} if wrong.where else reason
            raise ValidationError(text) from None

    def to_representation(self, value: Any) -> Any:
        """As it is stored."""
        return value
