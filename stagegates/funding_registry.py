"""What money adds to the apps below, and what they listen to. Called when the app is ready."""

from aiso.audit.history import Told
from aiso.events.outbox import subscribe
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import register_work
from portfolio.demo import register_teller
from portfolio.history import register_history
from portfolio.panels import Panel, register_panel, register_tab
from portfolio.treasury import register_treasury

from . import decision_tasks
from .demo.funding import tell_of_money
from .funding_card import FUNDING_TAB, money_card
from .funding_messages import FUNDING_EVENTS
from .funding_work import releases_waiting, requests_waiting
from .models import FundingRequest, Tranche
from .permissions import can_see_funding
from .treasury import EnvelopesAndTranches

FUNDING = Entry(
    "Funding",
    "report-money",
    "stagegates:funding",
    section="portfolio",
    order=26,
    may_see=can_see_funding,
    about="What each bucket may commit, what of it is committed, released and spent.",
)
WHAT = ("decision", "envelope", "gate", "condition", "created_at", "is_held_back", "moved_from", "approved_in")
SUMS = ("amount", "committed", "withheld", "released", "booked", "spent", "unspent", "overspent")
# Sums are told where the reader's right to see them is known.
TOLD = (
    Told(
        Tranche,
        says=lambda tranche: "Money committed",
        hide=(*WHAT, *SUMS),
    ),
    Told(FundingRequest, says=lambda asked: "Money asked for outside a gate", hide=("amount", "asked_by", "asked_at")),
)


def register_funding() -> None:
    register_entry(FUNDING)
    register_tab(FUNDING_TAB)
    register_panel(Panel("money", "card", money_card, order=30))
    register_work("funding requests", requests_waiting)
    register_work("releases", releases_waiting)
    register_history(*TOLD)
    register_treasury(EnvelopesAndTranches())
    for name in FUNDING_EVENTS:
        subscribe(name, decision_tasks.tell_of_decision)
    register_teller(tell_of_money)
