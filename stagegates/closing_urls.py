"""Addresses of what was closed."""

from django.urls import path

from .views import closings, decommissioning

urlpatterns = [
    path("closings/", closings.closing_list, name="closing_list"),
    path("closings/export/", closings.closing_export, name="closing_export"),
    path("closings/<int:pk>/", closings.closing_detail, name="closing_detail"),
    path("closings/<int:pk>/lessons/", closings.lesson_add, name="lesson_add"),
    path("decommissioning/<int:pk>/", decommissioning.thing_detail, name="thing_detail"),
    path("decommissioning/<int:pk>/done/", decommissioning.thing_done, name="thing_done"),
    path("decommissioning/<int:pk>/not-needed/", decommissioning.thing_not_needed, name="thing_not_needed"),
    path("decommissioning/<int:pk>/hand-over/", decommissioning.thing_hand_over, name="thing_hand_over"),
]
