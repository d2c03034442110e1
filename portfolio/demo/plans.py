"""Plans of the demonstration: what initiatives that ask for money are to bring and to cost."""

from decimal import Decimal
from random import Random
from typing import Any

from aiso import clock
from aiso.accounts.models import User

from ..actions.write_plan import write_plan
from ..first_plan import first_amounts
from ..models import Initiative
from ..models.stage import IN_PRODUCTION

# What is planned beside the build cost: kinds of benefit with the years in which each pays the build cost back.
SHAPES = (
    {"benefit_cashable": 2, "benefit_capacity": 1},
    {"benefit_capacity": 1},
    {"benefit_cost_avoidance": 2, "benefit_cashable": 3},
    {"benefit_revenue": 1},
)


def plan(initiative: Initiative, office: User, chance: Random) -> None:
    """Three years from some months after today, or before it for what is in use."""
    asked = initiative.requested_amount
    if not asked:
        return
    begins = clock.months_later(clock.today().replace(day=1), chance.randrange(3, 9))
    if initiative.stage in IN_PRODUCTION:
        begins = clock.months_later(begins, -12)
    told: dict[str, Any] = {name: _round(asked / years) for name, years in chance.choice(SHAPES).items()}
    told |= {"benefit_from": begins, "starts_on": clock.months_later(begins, -chance.randrange(3, 8))}
    told |= {"build_cost": asked, "run_cost": _round(asked / chance.choice((5, 6, 8)))}
    days = {"starts_on": told["starts_on"], "in_use_on": begins}
    write_plan(initiative, actor=office, amounts=first_amounts(told), days=days)


def _round(amount: Decimal) -> Decimal:
    """To the next thousand of a year, so that months come out even."""
    return (amount / 12000).quantize(Decimal(1)) * 12000 or Decimal(12000)
