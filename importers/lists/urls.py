"""Addresses of the pages for lists of people."""

from django.urls import path

from importers.lists import places_views, views

app_name = "population_lists"
urlpatterns = [
    path("", views.begin, name="start"),
    path("<uuid:run_id>/", views.show, name="run"),
    path("<uuid:run_id>/settle", views.settle, name="settle"),
    path("<uuid:run_id>/compare", views.compare, name="compare"),
    path("<uuid:run_id>/apply", views.put_in, name="apply"),
    path("<uuid:run_id>/discard", views.throw_away, name="discard"),
    path("<uuid:run_id>/places/", places_views.show, name="places"),
    path("<uuid:run_id>/places/<uuid:row_id>/pick", places_views.decide, name="pick"),
    path("spellings/<int:alias_id>/forget", places_views.forget, name="forget_spelling"),
]
