"""Columns of money, and what Postgres says when a rule of it is broken."""

from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Round

# Errors of rules carry the code of a check constraint, so that Django tells them as one.
CHECK = "USING ERRCODE = '23514'"


def sum_in_currency(**options: Any) -> Any:
    """An amount in the currency that stands beside it."""
    return models.DecimalField(max_digits=16, decimal_places=2, **options)


def rate_to_reporting(**options: Any) -> Any:
    """Units of the reporting currency for one of the currency beside it."""
    return models.DecimalField(max_digits=18, decimal_places=8, **options)


def in_reporting_currency(*, of_share: bool = False) -> models.GeneratedField:
    """The amount by its rate, or only the share of it that stands beside it; half a cent away from zero."""
    whole = F("amount") * F("rate")
    return models.GeneratedField(
        expression=Round(whole * F("share") if of_share else whole, 2),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
    )
