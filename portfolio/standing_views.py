"""The register's tabs: views that everybody has, then one's own and the shared ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .models import SavedView
from .models.stage import ENDED, IN_PRODUCTION, Stage
from .register import Register


@dataclass(frozen=True)
class Tab:
    """A view: its name, address, count if it is known, and whether it is open."""

    name: str
    address: str
    count: int | None
    is_open: bool
    is_shared: bool = False


def _stages(*stages: Stage) -> str:
    return "&".join(f"stage={stage}" for stage in stages)


STANDING = (
    ("All", "", "all"),
    ("In production", _stages(*IN_PRODUCTION), "production"),
    ("No stable owner", "stable=no", "unstable"),
    ("Paused", _stages(Stage.PAUSED), "paused"),
    ("Ended", _stages(*ENDED), "ended"),
)


def standing_views(register: Register, summary: dict[str, int], saved: Iterable[SavedView]) -> list[Tab]:
    """All tabs, the open one marked. A saved view is open when its filters are; one at most is."""
    here = _parts(register.narrowing)
    tabs = [Tab(name, f"?{query}", summary[figure], _parts(query) == here) for name, query, figure in STANDING]
    for view in saved:
        is_open = _parts(_narrowing(view.query)) == here and not any(tab.is_open for tab in tabs)
        tabs.append(Tab(view.name, f"?{view.query}", None, is_open, view.is_shared))
    return tabs


def _parts(query: str) -> set[tuple[str, str]]:
    return {*parse_qsl(query)}


def _narrowing(query: str) -> str:
    return "&".join(part for part in query.split("&") if not part.startswith(("order=", "col=")))
