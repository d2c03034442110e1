"""Addresses of risks: over the whole portfolio, and below an initiative."""

from django.urls import path

from .views import initiative_risks as one
from .views import risk_register as all_of_them

ALL = [
    path("risks/", all_of_them.risk_list, name="risk_list"),
    path("risks/export/", all_of_them.risk_export, name="risk_export"),
]
BELOW_INITIATIVE = [
    path("<reference:pk>/risks/", one.initiative_risks, name="initiative_risks"),
    path("<reference:pk>/risks/new/", one.risk_raise, name="risk_raise"),
    path("<reference:pk>/risks/<int:risk>/", one.risk_detail, name="risk_detail"),
    path("<reference:pk>/risks/<int:risk>/edit/", one.risk_change, name="risk_change"),
    path("<reference:pk>/risks/<int:risk>/treat/", one.risk_treat, name="risk_treat"),
    path("<reference:pk>/risks/<int:risk>/close/", one.risk_close, name="risk_close"),
    path("<reference:pk>/risks/<int:risk>/reopen/", one.risk_reopen, name="risk_reopen"),
    path("<reference:pk>/risks/<int:risk>/accept/", one.risk_accept, name="risk_accept"),
    path("<reference:pk>/risks/<int:risk>/withdraw/", one.risk_withdraw, name="risk_withdraw"),
]
