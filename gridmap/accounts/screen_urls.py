"""Addresses of wall screens, and of other people's programs as administrators see them."""

from django.urls import path

from gridmap.accounts import screens, token_pages

app_name = "screens"
urlpatterns = [
    path("screens/enter/", screens.enter, name="enter"),
    path("staff/screens/", screens.listing, name="list"),
    path("staff/screens/new/", screens.new, name="new"),
    path("staff/screens/<int:number>/revoke", screens.revoke, name="revoke"),
    path("staff/tokens/", token_pages.listing, name="tokens"),
    path("staff/tokens/<int:number>/revoke", token_pages.revoke, name="revoke_token"),
]
