from django.urls import include, path

from . import initiative_urls
from .views import bulk, register, register_export, saved_views

app_name = "portfolio"
urlpatterns = [
    path("initiatives/", include(initiative_urls.urlpatterns)),
    path("register/", register.register_list, name="register"),
    path("register/board/", register.register_board, name="register_board"),
    path("register/map/", register.register_map, name="register_map"),
    path("register/export/", register_export.register_export, name="register_export"),
    path("register/change/", bulk.bulk_edit, name="bulk_edit"),
    path("register/change/<int:pk>/undo/", bulk.bulk_edit_undo, name="bulk_edit_undo"),
    path("register/views/", saved_views.view_save, name="view_save"),
    path("register/views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
]
