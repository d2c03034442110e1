"""Where today's figures of a pack's days differ from those that it keeps."""

from dataclasses import dataclass, replace
from typing import Any

from aiso.accounts.models import User

from ..asked_days import end_of
from ..dashboard.asked import Asked
from ..dashboard.figures import FIGURES, Figures
from ..dashboard.reading import dashboard_of, figures_of
from ..dashboard.targets import Targets
from ..models import BoardPack
from .measures import measures_of
from .pins import asked_of, reach_of
from .told import told_of


def restated_already(maker: User, asked: Asked, found: Figures) -> frozenset[str]:
    """The names of figures that were another when the last day counted ended. What is known at a moment is told here as
    it was known at that one: the dashboard says of it only what today's figures rest on.
    """
    end = end_of(asked.as_of)
    if asked.moment <= end:
        return frozenset()
    then = figures_of(maker, replace(asked, known_at=end))
    return frozenset(name for name in FIGURES if measures_of(name, then) != measures_of(name, found))


@dataclass(frozen=True)
class Restated:
    """One value that was told otherwise: in words, and `plain`, each as in the pack and as of today."""

    figure: str
    name: str
    title: str
    label: str
    kind: str
    was: str
    now: str
    plain: tuple[str | None, str | None]


def restated_since(pack: BoardPack, viewer: User) -> list[Restated] | None:
    """Values of the window that are told otherwise today, of the same days. None where they cannot be compared: nobody
    at hand counts the same initiatives as the pack does.
    """
    asked = replace(asked_of(pack), known_at=None)
    # Whoever reaches further would count more, which restates nothing.
    reader = next((each for each in (viewer, pack.asked_by) if each.is_active and _reaches_alike(each, pack)), None)
    if reader is None or pack.figures is None:
        return None
    today = {each["name"]: each for each in told_of(pack, dashboard_of(reader, asked), Targets())["figures"]}
    return [
        _restated(figure, line, now)
        for figure in pack.figures["figures"]
        for line, now in _pairs(figure, today.get(figure["name"]))
        if line["now"] != now["now"]
    ]


def _restated(figure: dict[str, Any], line: dict[str, Any], now: dict[str, Any]) -> Restated:
    named = (figure["name"], line["name"], figure["title"], line["label"], line["kind"])
    return Restated(*named, line["now_text"], now["now_text"], (line["now"], now["now"]))


def _reaches_alike(person: User, pack: BoardPack) -> bool:
    """In the units of today, of which some may have been added since."""
    return all(getattr(pack, name) == units for name, units in reach_of(person, asked_of(pack)).items())


def _pairs(figure: dict[str, Any], today: dict[str, Any] | None) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Values by their names; one that is told no more, or not yet, is not compared."""
    now = {line["name"]: line for line in today["lines"]} if today else {}
    return [(line, now[line["name"]]) for line in figure["lines"] if line["name"] in now]
