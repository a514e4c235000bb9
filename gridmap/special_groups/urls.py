"""Addresses of the room, included only where the setting opens it."""

from django.urls import path

from gridmap.special_groups import views

app_name = "special_groups"
urlpatterns = [
    path("", views.records, name="records"),
    path("search/", views.search, name="search"),
    path("new/<uuid:key>/", views.new, name="new"),
    path("<uuid:key>/", views.record, name="record"),
]
