"""One risk as one person sees it: what it is, who may do what, and what became of it."""

from functools import cached_property

from aiso.accounts.models import User
from aiso.audit.history import History, Told, history_of

from .models import Initiative, Risk, RiskAcceptance, RiskAcceptanceEnd
from .models.register_risk import RiskQuerySet
from .models.stage import ENDED
from .risk_appetite import risk_appetite
from .risk_lines import ScoreLine, acceptance_of, score_line
from .risk_permissions import can_accept_risk, can_change_risk, can_withdraw_acceptance

ACCEPTANCES = (
    Told(RiskAcceptance, says=str, hide=("initiative", "risk", "accepted_by", "accepted_at")),
    Told(RiskAcceptanceEnd, says=str, hide=("initiative", "risk", "acceptance", "ended_by", "ended_at")),
)
# What the history of a risk does not tell, because it is told otherwise.
UNTOLD = ("initiative", "acceptance", "raised_by", "raised_at", "status_by", "status_at", "assessed_by")


class RiskPage:
    """What the page shows is read once."""

    def __init__(self, person: User, risk: Risk) -> None:
        self.person, self.risk = person, risk

    @cached_property
    def appetite(self) -> int:
        return risk_appetite()

    @cached_property
    def may_change(self) -> bool:
        return can_change_risk(self.person, self.risk)

    @property
    def goes_on(self) -> bool:
        initiative = self.risk.initiative
        return initiative.stage not in ENDED and not initiative.is_off_register

    @property
    def may_treat(self) -> bool:
        """Not before somebody accepts it, where that is its treatment."""
        is_left = self.risk.status == Risk.Status.OPEN and self.goes_on and self.may_change
        return is_left and (self.risk.treatment != Risk.Treatment.ACCEPT or self.risk.is_accepted)

    @cached_property
    def may_accept(self) -> bool:
        """Whether there is something to accept for this person: not yet, no longer, or not for long."""
        held = self.risk.last_acceptance
        is_due = held is None or held.is_expired or held.is_expiring
        is_running = self.goes_on and not self.risk.is_closed
        return is_due and is_running and can_accept_risk(self.person, self.risk, appetite=self.appetite)

    @cached_property
    def may_withdraw(self) -> bool:
        return self.risk.is_accepted and can_withdraw_acceptance(self.person, self.risk)

    @property
    def acceptance(self) -> str:
        return acceptance_of(self.risk)

    @property
    def is_above(self) -> bool:
        return self.risk.residual_score > self.appetite

    @property
    def scores(self) -> list[ScoreLine]:
        """Before and after treatment: likelihood and impact in words, the score, its level, and whether it is above."""
        return [score_line(self.risk, basis, self.appetite) for basis in ("inherent", "residual")]

    @property
    def acceptances(self) -> list[RiskAcceptance]:
        return [*self.risk.acceptances.select_related("accepted_by", "end__ended_by").order_by("-pk")]

    def history(self, after: str = "") -> History:
        return history_of_risk(self.risk, after=after)


def history_of_risk(risk: Risk, *, after: str = "") -> History:
    """Who changed what of it, with its acceptances, newest first."""
    return history_of(risk, ACCEPTANCES, hide=UNTOLD, after=after)


def risks_to_show(initiative: Initiative) -> RiskQuerySet:
    """Those of an initiative with what a page says of each."""
    return Risk.objects.filter(initiative=initiative).select_related(
        "initiative", "owner", "raised_by", "status_by", "acceptance__accepted_by"
    )
