"""Addresses of editing, below /api/v1/equipment/."""

from django.urls import path

from gridmap.territory.editing import views

app_name = "equipment"
urlpatterns = [
    path("<slug:kind>", views.KindView.as_view(), name="kind"),
    path("<slug:kind>/<int:key>", views.ThingView.as_view(), name="thing"),
    path("<slug:kind>/<int:key>/restore", views.RestoreView.as_view(), name="restore"),
    path("<slug:kind>/<int:key>/history", views.HistoryView.as_view(), name="history"),
]
