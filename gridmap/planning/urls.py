"""Addresses of the planner's pages."""

from django.urls import path

from gridmap.planning import views

app_name = "planning"
urlpatterns = [
    path("", views.communities, name="communities"),
    path("new", views.new, name="new"),
    path("draw", views.draw, name="draw"),
    path("compare", views.compare, name="compare"),
    path("now/<str:code>/grids.json", views.shapes_now, name="shapes_now"),
    path("work/<uuid:job_id>/", views.work, name="work"),
    path("work/<uuid:job_id>/adopt", views.adopt_all, name="adopt_all"),
    path("<uuid:plan_id>/", views.plan, name="plan"),
    path("<uuid:plan_id>/grids.json", views.shapes, name="shapes"),
    path("<uuid:plan_id>/adopt", views.adopt, name="adopt"),
    path("<uuid:plan_id>/discard", views.discard, name="discard"),
]
