from django.urls import path

# Importing this makes known to paths what stands in addresses.
from portfolio import references  # noqa: F401

from .views import checklist, library

app_name = "standards"
urlpatterns = [
    path("standards/", library.library, name="library"),
    path("standards/new/", library.standard_add, name="standard_add"),
    path("standards/<slug:slug>/", library.standard_detail, name="standard_detail"),
    path("standards/<slug:slug>/edit/", library.standard_edit, name="standard_edit"),
    path("initiatives/<reference:pk>/standards/", checklist.initiative_standards, name="initiative_standards"),
    path("initiatives/<reference:pk>/standards/<slug:slug>/", checklist.checklist_answer, name="checklist_answer"),
    path("initiatives/<reference:pk>/standards/<slug:slug>/save/", checklist.checklist_save, name="checklist_save"),
    path("initiatives/<reference:pk>/standards/<slug:slug>/read/", checklist.checklist_read, name="checklist_read"),
]
