"""Up to which day things count as happened, and up to when as known: a moment, or a whole day."""

from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from ..asked_days import FIRST_DAY, LAST_DAY, PLAIN_DAY, moment_of

COUNTED = "The last day counted, today unless told."
TOLD = "Only what was recorded by then; now unless told. A plain day means the end of it in the office's time zone."


class AsOfField(serializers.DateField):
    def __init__(self, *, required: bool = False, help_text: str = COUNTED, **more: Any) -> None:
        super().__init__(required=required, help_text=help_text, **more)

    def to_internal_value(self, value: Any) -> date:
        found: date = super().to_internal_value(value)
        if not FIRST_DAY <= found <= LAST_DAY:
            raise serializers.ValidationError(f"Give a day from {FIRST_DAY} to {LAST_DAY}.")
        return found


class KnownAtField(serializers.DateTimeField):
    def __init__(self, *, required: bool = False, help_text: str = TOLD, **more: Any) -> None:
        super().__init__(required=required, help_text=help_text, **more)

    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str) and PLAIN_DAY.fullmatch(value) and (found := moment_of(value)):
            return found
        return super().to_internal_value(value)
