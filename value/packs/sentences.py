"""One plain sentence of each figure."""

from collections.abc import Callable, Mapping

from aiso.web import figures
from aiso.web.figures import plural

from .measures import Value, written

type Told = Mapping[str, Value]


def sentence_of(name: str, told: Told, days: int) -> str:
    """What a figure says of a window of so many days."""
    return SENTENCES[name](told, days)


def _lead_time(told: Told, days: int) -> str:
    if told["median"] is None:
        return f"No initiative went from pilot to production in these {days} days."
    half, most = written("days", told["median"]), written("days", told["p90"])
    counted = plural(int(told["count"] or 0), "initiative")
    return f"Half of the {counted} that went from pilot to production took up to {half}, nine in ten up to {most}."


def _stable_owner(told: Told, days: int) -> str:
    if told["share"] is None:
        return "No initiative is active."
    stable, active = figures.number(told["stable"]), plural(int(told["active"] or 0), "active initiative")
    return f"{stable} of {active} kept three owners in place, and the same business owner for {days} days."


def _adoption(told: Told, days: int) -> str:
    unmeasured = told["unmeasured"]
    missing = f" {plural(int(unmeasured), 'critical workflow')} unmeasured." if unmeasured else ""
    if told["share"] is None:
        return f"No critical workflow was measured in these {days} days.{missing}"
    return f"{written('share', told['share'])} of the target users used what was built for them, week by week.{missing}"


def _net_value(told: Told, days: int) -> str:
    if told["amount"] is None:
        return f"Nothing is recorded of these {days} days."
    amount = told["amount"]
    said = f"After run cost, rework and risk loss, {figures.money(amount)} of confirmed benefit is left."
    if amount < 0:
        said = f"Run cost, rework and risk loss exceed the confirmed benefit by {figures.money(-amount)}."
    return f"{said} Incomplete: run costs are missing." if told["months_missing"] else said


def _closed(told: Told, days: int) -> str:
    closed, without = int(told["with_rationale"] or 0), told["without_rationale"]
    more = f"; {figures.number(without)} more without one" if without else ""
    said = plural(closed, "initiative was", "initiatives were")
    return f"{said} closed or merged with a rationale in these {days} days{more}."


SENTENCES: dict[str, Callable[[Told, int], str]] = {
    "lead_time": _lead_time,
    "stable_owner": _stable_owner,
    "adoption": _adoption,
    "net_value": _net_value,
    "closed": _closed,
}
