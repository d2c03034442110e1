"""Hours of specialists in the demonstration: lawyers are asked for more than they have."""

from collections.abc import Mapping
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.models.stage import ACTIVE

from ..actions.capacity import answer_specialists, ask_specialists, set_hours
from ..capacity import month_of
from ..models import ReviewFunction

# Hours a month that each function has for initiatives.
HOURS = {"legal": 80, "security": 120, "privacy": 60, "data": 160, "risk": 100}
# Function, months from now, months long, hours a month, what for; for one initiative after the other.
ASKED = (
    ("legal", 0, 3, 24, "Contract with the supplier"),
    ("security", 0, 2, 40, "Penetration test before the rollout"),
    ("legal", 1, 2, 32, "Notice to the people concerned"),
    ("data", 0, 4, 60, "Cleaning the source tables"),
    ("legal", 1, 3, 30, "Rights in the training data"),
    ("security", 1, 3, 64, "Connecting the identity provider"),
    ("privacy", 0, 2, 18, "Impact assessment"),
)


def tell_of_capacity(people: Mapping[str, User]) -> None:
    """Give functions their hours and let owned initiatives ask for them; the first request is agreed."""
    lead, lawyer = people["office-lead"], people["legal-reviewer"]
    month = month_of(clock.today())
    functions = {function.slug: function for function in ReviewFunction.objects.all()}
    for slug, hours in HOURS.items():
        set_hours(functions[slug], actor=lead, from_month=month, hours=Decimal(hours))
    owned = Initiative.objects.filter(stage__in=ACTIVE, business_owner__isnull=False).order_by("pk")
    for initiative, (slug, ahead, length, hours, purpose) in zip(owned, ASKED, strict=False):
        first = clock.months_later(month, ahead)
        asked = ask_specialists(
            initiative,
            actor=lead,
            function=functions[slug],
            first_month=first,
            last_month=clock.months_later(first, length - 1),
            hours=Decimal(hours),
            purpose=purpose,
        )
        if purpose == ASKED[0][-1]:
            answer_specialists(asked, actor=lawyer, agree=True)
