"""Who is on duty: posts in force today, standing at the inner point of their grid, community or street."""

from datetime import date
from typing import Any

from django.contrib.gis.db.models import PointField
from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Length, RPad

from gridmap.accounts.models import Post
from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Role, Verb
from gridmap.territory.models import GridEdition, RegionEdition
from gridmap.territory.querysets import Viewer

#: Posts of wider areas stand nowhere in particular; a screen is nobody.
NARROWEST_DIGITS = 9


class InnerPoint(Func):
    """A point that surely lies on the shape."""

    function = "ST_PointOnSurface"
    output_field = PointField(srid=4326)


def on_duty(user: Viewer, *, on: date) -> "QuerySet[Post, Any]":
    """Posts in force on that day inside the areas that the person sees, with `geom`, `place` and `who`.

    `who` is the name, empty where the viewer may not read names of staff: a wall, and another program, tell how many
    and which roles.
    """
    named = codes_in(areas_of(user, Verb.VIEW_STAFF), "area")
    grids = GridEdition.objects.in_force().filter(grid__code=OuterRef("area"))
    regions = RegionEdition.objects.in_force().filter(region__code=RPad(OuterRef("area"), 12, Value("0")))
    posts = Post.objects.in_force(on).filter(codes_in(areas_of(user, Verb.VIEW), "area"), person__is_active=True)
    return (
        posts.exclude(role=Role.WALL_SCREEN)
        .annotate(
            digits=Length("area"),
            geom=Coalesce(_point(grids), _point(regions), output_field=PointField(srid=4326)),
            place=Coalesce(
                Subquery(grids.values("grid__community__name")[:1]),
                Subquery(regions.values("region__name")[:1]),
                output_field=CharField(),
            ),
            who=Case(When(Q(named), then=F("person__name")), default=Value(""), output_field=CharField()),
        )
        .filter(digits__gte=NARROWEST_DIGITS, geom__isnull=False)
    )


def _point(editions: "QuerySet[Any]") -> Subquery:
    return Subquery(editions.annotate(inner=InnerPoint(F("geom"))).values("inner")[:1])
