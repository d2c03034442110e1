from django.urls import include, path

from . import import_urls, incident_urls, initiative_urls, intake_urls, risk_urls, tool_urls
from .views import barriers, bulk, inventory, inventory_files, lists, ranking, register, register_export, saved_views

app_name = "portfolio"
urlpatterns = [
    path("initiatives/", include(initiative_urls.urlpatterns)),
    path("intakes/", include(intake_urls.urlpatterns)),
    path("barriers/", barriers.barrier_list, name="barrier_list"),
    path("barriers/export/", barriers.barrier_export, name="barrier_export"),
    *incident_urls.urlpatterns,
    path("tools/", include(tool_urls.urlpatterns)),
    *import_urls.urlpatterns,
    path("workflows/", inventory.workflow_list, name="workflow_list"),
    path("workflows/<int:pk>/decisions/", inventory.workflow_decisions, name="workflow_decisions"),
    path("decision-classes/", inventory.decision_inventory, name="decision_inventory"),
    path("decision-classes/export/", inventory_files.inventory_export, name="inventory_export"),
    path("decision-classes/import/", inventory_files.inventory_upload, name="inventory_upload"),
    path("decision-classes/import/<int:pk>/", inventory_files.inventory_file, name="inventory_file"),
    path("decision-classes/import/<int:pk>/land/", inventory_files.inventory_land, name="inventory_land"),
    path("decision-classes/import/<int:pk>/rejected/", inventory_files.inventory_rejected, name="inventory_rejected"),
    path("administration/lists/", lists.list_index, name="list_index"),
    path("administration/lists/<slug:slug>/", lists.list_detail, name="list_detail"),
    path("administration/lists/<slug:slug>/<int:pk>/", lists.list_entry, name="list_entry"),
    path("administration/lists/<slug:slug>/<int:pk>/retire/", lists.list_entry_retire, name="list_entry_retire"),
    path(
        "administration/lists/<slug:slug>/<int:pk>/bring-back/",
        lists.list_entry_bring_back,
        name="list_entry_bring_back",
    ),
    *risk_urls.ALL,
    path("portfolio/", ranking.ranking_list, name="ranking"),
    path("portfolio/map/", ranking.ranking_map, name="ranking_map"),
    path("portfolio/export/", ranking.ranking_export, name="ranking_export"),
    path("portfolio/what-if/", ranking.what_if, name="what_if"),
    path("portfolio/what-if/export/", ranking.what_if_export, name="what_if_export"),
    path("register/", register.register_list, name="register"),
    path("register/board/", register.register_board, name="register_board"),
    path("register/map/", register.register_map, name="register_map"),
    path("register/export/", register_export.register_export, name="register_export"),
    path("register/change/", bulk.bulk_edit, name="bulk_edit"),
    path("register/change/<int:pk>/undo/", bulk.bulk_edit_undo, name="bulk_edit_undo"),
    path("register/views/", saved_views.view_save, name="view_save"),
    path("register/views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
]
