"""The addresses of the governance matrix: trying a draft, monitoring."""

from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import draft_try, monitoring

urlpatterns = [
    path("administration/configuration/<slug:slug>/draft/try/", draft_try.draft_try, name="draft_try"),
    path("initiatives/<reference:pk>/monitoring/<int:task>/", monitoring.monitoring_record, name="monitoring_record"),
]
