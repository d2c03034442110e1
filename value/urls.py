from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import catalogue, claims, cost_files, incident_costs, ledger, measurements, months

app_name = "value"
INITIATIVE = "initiatives/<reference:pk>/"
BELOW = f"{INITIATIVE}measurements/"
ENTRY = "ledger/entries/<int:pk>/"
urlpatterns = [
    path(BELOW, measurements.initiative_measurements, name="initiative_measurements"),
    path(f"{BELOW}<int:metric>/new/", measurements.measurement_record, name="measurement_record"),
    path("measurements/", measurements.measurement_list, name="measurement_list"),
    path("measurements/export/", measurements.measurement_export, name="measurement_export"),
    path("measurements/<int:pk>/", measurements.measurement_detail, name="measurement_detail"),
    path("measurements/<int:pk>/correct/", measurements.measurement_correct, name="measurement_correct"),
    path("measurements/<int:pk>/confirm/", measurements.measurement_confirm, name="measurement_confirm"),
    path("measurements/<int:pk>/reject/", measurements.measurement_reject, name="measurement_reject"),
    path(f"{INITIATIVE}value/", ledger.initiative_value, name="initiative_value"),
    path(f"{INITIATIVE}value/cost/", ledger.cost_post, name="cost_post"),
    path(f"{INITIATIVE}value/claim/", ledger.claim_post, name="claim_post"),
    path(f"{INITIATIVE}value/<int:metric>/match/", catalogue.metric_match, name="metric_match"),
    path("incidents/<incident:pk>/costs/new/", incident_costs.incident_cost, name="incident_cost"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("ledger/rates/", months.rates, name="rates"),
    path("ledger/months/", months.months, name="months"),
    path("ledger/months/close/", months.month_close, name="month_close"),
    path("ledger/files/new/", cost_files.cost_upload, name="cost_upload"),
    path("ledger/files/<int:pk>/", cost_files.cost_file, name="cost_file"),
    path("ledger/files/<int:pk>/land/", cost_files.cost_land, name="cost_land"),
    path("ledger/files/<int:pk>/rejected/", cost_files.cost_rejected, name="cost_rejected"),
    path(ENTRY, claims.ledger_entry, name="ledger_entry"),
    path(f"{ENTRY}reverse/", ledger.ledger_reverse, name="ledger_reverse"),
    path(f"{ENTRY}confirm/", claims.claim_confirm, name="claim_confirm"),
    path(f"{ENTRY}correct/", claims.claim_correct, name="claim_correct"),
    path(f"{ENTRY}reject/", claims.claim_reject, name="claim_reject"),
    path("claims/", claims.claim_queue, name="claim_queue"),
    path("claims/confirm/", claims.claims_confirm, name="claims_confirm"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/new/", catalogue.catalogue_add, name="catalogue_add"),
    path("catalogue/<int:pk>/", catalogue.catalogue_metric, name="catalogue_metric"),
    path("catalogue/<int:pk>/edit/", catalogue.catalogue_edit, name="catalogue_edit"),
    path("catalogue/<int:pk>/value/", catalogue.unit_value_approve, name="unit_value_approve"),
]
