"""The ways into the forums."""

from aiso.accounts.permissions import can_see_administration
from aiso.web.navigation import Entry

# The three that meet (DESIGN §2), by their address.
MEETING = (
    ("portfolio-review", "Portfolio review", "At the gates: what goes on, what gets money, what ends."),
    ("standards-review", "Standards review", "What need not be reinvented: standards, reusable parts, waivers."),
    ("value-and-risk-review", "Value and risk review", "Measured outcomes, and the risks of what runs."),
)

ENTRIES = (
    *(
        Entry(label, "calendar-event", "forums:forum_meetings", "forums", order, about=about, args=(slug,))
        for order, (slug, label, about) in enumerate(MEETING, start=1)
    ),
    Entry(
        "Who decides",
        "users-group",
        "forums:forum_list",
        section="forums",
        order=10,
        also=("/meetings/",),
        about="The bodies that decide, and who sits in each.",
    ),
    Entry(
        "Forums",
        "users-group",
        "forums:administration",
        section="administration",
        order=25,
        may_see=can_see_administration,
        about="Rank, quorum and majority of each body, its members, and when it meets.",
    ),
)
