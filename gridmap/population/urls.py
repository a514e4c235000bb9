"""Addresses of the pages about people; nothing personal ever stands in one."""

from django.urls import path

from gridmap.population.views import buildings, care, conflicts, editing, exports, moving, residents, reveal

app_name = "population"
urlpatterns = [
    path("", residents.residents, name="residents"),
    path("search/", residents.search, name="search"),
    path("near.json", buildings.near, name="near"),
    path("buildings/<int:key>/", buildings.building, name="building"),
    path("buildings/<int:key>/card.json", buildings.card, name="card"),
    path("dwellings/<uuid:key>/", buildings.dwelling, name="dwelling"),
    path("dwellings/<uuid:key>/edit/", editing.dwelling, name="edit_dwelling"),
    path("dwellings/<uuid:key>/residents/new/", editing.new_resident, name="new_resident"),
    path("households/<uuid:key>/edit/", editing.household, name="edit_household"),
    path("care/", care.care, name="care"),
    path("tags/<uuid:key>/end/", care.end, name="end_tag"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/<uuid:key>/", conflicts.settle, name="settle"),
    path("conflicts/<uuid:key>/reveal/", conflicts.reveal, name="reveal_conflict"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.ask, name="ask"),
    path("exports/<uuid:key>/", exports.export, name="export"),
    path("exports/<uuid:key>/decide/", exports.decide, name="decide_export"),
    path("exports/<uuid:key>/withdraw/", exports.withdraw, name="withdraw_export"),
    path("exports/<uuid:key>/file/", exports.fetch, name="fetch_export"),
    path("<uuid:key>/", residents.resident, name="resident"),
    path("<uuid:key>/reveal/", reveal.reveal, name="reveal"),
    path("<uuid:key>/edit/", editing.resident, name="edit"),
    path("<uuid:key>/gone/", moving.gone, name="gone"),
    path("<uuid:key>/back/", moving.back, name="back"),
    path("<uuid:key>/move/", moving.move, name="move"),
    path("<uuid:key>/tags/", care.tag, name="tag"),
]
