from django.urls import include, path

from . import import_urls, initiative_urls, intake_urls, tool_urls
from .views import barriers, bulk, lists, register, register_export, saved_views

app_name = "portfolio"
urlpatterns = [
    path("initiatives/", include(initiative_urls.urlpatterns)),
    path("intakes/", include(intake_urls.urlpatterns)),
    path("barriers/", barriers.barrier_list, name="barrier_list"),
    path("barriers/export/", barriers.barrier_export, name="barrier_export"),
    path("tools/", include(tool_urls.urlpatterns)),
    *import_urls.urlpatterns,
    path("administration/lists/", lists.list_index, name="list_index"),
    path("administration/lists/<slug:slug>/", lists.list_detail, name="list_detail"),
    path("administration/lists/<slug:slug>/<int:pk>/", lists.list_entry, name="list_entry"),
    path("administration/lists/<slug:slug>/<int:pk>/retire/", lists.list_entry_retire, name="list_entry_retire"),
    path(
        "administration/lists/<slug:slug>/<int:pk>/bring-back/",
        lists.list_entry_bring_back,
        name="list_entry_bring_back",
    ),
    path("register/", register.register_list, name="register"),
    path("register/board/", register.register_board, name="register_board"),
    path("register/map/", register.register_map, name="register_map"),
    path("register/export/", register_export.register_export, name="register_export"),
    path("register/change/", bulk.bulk_edit, name="bulk_edit"),
    path("register/change/<int:pk>/undo/", bulk.bulk_edit_undo, name="bulk_edit_undo"),
    path("register/views/", saved_views.view_save, name="view_save"),
    path("register/views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
]
