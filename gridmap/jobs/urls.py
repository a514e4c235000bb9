"""Addresses of long work."""

from django.urls import path

from gridmap.jobs import api, views

app_name = "jobs"
urlpatterns = [
    path("", views.list_jobs, name="list"),
    path("<uuid:key>", api.JobView.as_view(), name="job"),
    path("<uuid:key>/cancel", api.CancelView.as_view(), name="cancel"),
    path("<uuid:key>/stop", api.StopView.as_view(), name="stop"),
]
