"""Errors whose sentence is fit for the user. Pages show it, the API answers 409 with it."""


class DomainError(Exception):
    """A rule of the office was not met. `field` names the form field it concerns, when there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class ConflictError(DomainError):
    """Somebody else changed the same thing first. `changes` maps a field to what each of the two wants."""

    def __init__(self, message: str, *, changes: dict[str, "Difference"]) -> None:
        super().__init__(message)
        self.changes = changes


class Difference:
    """One field with three values: what you saw, what is there now, and what you sent."""

    def __init__(self, was: object, now: object, yours: object) -> None:
        self.was, self.now, self.yours = was, now, yours
