"""Addresses of the auditor's room."""

from django.urls import path

from gridmap.traces import views

app_name = "traces"
urlpatterns = [
    path("", views.list_entries, name="list"),
    path("chain/", views.show_chain, name="chain"),
    path("<int:number>/", views.show_entry, name="entry"),
]
