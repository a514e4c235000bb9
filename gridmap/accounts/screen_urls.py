"""Addresses of wall screens."""

from django.urls import path

from gridmap.accounts import screens

app_name = "screens"
urlpatterns = [
    path("screens/enter/", screens.enter, name="enter"),
    path("staff/screens/", screens.listing, name="list"),
    path("staff/screens/new/", screens.new, name="new"),
    path("staff/screens/<int:number>/revoke", screens.revoke, name="revoke"),
]
