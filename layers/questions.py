"""What may be asked of the API, and in which ranges; anything else is refused with field and reason."""

import math
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from gridmap.finding.understanding import LONGEST_QUERY
from gridmap.territory.models import Grid
from layers.gridlist import SORTS

#: The latitude at which the Web-Mercator square ends.
MERCATOR_LAT = 85.0511


class Number(serializers.FloatField):
    """A finite number: `nan` passes every comparison of a range, so it is refused by name."""

    def to_internal_value(self, data: Any) -> float:
        """The number; ValidationError for anything else."""
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class Words(serializers.CharField):
    """A few words to look for, which may be none; what is refused is said in sentences."""

    default_error_messages: ClassVar = {"max_length": _("At most {max_length} characters can be looked for.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, default="", allow_blank=True, max_length=LONGEST_QUERY, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The words; ValidationError where one of them is too long or holds what no keyboard types."""
        if "\x00" in str(data):
            raise serializers.ValidationError(_("The words hold a character that can't be looked for."))
        return super().run_validation(data)


class PointQuestion(serializers.Serializer[Any]):
    """A place on the map and the zoom it is looked at."""

    lon = Number(min_value=-180, max_value=180)
    lat = Number(min_value=-MERCATOR_LAT, max_value=MERCATOR_LAT)
    z = Number(min_value=0, max_value=24, default=17)


class GridsQuestion(serializers.Serializer[Any]):
    """Which grids, in which order."""

    community = serializers.RegexField(r"^[0-9]{12}$", required=False, default="")
    area = serializers.RegexField(
        r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$", required=False, default=""
    )
    q = Words()
    kind = serializers.ChoiceField(Grid.Kind.choices, required=False, default="")
    sort = serializers.ChoiceField(sorted(SORTS), required=False, default="-load")
    page = serializers.IntegerField(required=False, default=1, min_value=1, max_value=10_000)


class SearchQuestion(serializers.Serializer[Any]):
    """A few words; `lon` and `lat` are the middle of the view, near which things come first."""

    q = Words()
    lon = Number(min_value=-180, max_value=180, required=False, default=None)
    lat = Number(min_value=-MERCATOR_LAT, max_value=MERCATOR_LAT, required=False, default=None)
