"""What the page of a file of costs shows. A long file is told from what was kept of its check, not planned anew."""

from typing import Any

from aiso.accounts.models import User
from portfolio.row_files import CREATED, REJECTED, SHOWN, told_of

from .cost_plan import planned_costs
from .models import CostFile


def told_of_costs(file: CostFile, viewer: User) -> dict[str, Any]:
    """The context of its page."""
    if file.is_long:
        return _told_of_long(file, viewer)
    told = told_of(file, [] if file.landed_at else planned_costs(file, viewer))
    return told | {"to_post": len(told["landing"])}


def _told_of_long(file: CostFile, viewer: User) -> dict[str, Any]:
    counts, rejected = file.told.get("counts", {}), file.told.get("rejected", [])
    waits = file.state == CostFile.State.CHECKED and not file.landed_at
    to_post = counts.get(CREATED, 0) if waits else 0
    planned = planned_costs(file, viewer, file.told["sample"]) if to_post else []
    return {
        "file": file,
        "counts": counts,
        "rejected": rejected,
        "unlisted": counts.get(REJECTED, 0) - len(rejected),
        "to_post": to_post,
        "nothing_lands": waits and not to_post,
        "shown": [row for row in planned if row.outcome == CREATED][:SHOWN],
    }
