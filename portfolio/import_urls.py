"""The addresses of imports and value maps."""

from django.urls import path, re_path

from .views import imports, value_maps

urlpatterns = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_upload, name="import_upload"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_mapping, name="import_mapping"),
    path("imports/<int:pk>/preview/", imports.import_preview, name="import_preview"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    re_path(r"^imports/(?P<pk>\d+)/rejected\.(?P<kind>csv|xlsx)$", imports.import_rejected, name="import_rejected"),
    path("administration/value-maps/", value_maps.value_map_index, name="value_map_index"),
    path("administration/value-maps/<slug:kind>/", value_maps.value_map_detail, name="value_map_detail"),
    path("administration/value-maps/entries/<int:pk>/", value_maps.value_map_history, name="value_map_history"),
    path("administration/value-maps/entries/<int:pk>/edit/", value_maps.value_map_edit, name="value_map_edit"),
]
