"""Addresses of money, and of growing."""

from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import expansions, funding, funding_requests
from .views.spend_files import SPEND_FILES

urlpatterns = [
    path("funding/", funding.funding, name="funding"),
    path("funding/envelopes/new/", funding.envelope_set, name="envelope_set"),
    path("funding/envelopes/<int:pk>/", funding.envelope_detail, name="envelope_detail"),
    path("funding/envelopes/<int:pk>/change/", funding.envelope_change, name="envelope_change"),
    path("funding/tranches/<int:pk>/", funding.tranche_detail, name="tranche_detail"),
    path("funding/tranches/<int:pk>/release/", funding.tranche_release, name="tranche_release"),
    path("funding/tranches/<int:pk>/spend/", funding.tranche_spend, name="tranche_spend"),
    path("funding/entries/<int:pk>/reverse/", funding.entry_reverse, name="entry_reverse"),
    *SPEND_FILES.paths("funding/spending/"),
    path("funding/requests/", funding_requests.request_list, name="funding_requests"),
    path("funding/requests/<int:pk>/", funding_requests.request_detail, name="funding_request"),
    path("funding/requests/<int:pk>/withdraw/", funding_requests.request_withdraw, name="funding_withdraw"),
    path("expansions/", expansions.expansion_list, name="expansion_list"),
    path("expansions/<int:pk>/", expansions.expansion_detail, name="expansion_detail"),
    path("expansions/<int:pk>/withdraw/", expansions.expansion_withdraw, name="expansion_withdraw"),
    path("initiatives/<reference:pk>/expansions/ask/", expansions.expansion_ask, name="expansion_ask"),
    path("initiatives/<reference:pk>/funding/", funding_requests.initiative_funding, name="initiative_funding"),
    path("initiatives/<reference:pk>/funding/ask/", funding_requests.funding_ask, name="funding_ask"),
]
