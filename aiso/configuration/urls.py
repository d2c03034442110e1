from django.urls import path

from . import views

app_name = "configuration"
urlpatterns = [
    path("administration/configuration/", views.index, name="index"),
    path("administration/configuration/<slug:slug>/", views.kind_detail, name="kind_detail"),
    path(
        "administration/configuration/<slug:slug>/versions/<int:number>/", views.version_detail, name="version_detail"
    ),
    path(
        "administration/configuration/<slug:slug>/versions/<int:number>/withdraw/",
        views.version_withdraw,
        name="version_withdraw",
    ),
    path("administration/configuration/<slug:slug>/start/", views.draft_start, name="draft_start"),
    path("administration/configuration/<slug:slug>/draft/", views.draft_edit, name="draft_edit"),
    path("administration/configuration/<slug:slug>/draft/discard/", views.draft_discard, name="draft_discard"),
    path("administration/configuration/<slug:slug>/draft/publish/", views.draft_publish, name="draft_publish"),
]
