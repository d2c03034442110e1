"""What the portfolio review speaks of, what it is shown, and how it decides. Called when the app is ready."""

from forums.deciding import Decider, register_decider
from forums.item_page import Section, register_section
from forums.minutes_parts import Part, register_part
from forums.models.agenda import BY_HAND
from forums.recusals import register_recusals
from forums.sources import Source, register_source
from portfolio.demo import register_teller

from ..api.approved import ApprovedShape
from ..demo.agenda import tell_of_the_agenda
from ..subjects import EXPANSIONS, FUNDING
from . import alike, decider, funding, gathered, merging, minutes, ranks, recusals, reviews, sections, told, waiting
from .told_gathered import GatheredShape, told_gathered

# The forum that speaks of the whole portfolio.
REVIEW = "portfolio-review"
# In the order in which they fill an agenda. What waits for a body, and what was decided for it, comes to each body.
SOURCES = (
    Source("decided_between", "Decided between meetings", "", reviews.decided_between),
    Source("ready_to_decide", "Ready to decide", "", reviews.ready_to_decide, reviews.carry_review),
    Source(FUNDING, "Money asked for", "", funding.funding_asks, funding.carry_request),
    Source(EXPANSIONS, "Expansions", "", funding.expansion_asks, funding.carry_request),
    Source("overdue_conditions", "Overdue conditions", REVIEW, waiting.overdue_conditions),
    Source(waiting.STALLED, "Stalled", REVIEW, waiting.stalled),
    Source("fast_lane_sample", "Fast-lane sample", REVIEW, waiting.fast_lane_sample),
    Source(alike.DUPLICATES, "Likely duplicates", REVIEW, alike.likely_duplicates),
    Source("changed_ranks", "Changed priorities", REVIEW, ranks.changed_ranks),
)
SECTIONS = (
    Section("asked", "What is asked", sections.asked, 10, told.told_asks, told.PreReadAskShape),
    Section("gathered", "In detail", gathered.gathered, 12, told_gathered, GatheredShape),
    Section("evidence", "Evidence", sections.evidence, 20, told.told_evidence, told.PreReadEvidenceShape),
    Section("sign_offs", "Sign-offs", sections.sign_offs, 30, told.told_sign_offs, list[told.PreReadSignOffShape]),
    Section("money", "Money", sections.money, 40, told.told_money, told.PreReadMoneyShape),
    Section("priority", "Priority", sections.priority, 50, told.told_priorities, told.PreReadPriorityShape),
    Section("approved", "As approved against now", sections.approved, 55, told.told_approved, ApprovedShape),
    Section("changed", "Changed since last time", sections.changed, 60, told.told_changes, told.PreReadChangedShape),
)
# Sources of items on which a body may decide: all others are told of in words.
DECIDED = ("ready_to_decide", FUNDING, EXPANSIONS, waiting.STALLED, BY_HAND)


def register_agenda() -> None:
    for source in SOURCES:
        register_source(source)
    for section in SECTIONS:
        register_section(section)
    register_recusals(recusals.parties_to_items)
    for name in DECIDED:
        register_decider(Decider(name, decider.draw_decision, decider.record_decision, decider.motion_of))
    register_decider(Decider(alike.DUPLICATES, merging.draw_pair, merging.record_pair, merging.motion_of))
    register_part(Part("decision", minutes.decided_on, order=10))
    # Last, so that it finds what the stories before it left to be decided.
    register_teller(tell_of_the_agenda)
