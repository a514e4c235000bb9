"""Every layer of the map, top of the map first. Adding a layer is one entry here and a test."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gridmap.population.counting import FEWEST_HOUSEHOLDS
from gridmap.population.models import BuildingCount, Risk
from gridmap.territory.models import (
    Building,
    Compound,
    Grid,
    GridEdition,
    GroundFeature,
    Region,
    RegionEdition,
)
from gridmap.territory.querysets import Viewer
from layers import looks, standing, work
from layers.cuts import areas, ground, people
from layers.layer import Field, Filter, Kind, Layer, Mark, Rows, Shape, Tiles, active, by_code, within_place
from layers.loads import Band

AREAS, GROUND, PLACES, PEOPLE = "areas", "ground", standing.PLACES, "people"
#: The groups of the layer tree, as a person reads them.
GROUPS = {
    work.WORK: _("Work"),
    PEOPLE: _("People in care"),
    PLACES: _("What stands there"),
    AREAS: _("Grids and areas"),
    GROUND: _("Ground"),
}
SOURCE = standing.SOURCE
HOUSEHOLDS = (
    Field("households", _("resident households"), Kind.INTEGER),
    Field("dwellings", _("dwellings"), Kind.INTEGER),
    Field("residents", _("residents"), Kind.INTEGER),
    Field("elders", _("residents aged 60 and over"), Kind.INTEGER),
)


def _grids(user: Viewer, moment: datetime | None = None) -> Rows:
    return GridEdition.objects.in_force(moment).visible_to(user)


def _regions(user: Viewer, moment: datetime | None = None) -> Rows:
    return RegionEdition.objects.in_force(moment).visible_to(user)


def _care(user: Viewer, _moment: datetime | None = None) -> Rows:
    """Buildings with care households and `where`, their compound or community: counts alone, none where a count would
    point at a door."""
    total = F("care_high") + F("care_key") + F("care_general")
    households = F("building__households")
    counts = BuildingCount.objects.filter(building__in=Building.objects.visible_to(user).active())
    where = Coalesce("building__compound__name", "building__community__name")
    return counts.annotate(total=total, where=where).filter(
        total__gt=0, total__lt=households, building__households__gte=FEWEST_HOUSEHOLDS
    )


def _load_legend() -> Iterable[Mark]:
    """Five classes of resident households per grid, lightest first."""
    limits = [f"{limit:g}" for limit in Band.in_force().limits()]
    labels = [f"< {limits[0]}", *(f"{low}–{high}" for low, high in pairwise(limits)), f"> {limits[-1]}"]
    return (Mark(str(load), label) for load, label in zip(range(-2, 3), labels, strict=True))


def _care_legend() -> Iterable[Mark]:
    """Care households per building, by the worst risk among them."""
    return (Mark(risk.value, risk.label) for risk in Risk)


LAYERS: tuple[Layer, ...] = (
    work.CASES,
    work.DUTY,
    Layer(
        key="care",
        title=_("Care households per building"),
        group=PEOPLE,
        shape=Shape.POINT,
        rows=_care,
        geometry="building__point",
        identity="building",
        label="number",
        fields=(
            Field("number", _("number"), source="building__number"),
            Field("where", _("compound or community")),
            Field("high", _("high risk"), Kind.INTEGER, source="care_high"),
            Field("key", _("key person"), Kind.INTEGER, source="care_key"),
            Field("general", _("general"), Kind.INTEGER, source="care_general"),
        ),
        inside=by_code("building__community__code"),
        style=looks.CARE,
        tiles=Tiles("people", ("care",), ("people", "building_shapes"), cut=people.care),
        zooms=(16, 22),
        legend=_care_legend,
        card="building",
        public=False,
    ),
    work.HOMES,
    standing.CAMERAS,
    standing.FACILITIES,
    standing.LAMPS,
    standing.COMPONENTS,
    Layer(
        key="grids",
        title=_("Grids"),
        group=AREAS,
        shape=Shape.POLYGON,
        rows=_grids,
        identity="grid__code",
        label="code",
        fields=(
            Field("code", _("code"), source="grid__code"),
            Field("name", _("name"), source="grid__name"),
            Field("kind", _("kind"), Kind.CHOICE, source="grid__kind", choices=Grid.Kind.choices),
            Field("community", _("community"), source="grid__community__name"),
            *HOUSEHOLDS,
            Field("buildings", _("buildings"), Kind.INTEGER, source="building_count"),
            Field("area_m2", _("ground area"), Kind.NUMBER, unit="m²"),
            SOURCE[0],
        ),
        filters=(Filter("kind", _("kind"), "grid__kind", choices=Grid.Kind.choices, tile="k"),),
        inside=by_code("grid__code"),
        style=looks.GRIDS,
        tiles=Tiles("areas", ("grid",), ("grids",), cut=areas.grids),
        zooms=(12, 22),
        legend=_load_legend,
        card="grid",
        dated=True,
        spans=lambda user, span: GridEdition.objects.filter(valid__overlap=span).visible_to(user),
    ),
    Layer(
        key="regions",
        title=_("Regions"),
        group=AREAS,
        shape=Shape.POLYGON,
        rows=_regions,
        identity="region__code",
        label="name",
        fields=(
            Field("code", _("code"), source="region__code"),
            Field("name", _("name"), source="region__name"),
            Field("level", _("level"), Kind.CHOICE, source="region__level", choices=Region.Level.choices),
            Field("parent", _("parent"), source="region__parent__code"),
            Field("area_m2", _("ground area"), Kind.NUMBER, unit="m²"),
            SOURCE[0],
        ),
        filters=(Filter("level", _("level"), "region__level", choices=Region.Level.choices, tile="lv"),),
        inside=by_code("region__code"),
        style=looks.REGIONS,
        tiles=Tiles("areas", ("region",), ("regions",), cut=areas.regions),
        card="region",
        dated=True,
        spans=lambda user, span: RegionEdition.objects.filter(valid__overlap=span).visible_to(user),
    ),
    Layer(
        key="compounds",
        title=_("Compounds"),
        group=AREAS,
        shape=Shape.POLYGON,
        rows=lambda user, moment: active(Compound)(user, moment).filter(geom__isnull=False),
        label="name",
        fields=(
            Field("name", _("name")),
            Field("kind", _("kind"), Kind.CHOICE, choices=Compound.Kind.choices),
            Field("walled", _("walled"), Kind.FLAG),
            Field("community", _("community"), source="community__name"),
            *SOURCE,
        ),
        filters=(Filter("kind", _("kind"), "kind", choices=Compound.Kind.choices, tile="k"),),
        inside=by_code("community__code"),
        style=looks.COMPOUNDS,
        tiles=Tiles("areas", ("compound",), ("compounds",), cut=areas.compounds),
        zooms=(16, 22),
        card="compound",
    ),
    Layer(
        key="buildings",
        title=_("Buildings"),
        group=GROUND,
        shape=Shape.ANY,
        rows=active(Building),
        label="number",
        fields=(
            Field("number", _("number")),
            Field("name", _("name")),
            Field("kind", _("kind"), Kind.CHOICE, choices=Building.Kind.choices),
            Field("address", _("address"), sorts=False),
            Field("community", _("community"), source="community__name"),
            Field("compound", _("compound"), source="compound__name"),
            Field("grid", _("grid"), source="grid__code"),
            *HOUSEHOLDS,
            Field("floors", _("floors"), Kind.INTEGER),
            Field("entrances", _("units (单元)"), Kind.INTEGER),
            *SOURCE,
        ),
        filters=(Filter("kind", _("kind"), "kind", choices=Building.Kind.choices, tile="k"),),
        inside=lambda rows, code: by_code("grid__code" if len(code) == 15 else "community__code")(rows, code),
        style=looks.BUILDINGS,
        tiles=Tiles("ground", ("building",), ("building_shapes",), scoped=False, cut=ground.buildings),
        zooms=(12, 22),
        card="building",
    ),
    Layer(
        key="ground",
        title=_("Roads, water, green"),
        group=GROUND,
        shape=Shape.ANY,
        rows=active(GroundFeature),
        label="name",
        fields=(
            Field("name", _("name")),
            Field("kind", _("kind"), Kind.CHOICE, choices=GroundFeature.Kind.choices),
            Field("weight", _("barrier weight (0–1)"), Kind.NUMBER),
            *SOURCE,
        ),
        filters=(Filter("kind", _("kind"), "kind", choices=GroundFeature.Kind.choices),),
        inside=within_place,
        style=looks.GROUND,
        tiles=Tiles(
            "ground",
            ("block", "green", "square", "water", "river", "wall", "rail", "road"),
            ("ground",),
            scoped=False,
            cut=ground.ground,
        ),
    ),
)
BY_KEY = {layer.key: layer for layer in LAYERS}


def layers_for(user: Viewer) -> list[Layer]:
    """The layers of which the person may see anything, top of the map first."""
    return [layer for layer in LAYERS if layer.open_to(user)]


def tiles_by_layer() -> list[Tiles]:
    """What lies in tiles, layer by layer, bottom of the map first."""
    return [layer.tiles for layer in reversed(LAYERS) if layer.tiles]
