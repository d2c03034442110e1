"""The ways into gate reviews in the side navigation."""

from aiso.web.navigation import Entry

from .review_register import count_open

REVIEWS = Entry(
    "Gate reviews",
    "lock-open",
    "stagegates:review_list",
    section="portfolio",
    order=22,
    count=count_open,
    about="Which gates are being reviewed, what is missing, and who has it.",
)
