"""The value and risk review: its agenda builds itself, and it proposes to the portfolio review. Called when the app is
ready.
"""

from aiso.configuration.kinds import register_kind
from forums.deciding import Decider, register_decider
from forums.item_page import Section, register_section
from forums.minutes_parts import Part, register_part
from forums.sources import Source, register_source
from portfolio.demo import register_teller
from stagegates.agenda import REVIEW as PORTFOLIO_REVIEW
from stagegates.agenda.decider import draw_decision, motion_of, record_decision
from stagegates.subjects import EXPANSIONS, FUNDING

from ..demo.review import tell_of_the_review
from . import carried, claims, configured, costs, fading, incidents, minutes, net, outcomes, risks
from .gathered import ReviewListShape, gathered, told_rows
from .net_section import NetShape, ReviewProposalShape, net_values, proposal, told_net, told_proposals
from .proposing import draw_proposal, motion_for, record_proposal

REVIEW = "value-and-risk-review"
# In the order in which they fill an agenda.
SOURCES = (
    Source(net.SOURCE, "Negative net value", REVIEW, net.net_value_negative),
    Source(outcomes.SOURCE, "Outcomes", REVIEW, outcomes.outcomes_off_target),
    Source(fading.SOURCE, "Decayed benefits", REVIEW, fading.decayed_benefits),
    Source(claims.SOURCE, "Claims", REVIEW, claims.claims_waiting),
    Source(costs.SOURCE, "Costs over plan", REVIEW, costs.costs_over_plan),
    Source(risks.SOURCE, "Risks", REVIEW, risks.risks_to_look_at),
    Source(incidents.SOURCE, "Incidents", REVIEW, incidents.incidents),
    Source(incidents.ACTIONS, "Actions after incidents", REVIEW, incidents.incident_actions),
    Source(
        carried.SOURCE,
        "Proposed by the value and risk review",
        PORTFOLIO_REVIEW,
        carried.proposed_to_portfolio,
        # What another forum agreed comes before what nobody spoke of yet.
        after=("decided_between", "ready_to_decide", FUNDING, EXPANSIONS),
    ),
)
SECTIONS = (
    Section("review_rows", "In detail", gathered, 12, told_rows, ReviewListShape),
    Section("proposed", "What is proposed", proposal, 13, told_proposals, ReviewProposalShape),
    Section("net_value", "Net value", net_values, 14, told_net, NetShape),
)


def register_review() -> None:
    register_kind(configured.KIND)
    for source in SOURCES:
        register_source(source)
    for section in SECTIONS:
        register_section(section)
    register_decider(Decider(net.SOURCE, draw_proposal, record_proposal, motion_for))
    # What was proposed is decided there as any other item about an initiative.
    register_decider(Decider(carried.SOURCE, draw_decision, record_decision, motion_of))
    register_part(Part("value_review", minutes.told_and_agreed, order=20))
    # Last, so that it finds what the stories before it left.
    register_teller(tell_of_the_review)
