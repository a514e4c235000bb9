"""Addresses of the administrators' room."""

from django.urls import path

from gridmap.accounts.staff.views import access, organisations, people, posts

app_name = "staff"
urlpatterns = [
    path("", people.listing, name="people"),
    path("people.json", access.people, name="people_found"),
    path("places.json", access.places, name="places"),
    path("people/new/", people.new, name="new_person"),
    path("people/<int:number>/", people.one, name="person"),
    path("people/<int:number>/name", people.rename, name="rename"),
    path("people/<int:number>/switch", people.switch, name="switch"),
    path("people/<int:number>/password", people.password, name="password"),
    path("people/<int:number>/second-factor", people.second_factor, name="second_factor"),
    path("people/<int:number>/sessions", people.sessions, name="sessions"),
    path("posts/new/", posts.new, name="new_post"),
    path("posts/<int:number>/", posts.one, name="post"),
    path("posts/<int:number>/end-on", posts.end_on, name="end_on"),
    path("posts/<int:number>/end-now", posts.end_now, name="end_now"),
    path("posts/<int:number>/service", posts.service, name="service"),
    path("posts/<int:number>/special-groups", posts.special_groups, name="special_groups"),
    path("posts/<int:number>/deputy", posts.deputy, name="deputy"),
    path("organisations/", organisations.tree, name="organisations"),
    path("organisations/new/", organisations.new, name="new_organisation"),
    path("organisations/<int:number>/", organisations.one, name="organisation"),
    path("access/", access.access, name="access"),
]
