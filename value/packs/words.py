"""What a pack calls its figures, and what it says that they mean."""

TITLES = {
    "lead_time": "Pilot to production",
    "stable_owner": "Stable owners",
    "adoption": "Adoption in critical workflows",
    "net_value": "Net value after operating costs",
    "closed": "Closed with rationale",
}
DEFINITIONS = {
    "lead_time": (
        "Days from first entering pilot to first entering production (limited rollout or scale), of the initiatives "
        "that entered production in the window. The median, and the 90th percentile by nearest rank. Paused days "
        "count. Initiatives that never were in pilot are counted apart."
    ),
    "stable_owner": (
        "Of the initiatives active on the last day (discovery to scale, not paused), the share with a business, a "
        "technical and a risk owner who are all active people, and the same business owner throughout the window, or "
        "since the initiative began where that is later."
    ),
    "adoption": (
        "Over critical workflows with an initiative in production: weekly active users divided by weekly target "
        "users, added up over the weekly readings whose week ends in the window. A workflow that was read for fewer "
        "than half the weeks is unmeasured, never zero. No group under five people is told."
    ),
    "net_value": (
        "Benefit that finance confirmed and that still lasts, less run cost, rework and risk loss, for the days in "
        "the window, in the reporting currency. Benefit that is claimed but not confirmed and build cost stand beside "
        "it, never inside it. It is incomplete while something in production has a month without a run cost."
    ),
    "closed": (
        "Initiatives that were closed or merged in the window with a rationale. Those without one come from imported "
        "history and are counted apart."
    ),
}
WINDOW = "The days of the figures, the last one included, in the office’s time zone. The window before is as long."
AS_OF = "The last day that is counted: what happened later is in no figure."
KNOWN_AT = (
    "What was recorded after this moment is in no figure. Where later corrections change a figure of the same days, "
    "the page of this pack says so."
)
NO_DATA = "no data"
