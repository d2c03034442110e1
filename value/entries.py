"""The ways into value."""

from aiso.accounts.models import Role, User
from aiso.web.navigation import Entry
from portfolio.panels import Tab

from .baselines import baselines_waiting, may_have_queue
from .claim_work import claims_waiting
from .models.sharing import reads_sharing
from .work import measurements_waiting

MEASUREMENTS = Entry(
    "Measurements",
    "chart-line",
    "value:measurement_list",
    section="value",
    order=10,
    count=measurements_waiting,
    about="What was measured of the outcomes, and what finance confirmed of it.",
)


def _is_controller(person: User) -> bool:
    return person.has_role(Role.FINANCE_CONTROLLER)


LEDGER = Entry(
    "Ledger",
    "cash",
    "value:ledger",
    section="value",
    order=20,
    about="What initiatives bring and cost, entry by entry.",
)
CLAIMS = Entry(
    "Claims to confirm",
    "circle-check",
    "value:claim_queue",
    section="value",
    order=30,
    may_see=_is_controller,
    count=claims_waiting,
    about="Benefits that owners claim and finance answers.",
)
BASELINES = Entry(
    "Baselines to confirm",
    "flag",
    "value:baseline_queue",
    section="value",
    order=35,
    may_see=may_have_queue,
    count=baselines_waiting,
    about="Where outcomes stood before, for somebody who has no part in them.",
)
CATALOGUE = Entry(
    "Metric catalogue",
    "scale",
    "value:catalogue",
    section="value",
    order=40,
    about="Metrics by which initiatives compare, and what one unit is worth.",
)
ADOPTION = Entry(
    "Adoption",
    "users",
    "value:adoption_list",
    section="value",
    order=35,
    about="How many of a workflow’s target users use it, week by week.",
)
CENTRES = Entry(
    "Cost centres",
    "building",
    "value:cost_centres",
    section="value",
    order=50,
    may_see=reads_sharing,
    about="Where the costs of each cost centre belong.",
)
SHARING = Entry(
    "Sharing rules",
    "percentage",
    "value:sharing_rules",
    section="value",
    order=60,
    may_see=reads_sharing,
    about="How costs are split among initiatives that share them.",
)
DASHBOARD = Entry(
    "Dashboard",
    "chart-histogram",
    "value:dashboard",
    section="office",
    order=10,
    about="Whether the portfolio turns into value: five figures of the last 30, 60 and 90 days.",
)
SCORECARDS = Entry(
    "Scorecards",
    "gauge",
    "value:scorecards",
    section="value",
    order=5,
    about="How initiatives stand in five categories, by bucket, unit and objective.",
)
SCORECARD_TAB = Tab("scorecard", "Scorecard", "value:initiative_scorecard", order=26)
VALUE_TAB = Tab("value", "Value", "value:initiative_value", order=28)
TAB = Tab("measurements", "Measurements", "value:initiative_measurements", order=27)
