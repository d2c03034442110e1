"""The addresses below /intakes/."""

from django.urls import path

from . import references  # noqa: F401  # makes the references known to paths
from .views import intake_detail, intake_list, intake_triage, intake_write

urlpatterns = [
    path("", intake_list.intake_list, name="intake_list"),
    path("new/", intake_write.intake_start, name="intake_start"),
    path("<intake:pk>/", intake_detail.intake_detail, name="intake_detail"),
    path("<intake:pk>/review/", intake_write.intake_review, name="intake_review"),
    path("<intake:pk>/withdraw/", intake_write.intake_withdraw, name="intake_withdraw"),
    path("<intake:pk>/reply/", intake_detail.intake_reply, name="intake_reply"),
    path("<intake:pk>/join/", intake_detail.intake_join, name="intake_join"),
    path("<intake:pk>/accept/", intake_triage.intake_accept, name="intake_accept"),
    path("<intake:pk>/ask/", intake_triage.intake_ask, name="intake_ask"),
    path("<intake:pk>/decline/", intake_triage.intake_decline, name="intake_decline"),
    path("<intake:pk>/steps/<slug:step>/", intake_write.intake_step, name="intake_step"),
    path("<intake:pk>/steps/<slug:step>/save/", intake_write.intake_save, name="intake_save"),
]
