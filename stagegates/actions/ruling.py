"""What is to be decided, before it is checked and recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from portfolio.models import Initiative
from portfolio.permissions import sees

from ..models import Closure, Decision
from ..models.decision import APPROVING

WHY_CLOSED = "Choose why it is closed."
WHAT_LEARNT = "Say what was learnt. It is shown where somebody asks for something similar."


@dataclass(frozen=True)
class NewCondition:
    """A condition that is to be set: what, who sees to it, and until when."""

    text: str
    owner: User
    due_on: date

    def check(self, initiative: Initiative) -> None:
        """Raises DomainError for one that nobody could meet."""
        if not self.text.strip():
            raise DomainError("Say what the condition demands.", field="conditions")
        if not self.owner.is_active or self.owner.is_service_account:
            raise DomainError("Somebody who is with the company sees to a condition.", field="conditions")
        if not sees(self.owner, initiative):
            told = f"{self.owner} does not see this initiative. Choose somebody who does."
            raise DomainError(told, field="conditions")
        if self.due_on < clock.today():
            raise DomainError("A condition is due today or later.", field="conditions")


@dataclass(frozen=True)
class Closing:
    """Why an initiative ends, what was learnt, and what can be used again, and where it is."""

    reason: str
    lessons: str
    reusable: str = ""

    def check(self) -> None:
        """Raises DomainError for one that lacks its reason or its lessons."""
        if self.reason not in Closure.Reason.values:
            raise DomainError(WHY_CLOSED, field="closing_reason")
        if not self.lessons.strip():
            raise DomainError(WHAT_LEARNT, field="lessons")


@dataclass(frozen=True)
class Ruling:
    """What is decided: the outcome, why, and what it needs. Amounts are in the reporting currency.

    `overrides` gives a reason for each block that is overridden, by its key. `release_now` is what of the amount is
    released at once, the rest is withheld until the conditions are met; None is all of it without conditions, and
    nothing of it with some. `closing` goes with terminating, and with that alone; `survivor` is the initiative into
    which this one is merged.
    """

    outcome: str
    rationale: str
    conditions: Sequence[NewCondition] = ()
    hold_until: date | None = None
    back_to: str = ""
    amount: Decimal | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    release_now: Decimal | None = None
    closing: Closing | None = None
    survivor: Initiative | None = None

    @property
    def is_approving(self) -> bool:
        return self.outcome in APPROVING


def closing_of(ruling: Ruling) -> Closing | None:
    """What ending it says; none for other outcomes. Raises DomainError where terminating lacks it."""
    if ruling.outcome != Decision.Outcome.TERMINATE:
        return None
    closing = ruling.closing or Closing("", "")
    closing.check()
    return Closing(closing.reason, closing.lessons.strip(), closing.reusable.strip())
