"""Addresses of the import page."""

from django.urls import path

from importers import views

app_name = "importers"
urlpatterns = [
    path("", views.begin, name="start"),
    path("<uuid:run_id>/", views.show, name="run"),
    path("<uuid:run_id>/shapes.json", views.shapes, name="shapes"),
    path("<uuid:run_id>/settle", views.settle, name="settle"),
    path("<uuid:run_id>/apply", views.put_in, name="apply"),
    path("<uuid:run_id>/discard", views.throw_away, name="discard"),
]
