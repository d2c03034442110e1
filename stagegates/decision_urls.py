"""Addresses of decisions and of what follows from them."""

from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import audits, ballots, conditions, deciding, decisions, merges

urlpatterns = [
    path("reviews/<int:pk>/decide/", deciding.review_decide, name="review_decide"),
    path("reviews/<int:pk>/confirm-tier/", deciding.tier_confirm, name="tier_confirm"),
    path("reviews/<int:pk>/name-decider/", deciding.decider_name, name="decider_name"),
    path("initiatives/<reference:pk>/decide/", deciding.initiative_decide, name="initiative_decide"),
    path("initiatives/<reference:pk>/merge/", merges.initiative_merge, name="initiative_merge"),
    path("initiatives/<reference:pk>/merged/<reference:merged>/", merges.merged_detail, name="merged_detail"),
    path("merges/<int:pk>/undo/", merges.merge_undo, name="merge_undo"),
    path("ballots/<int:pk>/", ballots.ballot_detail, name="ballot_detail"),
    path("ballots/<int:pk>/withdraw/", ballots.ballot_withdraw, name="ballot_withdraw"),
    path("decisions/", decisions.decision_list, name="decision_list"),
    path("decisions/export/", decisions.decision_export, name="decision_export"),
    path("decisions/<int:pk>/", decisions.decision_detail, name="decision_detail"),
    path("conditions/", conditions.condition_list, name="condition_list"),
    path("conditions/<int:pk>/", conditions.condition_detail, name="condition_detail"),
    path("conditions/<int:pk>/meet/", conditions.condition_meet, name="condition_meet"),
    path("conditions/<int:pk>/confirm/", conditions.condition_confirm, name="condition_confirm"),
    path("conditions/<int:pk>/refuse/", conditions.condition_refuse, name="condition_refuse"),
    path("conditions/<int:pk>/waive/", conditions.condition_waive, name="condition_waive"),
    path("fast-lane/audits/", audits.audit_list, name="audit_list"),
    path("fast-lane/audits/<int:pk>/", audits.audit_record, name="audit_record"),
]
