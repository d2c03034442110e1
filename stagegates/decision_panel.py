"""What a person sees and may do where a review is decided: outcomes with their consequences, blocks, votes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from forums.models import Forum
from forums.tally import Tally
from portfolio.models import Initiative, Lane, Stage
from portfolio.models.stage import ENDED, IN_PRODUCTION
from portfolio.permissions import can_see_money

from .actions.decide import OF_INITIATIVES, OF_REVIEWS, gates_to_send_back_to
from .askings import all_bodies
from .ballots import may_vote, still_to_vote, tally_of
from .blocks import Block, blocks_of, standing_confirmation
from .deciding import (
    bodies_of,
    can_act,
    decides_alone,
    eligible_of,
    holds,
    latest_naming,
    stage_before_pause,
    who_decides,
)
from .forms.decisions import DecisionForm, VoteForm
from .models import BallotVote, Decision, Envelope, GateReview, NamedDecider, TierConfirmation, WrittenBallot
from .models.decision import APPROVING
from .money import Funding, envelope_of, freed, funding_of
from .permissions import can_confirm_tier, can_decide, can_name_decider, can_open_ballot
from .rights import WhoDecides
from .separation import has_waived

Outcome = Decision.Outcome

ICONS = {
    Outcome.APPROVE: "circle-check",
    Outcome.CONDITIONS: "list-check",
    Outcome.HOLD: "clock",
    Outcome.SEND_BACK: "arrow-back-up",
    Outcome.PAUSE: "player-pause",
    Outcome.TERMINATE: "ban",
    Outcome.MERGE: "git-merge",
}


@dataclass(frozen=True)
class Choice:
    """One outcome on the page, with what it leads to and the key that chooses it."""

    value: str
    label: str
    icon: str
    leads_to: str
    key: int
    is_chosen: bool
    is_possible: bool = True


class DecisionPanel:
    """How one review is decided, as one person sees it. A fixed number of queries."""

    def __init__(self, review: GateReview, person: User, data: QueryDict | None = None) -> None:
        self.review, self.person, self.data = review, person, data

    @cached_property
    def who(self) -> WhoDecides:
        return who_decides(self.review)

    @cached_property
    def body(self) -> Forum | None:
        """Whom it waits for."""
        return self.review.body or self.needed

    @cached_property
    def needed(self) -> Forum | None:
        """The body that could approve it now; a higher one than it waits for, when money or risk have grown."""
        return all_bodies().get(self.who.body)

    @property
    def needs_higher(self) -> bool:
        return bool(self.body and self.needed and self.needed.rank > self.body.rank)

    @property
    def asked(self) -> Forum | None:
        """The body that is to approve it."""
        return self.needed if self.needs_higher else self.body

    @cached_property
    def approver(self) -> Forum | None:
        """The body that alone can approve it now: above the one asked where a function objects."""
        bodies = [each for each in (self.asked, self.review.higher_body) if each]
        return max(bodies, key=lambda body: body.rank, default=None)

    @property
    def can_approve(self) -> bool:
        """Whether one of the bodies for which the person speaks is high enough to approve it now."""
        speaks = [each.rank for each in (*self.seats, *self.ballot_bodies)]
        return self.approver is None or self.is_named or max(speaks, default=0) >= self.approver.rank

    @cached_property
    def may_decide_at_all(self) -> bool:
        return self.review.is_ready and can_decide(self.person, self.review)

    @cached_property
    def has_waived(self) -> bool:
        """Whether the person has a seat for it, and yet does not decide, as they waived something of it."""
        seated = self.review.is_ready and self.body and bodies_of(self.person, self.body)
        return bool(seated) and has_waived(self.person, self.review)

    @cached_property
    def naming(self) -> NamedDecider | None:
        """Whom the sponsor named last."""
        return latest_naming(self.review)

    @property
    def named(self) -> NamedDecider | None:
        """Whom the sponsor named, while that holds."""
        return self.naming if self.naming and holds(self.naming, self.asked) else None

    @property
    def why_lapsed(self) -> str:
        """Why whom the sponsor named last does not decide; empty while that holds."""
        if self.naming is None or self.named:
            return ""
        return f"{self.asked} is asked now" if can_act(self.naming) else f"{self.naming.person} may not decide any more"

    @cached_property
    def seats(self) -> list[Forum]:
        """The bodies for which the person may speak, the lowest first."""
        return bodies_of(self.person, self.body) if self.body and self.may_decide_at_all else []

    @cached_property
    def alone_in(self) -> Forum | None:
        """The body for which the person decides alone; none for a member who votes."""
        return next((body for body in self.seats if decides_alone(self.person, body)), None)

    @property
    def is_named(self) -> bool:
        return bool(self.named and self.named.person_id == self.person.pk)

    @property
    def may_decide(self) -> bool:
        return self.may_decide_at_all and (self.alone_in is not None or self.is_named)

    @cached_property
    def ballot_bodies(self) -> list[Forum]:
        """The bodies whose members the person may ask to vote in writing."""
        if self.body is None or not self.review.is_ready or not can_open_ballot(self.person, self.review):
            return []
        return [body for body in self.seats or [self.body] if not body.is_delegate]

    @property
    def may_open_ballot(self) -> bool:
        return bool(self.ballot_bodies) and self.ballot is None

    @cached_property
    def may_name(self) -> bool:
        return self.review.is_ready and self.named is None and can_name_decider(self.person, self.review)

    @cached_property
    def nobody_eligible(self) -> bool:
        return self.asked is not None and not eligible_of(self.asked, self.review).exists()

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of(self.review) if self.review.is_open else []

    @property
    def to_override(self) -> list[Block]:
        """What the person's body is high enough to override."""
        speaks_for = self.alone_in or next(iter(self.ballot_bodies), None)
        deciding = [each.rank for each in (self.body, self.needed) if each]
        if speaks_for is None or not deciding or speaks_for.rank <= max(deciding):
            return []
        return [block for block in self.blocks if block.can_be_overridden]

    @cached_property
    def decisions(self) -> list[Decision]:
        """All on this review, the latest first."""
        return [*self.review.decisions.select_related("body", "decided_by").prefetch_related("conditions__owner")]

    @property
    def latest(self) -> Decision | None:
        return next(iter(self.decisions), None)

    @cached_property
    def ballots(self) -> list[WrittenBallot]:
        ballots = [*self.review.ballots.select_related("body", "opened_by")]
        for ballot in ballots:
            ballot.review = self.review
        return ballots

    @cached_property
    def ballot(self) -> WrittenBallot | None:
        """The open one."""
        return next((each for each in self.ballots if each.is_open), None)

    @cached_property
    def votes(self) -> list[BallotVote]:
        return [*self.ballot.votes.select_related("person")] if self.ballot else []

    @cached_property
    def tally(self) -> Tally | None:
        return tally_of(self.ballot) if self.ballot else None

    @cached_property
    def still_to_vote(self) -> list[User]:
        return still_to_vote(self.ballot) if self.ballot else []

    @cached_property
    def may_vote(self) -> bool:
        voted = {vote.person_id for vote in self.votes}
        return bool(self.ballot and self.person.pk not in voted and may_vote(self.person, self.ballot))

    @property
    def vote_form(self) -> VoteForm:
        return VoteForm()

    @cached_property
    def form(self) -> DecisionForm | None:
        """For those who decide alone or ask for votes."""
        if not (self.may_decide or self.may_open_ballot):
            return None
        seen = self.latest.pk if self.latest else None
        return DecisionForm(self.review, self.to_override, self.data, viewer=self.person, seen=seen)

    @cached_property
    def sees_money(self) -> bool:
        return self.may_decide_at_all or can_see_money(self.person, self.review.initiative)

    @cached_property
    def funding(self) -> Funding:
        """The money of the initiative so far; nothing for those who do not see it."""
        return funding_of([self.review.initiative])[self.review.initiative_id] if self.sees_money else Funding()

    @cached_property
    def envelope(self) -> Envelope | None:
        """Where an approval would take its money from."""
        return envelope_of(self.review.initiative)

    @property
    def lacks_money(self) -> bool:
        """Whether what is asked for cannot be approved, for want of an envelope or of money in it."""
        asked = self.review.amount or 0
        return bool(asked and self.review.is_open and (self.envelope is None or self.envelope.free < asked))

    @property
    def is_fast(self) -> bool:
        return self.review.lane == Lane.FAST

    @cached_property
    def tier_confirmation(self) -> TierConfirmation | None:
        return standing_confirmation(self.review.initiative)

    @cached_property
    def may_confirm_tier(self) -> bool:
        is_open = self.is_fast and self.review.is_open and self.tier_confirmation is None
        return is_open and bool(self.review.initiative.risk_tier) and can_confirm_tier(self.person, self.review)

    @property
    def is_late(self) -> bool:
        due = self.review.decide_by
        return bool(due and self.review.is_ready and due < clock.today())

    @property
    def outcomes(self) -> list[Choice]:
        chosen = self.form["outcome"].value() if self.form else ""
        return [self._choice(each, key, is_chosen=each.value == chosen) for key, each in enumerate(OF_REVIEWS, start=1)]

    def _choice(self, outcome: Decision.Outcome, key: int, *, is_chosen: bool) -> Choice:
        is_possible = outcome not in APPROVING or self.can_approve
        leads_to = self._leads_to(outcome) if is_possible else f"not for you: {self.approver} alone approves it now"
        return Choice(outcome.value, str(outcome.label), ICONS[outcome], leads_to, key, is_chosen, is_possible)

    @property
    def answer(self) -> str:
        """Whom it waits for, or how it was decided, in one sentence."""
        review, latest = self.review, self.latest
        if latest and not review.is_open:
            return f"{latest.ruled} on {figures.day(latest.decided_at)}, by {latest.body}."
        if not review.is_ready:
            return "It is decided once it is submitted."
        if self.body is None:
            return "No body is there that could decide it."
        if latest and latest.hold_until and latest.hold_until > clock.today():
            return f"Held until {figures.day(latest.hold_until)}; then {self.approver} decides."
        by = f" by {figures.day(review.decide_by)}" if review.decide_by else ""
        return f"{self.approver} decides{by}."

    @property
    def why_this_body(self) -> str:
        """Why the body that is named in the answer, in one sentence."""
        if self.approver and self.asked and self.approver.rank > self.asked.rank:
            return f"Why {self.approver}: a function objects, which only the next-higher body may override."
        return f"Why {self.approver}: {self.who.says}." if self.needed else self.who.says

    def _leads_to(self, outcome: str) -> str:
        return "; ".join(self._consequences(outcome))

    def _consequences(self, outcome: str) -> Iterator[str]:
        review = self.review
        amount = figures.money(review.amount) if review.amount and self.sees_money else ""
        stage = Stage(review.to_stage).label.lower()
        match outcome:
            case Outcome.APPROVE | Outcome.CONDITIONS:
                yield f"to {stage}"
                if amount:
                    yield f"approves {amount}"
                if self.blocks:
                    yield f"blocked by {figures.plural(len(self.blocks), 'thing')}"
            case Outcome.HOLD:
                yield "to a date; the review stays open"
            case Outcome.SEND_BACK:
                yield f"to one of {figures.plural(len(gates_to_send_back_to(review)), 'gate')}; ends this review"
            case Outcome.PAUSE:
                yield f"from {review.initiative.get_stage_display().lower()} to paused, until it is resumed"
            case Outcome.TERMINATE:
                yield "closes the initiative"
                if self.funding.to_free:
                    yield freed(self.funding)
                if review.initiative.stage in IN_PRODUCTION:
                    yield "starts its decommissioning"
                if amount:
                    yield f"{amount} asked for is not approved"
            case Outcome.MERGE:
                yield "goes on in another initiative, with what is worked on"
                if self.funding.to_free:
                    yield f"moves {figures.money(self.funding.to_free)}"


def outcomes_for(initiative: Initiative) -> dict[str, str]:
    """What may be decided on an initiative without a review, each with what it leads to; nothing once it ended."""
    if initiative.is_off_register or initiative.stage in ENDED:
        return {}
    before = Stage(stage_before_pause(initiative))
    stage, back = initiative.get_stage_display().lower(), before.label.lower()
    starts = "; starts its decommissioning" if before in IN_PRODUCTION else ""
    leads_to = {
        Outcome.PAUSE: f"from {stage} to paused, until it is resumed; it keeps its place on the way",
        Outcome.RESUME: f"from paused back to {back}",
        Outcome.TERMINATE: f"closes the initiative; it stays on the register with the rationale{starts}",
    }
    unfit = Outcome.PAUSE if initiative.stage == Stage.PAUSED else Outcome.RESUME
    return {each.value: leads_to[each] for each in OF_INITIATIVES if each != unfit}


def panel_of(review: GateReview, person: User, data: QueryDict | None = None) -> DecisionPanel:
    """The panel for a page; `data` is what was sent with its form."""
    return DecisionPanel(review, person, data)
