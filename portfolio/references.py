"""References in addresses: AI-0042, and whatever people type for it. Importing this makes it known to paths."""

from django.urls import register_converter


class ReferenceConverter:
    """`AI-0042` or `ai-42` as the initiative's id."""

    # Nine digits fit every id that a register will ever have, and no number that Postgres refuses.
    regex = r"[Aa][Ii]-[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return int(value[3:])

    def to_url(self, value: str | int) -> str:
        return value if isinstance(value, str) else f"AI-{value:04d}"


register_converter(ReferenceConverter, "reference")
