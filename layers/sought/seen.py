"""The words that the viewer may know of: those that something bears which they may see."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.finding.models import Word
from gridmap.territory.models import Building, Camera, Compound, Facility, Grid, GroundFeature, Region
from gridmap.territory.querysets import Viewer
from layers.sought.found import Words

#: Everybody who holds a post sees the ground and what stands on it.
ON_THE_GROUND = ((GroundFeature, ("name",)), (Facility, ("name", "street")), (Camera, ("name", "place")))


def words_seen_by(user: Viewer) -> "QuerySet[Word]":
    """Known words, of which a person with an area sees only those of things that they may see."""
    words = Word.objects.all()
    if "" in areas_of(user, Verb.VIEW):
        return words
    borne = Q(pk__in=[])
    for model, columns in ON_THE_GROUND:
        rows = model._default_manager.visible_to(user).active()
        borne |= _borne(_with_street(rows), *columns)
    borne |= _borne(Region.objects.visible_to(user), "name") | _borne(Grid.objects.visible_to(user), "name")
    borne |= _borne(Compound.objects.visible_to(user).active(), "name")
    buildings = Building.objects.visible_to(user).active().annotate(called=Words(F("name")))
    return words.filter(borne | _borne(_with_street(buildings), "street", "called"))


def _with_street(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.annotate(street=Words(F("address"))) if hasattr(rows.model, "address") else rows


def _borne(rows: "QuerySet[Any]", *columns: str) -> Q:
    """Whether one of the rows bears the word in one of its columns; each column has an index of its own."""
    condition = Q(pk__in=[])
    for column in columns:
        condition |= Q(Exists(rows.filter(**{column: OuterRef("text")})))
    return condition
