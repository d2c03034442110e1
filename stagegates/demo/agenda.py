"""The coming portfolio review of the demonstration: reviews that wait for it, and an agenda that is filled."""

from collections.abc import Mapping

from aiso.accounts.models import User
from forums.actions.agenda import fill_agenda
from forums.models import Forum
from portfolio.models import Initiative, Lane, SearchWord
from portfolio.models.risk import RiskTier
from portfolio.models.stage import ACTIVE, Stage

from ..actions.open_review import open_review
from ..actions.submit_review import submit_review
from .reviews import give_evidence_of, settle_what_lacks

# What is asked of the next portfolio review, one initiative after the other.
ASKS = (
    "Go on with two teams of the north; the third waits for its data.",
    "Let it answer in Spanish too, with the same checks.",
    "Move from the supplier’s test system to our own.",
    "Open it to the night shift, which has most of the cases.",
)


def tell_of_the_agenda(people: Mapping[str, User]) -> None:
    """Submit what is to be decided in the meeting, and let its agenda fill itself."""
    stages = [stage for stage in ACTIVE if stage != Stage.SCALE]
    rows = Initiative.objects.on_register().filter(stage__in=stages, business_owner__isnull=False, reviews=None)
    rows = rows.filter(lane=Lane.FULL).exclude(risk_tier__in=("", RiskTier.PROHIBITED))
    for initiative, ask in zip(rows.select_related("business_owner").order_by("-pk"), ASKS, strict=False):
        owner = initiative.business_owner
        assert owner is not None
        review = open_review(initiative, actor=owner, ask=ask, amount=initiative.requested_amount)
        give_evidence_of(review, owner, all_of_it=True)
        settle_what_lacks(review, people["office-member"])
        submit_review(review, actor=owner)
    meeting = Forum.objects.get(slug="portfolio-review").meetings.coming().first()
    if meeting:
        # What is told twice is found by the words of the register, which are counted each night.
        SearchWord.objects.refresh()
        fill_agenda(meeting)
