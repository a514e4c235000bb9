"""The shape of the API's answers, for its OpenAPI document."""

from typing import Any

from rest_framework import serializers

from layers.layer import Kind, Refresh, Shape


class PlaceAnswer(serializers.Serializer[Any]):
    """A region that something lies in."""

    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="1 province … 5 community")


class BandAnswer(serializers.Serializer[Any]):
    """Resident households per grid."""

    target = serializers.FloatField()
    min = serializers.FloatField()
    max = serializers.FloatField()


class BasemapAnswer(serializers.Serializer[Any]):
    """An outside base map."""

    id = serializers.CharField()
    title = serializers.CharField()
    urls = serializers.ListField(child=serializers.CharField(), help_text="one for each sheet, the lowest first")
    attribution = serializers.CharField()
    datum = serializers.ChoiceField(["wgs84", "gcj02", "bd09"])
    subdomains = serializers.CharField()
    maxZoom = serializers.IntegerField()


class FilterAnswer(serializers.Serializer[Any]):
    """One question that a layer can be narrowed by; `tile` names the attribute of its tiles that answers it."""

    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    tile = serializers.CharField(allow_blank=True)
    choices = serializers.ListField(child=serializers.DictField())


class LayerAnswer(serializers.Serializer[Any]):
    """One layer that can be switched, from the catalogue of layers."""

    key = serializers.CharField()
    title = serializers.CharField()
    group = serializers.CharField()
    groupTitle = serializers.CharField()
    shape = serializers.ChoiceField([shape.value for shape in Shape])
    tiles = serializers.CharField(allow_null=True)
    parts = serializers.ListField(child=serializers.CharField())
    zooms = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    shown = serializers.BooleanField()
    refresh = serializers.ChoiceField([refresh.value for refresh in Refresh])
    look = serializers.DictField()
    card = serializers.CharField(allow_blank=True)
    dated = serializers.BooleanField()
    public = serializers.BooleanField(help_text="whether its things may be taken out in files")
    filters = FilterAnswer(many=True)
    legend = serializers.ListField(child=serializers.DictField())
    sources = serializers.ListField(child=serializers.CharField())


class MapAnswer(serializers.Serializer[Any]):
    """What a page must know to draw its first map."""

    revisions = serializers.DictField(
        child=serializers.CharField(), help_text="the present one of each tile set, for `?v=` of its tiles"
    )
    extent = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    rules = BandAnswer()
    dataAt = serializers.DateTimeField(allow_null=True)
    stream = serializers.CharField()
    basemaps = BasemapAnswer(many=True)
    basemap = serializers.CharField(allow_blank=True, help_text="the id of the one to begin with; empty for none")
    generated = serializers.BooleanField()
    generatedBoxes = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    layers = LayerAnswer(many=True)


class ThingAnswer(serializers.Serializer[Any]):
    """Something on the map."""

    type = serializers.CharField(help_text="the type of its card")
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


class SectionAnswer(serializers.Serializer[Any]):
    """What concerns a thing in one respect."""

    title = serializers.CharField()
    facts = FactAnswer(many=True)
    links = LinkAnswer(many=True)


class CardAnswer(ThingAnswer):
    """Everything that is shown about one thing."""

    subtitle = serializers.CharField()
    place = PlaceAnswer(many=True)
    facts = FactAnswer(many=True)
    findings = serializers.ListField(child=serializers.CharField())
    links = LinkAnswer(many=True)
    sections = SectionAnswer(many=True)
    geometry = serializers.JSONField(allow_null=True)
    bbox = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    generated = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    sourceHref = serializers.CharField()
    peopleHref = serializers.CharField()


class FoundAnswer(ThingAnswer):
    """One answer of the search; `type` is that of its card, or `point` or `road`."""

    subtitle = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)


class SearchAnswer(serializers.Serializer[Any]):
    """Up to twenty, best first, things of a kind together; `tried` says what was looked for where nothing was found.

    A row of type `layer` is a kind of things: `id` is a layer and what narrows its list (`facilities?kind=pharmacy`,
    `components?words=井盖`), its place is null."""

    rows = FoundAnswer(many=True)
    tried = serializers.ListField(child=serializers.CharField())


class Reason(serializers.Serializer[Any]):
    """Why not."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.JSONField(required=False)  # type: ignore[assignment]


class RefusalAnswer(serializers.Serializer[Any]):
    """Every refused request."""

    error = Reason()
