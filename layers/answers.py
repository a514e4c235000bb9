"""The shape of the API's answers, for its OpenAPI document."""

from typing import Any

from rest_framework import serializers


class PlaceAnswer(serializers.Serializer[Any]):
    """A region that something lies in."""

    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="1 province … 5 community")


class RevisionsAnswer(serializers.Serializer[Any]):
    """The present revision of each tile set, for `?v=` of its tiles."""

    ground = serializers.CharField()
    areas = serializers.CharField()
    things = serializers.CharField()


class BandAnswer(serializers.Serializer[Any]):
    """Resident households per grid."""

    target = serializers.FloatField()
    min = serializers.FloatField()
    max = serializers.FloatField()


class BasemapAnswer(serializers.Serializer[Any]):
    """An outside base map."""

    url = serializers.CharField()
    attribution = serializers.CharField()
    datum = serializers.ChoiceField(["wgs84", "gcj02", "bd09"])


class LayerAnswer(serializers.Serializer[Any]):
    """One layer that can be switched."""

    key = serializers.CharField()
    title = serializers.CharField()
    tiles = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    sources = serializers.ListField(child=serializers.CharField())
    legend = serializers.ListField(child=serializers.DictField())


class MapAnswer(serializers.Serializer[Any]):
    """What a page must know to draw its first map."""

    revisions = RevisionsAnswer()
    extent = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    rules = BandAnswer()
    dataAt = serializers.DateTimeField(allow_null=True)
    stream = serializers.CharField()
    basemap = BasemapAnswer(allow_null=True)
    generated = serializers.BooleanField()
    generatedBoxes = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    layers = LayerAnswer(many=True)


class ThingAnswer(serializers.Serializer[Any]):
    """Something on the map."""

    type = serializers.ChoiceField(["building", "grid", "region", "camera", "facility", "compound"])
    id = serializers.CharField()
    title = serializers.CharField()


class AtAnswer(serializers.Serializer[Any]):
    """What lies under a point."""

    found = ThingAnswer(many=True)
    place = PlaceAnswer(many=True)


class GridRowAnswer(serializers.Serializer[Any]):
    """One grid in force."""

    code = serializers.CharField()
    no = serializers.CharField()
    name = serializers.CharField()
    community = serializers.CharField()
    households = serializers.IntegerField()
    residents = serializers.IntegerField(allow_null=True)
    elders = serializers.IntegerField(allow_null=True)
    buildings = serializers.IntegerField()
    standIns = serializers.IntegerField()
    kind = serializers.CharField()
    load = serializers.IntegerField(min_value=-2, max_value=2)
    bbox = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)


class GridsAnswer(serializers.Serializer[Any]):
    """One page of grids."""

    count = serializers.IntegerField()
    rows = GridRowAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class FactAnswer(serializers.Serializer[Any]):
    """One figure or word on a card."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)
    unit = serializers.CharField()
    note = serializers.CharField()


class LinkAnswer(serializers.Serializer[Any]):
    """Something to open or do."""

    label = serializers.CharField()  # type: ignore[assignment]
    href = serializers.CharField()
    verb = serializers.CharField()
    type = serializers.CharField()
    id = serializers.CharField()


class CardAnswer(ThingAnswer):
    """Everything that is shown about one thing."""

    subtitle = serializers.CharField()
    place = PlaceAnswer(many=True)
    facts = FactAnswer(many=True)
    findings = serializers.ListField(child=serializers.CharField())
    links = LinkAnswer(many=True)
    geometry = serializers.JSONField(allow_null=True)
    bbox = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    generated = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    sourceHref = serializers.CharField()
    peopleHref = serializers.CharField()


class FoundAnswer(ThingAnswer):
    """One answer of the search."""

    subtitle = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)


class SearchAnswer(serializers.Serializer[Any]):
    """Up to twenty, best first."""

    rows = FoundAnswer(many=True)


class Reason(serializers.Serializer[Any]):
    """Why not."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.JSONField(required=False)  # type: ignore[assignment]


class RefusalAnswer(serializers.Serializer[Any]):
    """Every refused request."""

    error = Reason()
