"""The ways into measurements."""

from aiso.web.navigation import Entry
from portfolio.panels import Tab

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
TAB = Tab("measurements", "Measurements", "value:initiative_measurements", order=27)
