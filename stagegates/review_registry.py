"""What reviews and their evidence add to the apps below, and what they listen to. Called when the app is ready."""

from aiso.events.outbox import subscribe
from aiso.web.navigation import register_entry
from aiso.web.work import register_work
from portfolio.demo import register_teller
from portfolio.gate_columns import register_gate_columns
from portfolio.history import register_history
from portfolio.next_gate import register_next_gate
from portfolio.panels import register_tab
from portfolio.release_guards import register_release_guard
from portfolio.stage_holds import register_stage_hold

from . import tasks
from .approved_panel import register_plans
from .demo.decisions import tell_of_decisions
from .demo.funding import tell_of_envelopes
from .demo.meetings import tell_of_the_last_review
from .demo.plans import tell_of_plans
from .demo.reviews import tell_of_reviews
from .entries import REVIEWS
from .facts import register_facts
from .overview import GATES_TAB, next_gate_of
from .register_columns import gates_told_of, in_review_state
from .release_guard import hindrances_of_release
from .review_history import TOLD
from .review_work import reviews_of
from .stage_holds import held_by_reviews

# In the order in which they happened.
STORIES = (tell_of_envelopes, tell_of_the_last_review, tell_of_reviews, tell_of_decisions, tell_of_plans)


def register_reviews() -> None:
    register_facts()
    register_plans()
    register_entry(REVIEWS)
    register_tab(GATES_TAB)
    register_next_gate(next_gate_of)
    register_release_guard(hindrances_of_release)
    register_stage_hold(held_by_reviews)
    register_gate_columns(gates_told_of, in_review_state)
    register_history(*TOLD)
    register_work("reviews", reviews_of)
    for story in STORIES:
        register_teller(story)
    for changed in tasks.CHANGING:
        subscribe(changed, tasks.renew_reviews)
