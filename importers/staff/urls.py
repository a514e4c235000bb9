"""Addresses of staff lists."""

from django.urls import path

from importers.staff import views

app_name = "staff_lists"
urlpatterns = [
    path("", views.start, name="start"),
    path("<uuid:number>/", views.show, name="list"),
    path("<uuid:number>/apply", views.put_in, name="apply"),
    path("<uuid:number>/discard", views.throw_away, name="discard"),
]
