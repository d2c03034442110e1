"""Initiatives of the demonstration that ended, with what was learnt; one in use is half decommissioned."""

from collections.abc import Mapping
from datetime import timedelta

from aiso.accounts.models import User
from portfolio.models import Initiative, Stage

from ..actions.close import add_lesson, hand_over_thing, settle_thing
from ..actions.decide import decide_initiative
from ..actions.ruling import Closing
from ..models import Closure, Decision, DecommissioningTask

Reason = Closure.Reason
# From which stage, why, the rationale, what was learnt, and what can be used again.
ENDS = (
    (
        Stage.SCALE,
        Reason.SUPERSEDED,
        "The supplier’s own assistant does the same since spring, inside the system that everybody has open anyway.",
        "Ask the supplier for the plan of the next two years before building beside their system.",
        "The 4,200 questions with checked answers, in the team’s folder: they test any successor.",
    ),
    (
        Stage.PILOT,
        Reason.NO_VALUE,
        "Twelve weeks with volunteers saved four minutes a case; checking its answers took five.",
        "Measure the checking, too, from the first week. We counted only what was faster.",
        "The measuring sheet for minutes a case; the service desk keeps it.",
    ),
    (
        Stage.BUILD,
        Reason.COST,
        "The connector to the archive alone would cost more than the first three years bring.",
        "Let somebody price the connection to the oldest system before the build begins, not during it.",
        "",
    ),
    (
        Stage.DISCOVERY,
        Reason.DUPLICATE,
        "Another unit is a year ahead with the same documents and takes our cases in.",
        "Search the register for the documents that it reads, not for the name: the names had no word in common.",
        "The list of document types with examples, handed to the other unit.",
    ),
)
LATER = "Three people still asked for it: say in the letter to its users where the answers are now."
DONE = "A letter to all 310 users, and a note on its start page."
NOT_NEEDED = "The contract covers the whole platform and goes on."


def tell_of_closings(people: Mapping[str, User]) -> None:
    """End one initiative of each kind; of the one in use see to half of what there is."""
    for stage, reason, rationale, lessons, reusable in ENDS:
        initiative = _one_in(stage)
        if initiative is None:
            continue
        closing = Closing(reason, lessons, reusable)
        sponsor, outcome = people["executive"], Decision.Outcome.TERMINATE
        decision = decide_initiative(initiative, actor=sponsor, outcome=outcome, rationale=rationale, closing=closing)
        if decision.closure.was_in_production:
            _see_to_half(decision.closure, people)


def _one_in(stage: Stage) -> Initiative | None:
    """Somebody owns it, and nothing is under way that the rest of the demonstration shows."""
    rows = Initiative.objects.on_register().filter(stage=stage, business_owner__isnull=False)
    under_way = {"reviews": None, "agenda_items": None, "tranches": None, "funding_requests": None}
    found: Initiative | None = rows.filter(**under_way).defer("search").order_by("pk").first()
    return found


def _see_to_half(closure: Closure, people: Mapping[str, User]) -> None:
    office = people["office-member"]
    add_lesson(closure, actor=office, text=LATER)
    tasks = {task.code: task for task in DecommissioningTask.objects.filter(closure=closure).select_related("owner")}
    for code in ("users-told", "decisions-handed"):
        settle_thing(tasks[code], actor=office, note=DONE if code == "users-told" else "")
    settle_thing(tasks["contracts-ended"], actor=office, is_needed=False, note=NOT_NEEDED)
    last = tasks["records-archived"]
    hand_over_thing(last, actor=office, owner=office, due_on=last.due_on + timedelta(days=10))
