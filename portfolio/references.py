"""References in addresses: AI-0042, IN-0042 and INC-0042, and whatever people type for them.

Importing this makes them known.
"""

from django.urls import register_converter


class ReferenceConverter:
    """`AI-0042` or `ai-42` as the initiative's id."""

    # Nine digits fit every id that a register will ever have, and no number that Postgres refuses.
    regex = r"[Aa][Ii]-[0-9]{1,9}"
    letters = "AI"

    def to_python(self, value: str) -> int:
        return int(value.rpartition("-")[2])

    def to_url(self, value: str | int) -> str:
        return value if isinstance(value, str) else f"{self.letters}-{value:04d}"


class IntakeConverter(ReferenceConverter):
    """`IN-0042` or `in-42` as the request's id."""

    regex = r"[Ii][Nn]-[0-9]{1,9}"
    letters = "IN"


class IncidentConverter(ReferenceConverter):
    """`INC-0042` or `inc-42` as the incident's id."""

    regex = r"[Ii][Nn][Cc]-[0-9]{1,9}"
    letters = "INC"


register_converter(ReferenceConverter, "reference")
register_converter(IntakeConverter, "intake")
register_converter(IncidentConverter, "incident")
