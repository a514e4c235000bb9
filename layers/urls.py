"""Addresses of tiles and of the JSON API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from layers import api, listings, views
from layers.exports import views as exports

app_name = "layers"
urlpatterns = [
    path("tiles/<str:name>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
    path("tiles/<str:name>.json", views.tilejson, name="tilejson"),
    path("api/v1/map", api.MapView.as_view(), name="map"),
    path("api/v1/at", api.AtView.as_view(), name="at"),
    path("api/v1/grids", api.GridsView.as_view(), name="grids"),
    path("api/v1/search", api.SearchView.as_view(), name="search"),
    re_path(r"^api/v1/regions/(?P<key>[0-9]{12})$", api.CardView.as_view(type="region"), name="region"),
    re_path(r"^api/v1/grids/(?P<key>[0-9]{15})$", api.CardView.as_view(type="grid"), name="grid"),
    re_path(r"^api/v1/buildings/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="building"), name="building"),
    re_path(r"^api/v1/compounds/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="compound"), name="compound"),
    re_path(r"^api/v1/cameras/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="camera"), name="camera"),
    re_path(r"^api/v1/lamps/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="lamp"), name="lamp"),
    re_path(r"^api/v1/components/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="component"), name="component"),
    re_path(r"^api/v1/facilities/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="facility"), name="facility"),
    re_path(r"^api/v1/cases/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="case"), name="case"),
    re_path(r"^api/v1/duty/(?P<key>[0-9]{1,18})$", api.CardView.as_view(type="duty"), name="duty"),
    path("api/v1/layers/counts", listings.CountsView.as_view(), name="counts"),
    re_path(r"^api/v1/layers/(?P<key>[a-z0-9_]{1,20})/rows$", listings.RowsView.as_view(), name="rows"),
    path("api/v1/select", listings.SelectView.as_view(), name="select"),
    path("api/v1/select/<uuid:key>", listings.SelectionView.as_view(), name="selection"),
    path("api/v1/exports", exports.ExportsView.as_view(), name="take_out"),
    path("exports/<uuid:key>", exports.ExportView.as_view(), name="export"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:key>/file", exports.fetch, name="export_file"),
    path("exports/<uuid:key>/delete", exports.delete, name="export_delete"),
    re_path(
        r"^api/v1/points/(?P<key>-?[0-9]{1,3}(?:\.[0-9]{1,8})?,-?[0-9]{1,2}(?:\.[0-9]{1,8})?)$",
        api.CardView.as_view(type="point"),
        name="point",
    ),
    path("api/v1/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
]
