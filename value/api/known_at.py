"""Up to when entries count as known: a moment, or a whole day."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from ..asked_days import PLAIN_DAY, moment_of

TOLD = "Only what was recorded by then; now unless told. A plain day means the end of it in the office's time zone."


class KnownAtField(serializers.DateTimeField):
    def __init__(self, *, required: bool = False, help_text: str = TOLD, **more: Any) -> None:
        super().__init__(required=required, help_text=help_text, **more)

    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str) and PLAIN_DAY.fullmatch(value) and (found := moment_of(value)):
            return found
        return super().to_internal_value(value)
