"""Addresses of OGC API – Features."""

from django.urls import path, re_path

from layers.ogc import views

app_name = "ogc"
urlpatterns = [
    re_path(r"^ogc/?$", views.landing, name="landing"),  # QGIS does not follow from one to the other
    path("ogc/conformance", views.conformance, name="conformance"),
    path("ogc/api", views.api, name="api"),
    path("ogc/collections", views.collections, name="collections"),
    path("ogc/collections/<slug:key>", views.collection, name="collection"),
    path("ogc/collections/<slug:key>/schema", views.properties, name="schema"),
    path("ogc/collections/<slug:key>/queryables", views.queryables, name="queryables"),
    path("ogc/collections/<slug:key>/items", views.items, name="items"),
    path("ogc/collections/<slug:key>/items/<str:feature>", views.item, name="item"),
]
