"""The addresses below /initiatives/."""

from django.urls import path

from . import references  # noqa: F401 - paths name its converter
from .views import (
    decision_level,
    initiative,
    initiative_decisions,
    initiative_discussion,
    initiative_edit,
    initiative_files,
    initiative_history,
    initiative_imported,
    initiative_lane,
    initiative_outcomes,
    initiative_owners,
    initiative_register,
    initiative_risk,
)

urlpatterns = [
    path("new/", initiative_register.initiative_register, name="initiative_register"),
    path("<reference:pk>/", initiative.initiative_detail, name="initiative_detail"),
    path("<reference:pk>/preview/", initiative.initiative_preview, name="initiative_preview"),
    path("<reference:pk>/undo/<str:key>/", initiative.initiative_undo, name="initiative_undo"),
    path("<reference:pk>/edit/", initiative_edit.initiative_edit, name="initiative_edit"),
    path("<reference:pk>/edit/<slug:field>/", initiative_edit.initiative_edit_field, name="initiative_edit_field"),
    path("<reference:pk>/owners/", initiative_owners.initiative_owners, name="initiative_owners"),
    path("<reference:pk>/owners/<slug:kind>/", initiative_owners.owner_assign, name="owner_assign"),
    path("<reference:pk>/owners/<slug:kind>/deputies/", initiative_owners.deputy_add, name="deputy_add"),
    path("<reference:pk>/deputies/<int:ownership>/remove/", initiative_owners.deputy_remove, name="deputy_remove"),
    path("<reference:pk>/risk/", initiative_risk.initiative_risk, name="initiative_risk"),
    path("<reference:pk>/risk/<slug:kind>/", initiative_risk.questions_answer, name="questions_answer"),
    path("<reference:pk>/lane/raise/", initiative_lane.lane_raise, name="lane_raise"),
    path("<reference:pk>/lane/lower/", initiative_lane.lane_lower, name="lane_lower"),
    path("<reference:pk>/decisions/", initiative_decisions.initiative_decisions, name="initiative_decisions"),
    path("<reference:pk>/decisions/new/", initiative_decisions.decision_add, name="decision_add"),
    path("<reference:pk>/decisions/<int:decision>/", initiative_decisions.decision_edit, name="decision_edit"),
    path(
        "<reference:pk>/decisions/<int:decision>/remove/", initiative_decisions.decision_remove, name="decision_remove"
    ),
    path("<reference:pk>/decisions/accept/", initiative_decisions.map_accept, name="map_accept"),
    path("<reference:pk>/decisions/<int:decision>/level/", decision_level.decision_level, name="decision_level"),
    path("<reference:pk>/decisions/<int:decision>/level/choose/", decision_level.level_choose, name="level_choose"),
    path(
        "<reference:pk>/decisions/<int:decision>/level/<int:choice>/agree/",
        decision_level.level_agree,
        name="level_agree",
    ),
    path("<reference:pk>/decisions/<int:decision>/level/<int:choice>/end/", decision_level.level_end, name="level_end"),
    path("<reference:pk>/decisions/<int:decision>/steps/<int:step>/", decision_level.step_answer, name="step_answer"),
    path("<reference:pk>/decisions/<int:decision>/readings/", decision_level.reading_record, name="reading_record"),
    path("<reference:pk>/outcomes/", initiative_outcomes.initiative_outcomes, name="initiative_outcomes"),
    path("<reference:pk>/outcomes/new/", initiative_outcomes.metric_add, name="metric_add"),
    path("<reference:pk>/outcomes/<int:metric>/", initiative_outcomes.metric_edit, name="metric_edit"),
    path("<reference:pk>/outcomes/<int:metric>/remove/", initiative_outcomes.metric_remove, name="metric_remove"),
    path("<reference:pk>/discussion/", initiative_discussion.initiative_discussion, name="initiative_discussion"),
    path("<reference:pk>/discussion/new/", initiative_discussion.comment_add, name="comment_add"),
    path("<reference:pk>/discussion/<int:comment>/", initiative_discussion.comment_edit, name="comment_edit"),
    path(
        "<reference:pk>/discussion/<int:comment>/withdraw/",
        initiative_discussion.comment_withdraw,
        name="comment_withdraw",
    ),
    path("<reference:pk>/files/", initiative_files.initiative_files, name="initiative_files"),
    path("<reference:pk>/files/new/", initiative_files.file_attach, name="file_attach"),
    path("<reference:pk>/files/<int:file>/", initiative_files.file_download, name="file_download"),
    path("<reference:pk>/files/<int:file>/remove/", initiative_files.file_remove, name="file_remove"),
    path("<reference:pk>/links/new/", initiative_files.link_add, name="link_add"),
    path("<reference:pk>/links/<int:link>/remove/", initiative_files.link_remove, name="link_remove"),
    path("<reference:pk>/imported/", initiative_imported.initiative_imported, name="initiative_imported"),
    path("<reference:pk>/history/", initiative_history.initiative_history, name="initiative_history"),
]
