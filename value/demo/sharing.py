"""Shared costs of the demonstration: a rule, a cost centre that leads to it, and a cost that was split by it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative

from ..actions.cost_centres import add_cost_centre, map_cost_centre
from ..actions.sharing import add_sharing_rule, post_shared_cost
from ..models import LedgerEntry
from ..posting import NewEntry, why_not_post

SHARES = (Decimal(50), Decimal(30), Decimal(20))
BASIS = "Requests to the language model platform in the last quarter."
REASON = "The platform’s invoice names no initiative; its log tells who uses it."


def tell_of_sharing(people: Mapping[str, User]) -> None:
    """Three initiatives that cost something share the platform that they run on."""
    finance = people["finance-controller"]
    costly = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.RUN_COST).values("initiative")
    rows = Initiative.objects.visible_to(finance).filter(pk__in=costly, is_confidential=False).order_by("pk")
    sharing = [each for each in rows if not why_not_post(each)][: len(SHARES)]
    if len(sharing) < len(SHARES):
        return
    month = clock.today().replace(day=1)
    starts_on = clock.months_later(month, -6)
    parts = [*zip(sharing, SHARES, strict=True)]
    told = {"name": "Language model platform", "basis": BASIS, "reason": REASON}
    rule = add_sharing_rule(actor=finance, starts_on=starts_on, parts=parts, **told)
    centre = add_cost_centre(actor=finance, code="4711-20", name="Language model platform")
    map_cost_centre(centre, actor=finance, starts_on=starts_on, rule=rule)
    asked = NewEntry(
        kind=LedgerEntry.Kind.RUN_COST,
        amount=Decimal("12480.55"),
        happened_on=month - timedelta(days=3),
        evidence="Platform invoice of last month",
        key="platform-last-month",
    )
    post_shared_cost(rule, asked, actor=finance)
