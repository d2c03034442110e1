"""What the figures say in one plain sentence each, and all of them together. Every word is computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aiso.web import figures
from portfolio.models import OwnerKind

from .figures import FIGURES, Closed, Dashboard, Figures, LeadTime, NetValue, StableOwner
from .reading import headline
from .targets import Targets, is_met
from .words import MONEY_SEEN_BY, SHORT, written

# From so many on, nine in ten is a group of its own.
TEN = 10
NOTHING = Decimal(0)
UNCOUNTED = "What is posted for these days does not count: claimed, forecast, rejected or build cost."


@dataclass(frozen=True)
class Part:
    """A piece of a sentence; with the name of a figure it leads there."""

    text: str
    figure: str = ""


def is_empty(found: Figures) -> bool:
    """Whether there is nothing that any of the five could be told of."""
    money, lead, owner = found.net_value, found.lead_time, found.stable_owner
    counts = (lead.count, lead.without_pilot, lead.open_pilots, owner.active, owner.paused)
    ended = (found.closed.with_rationale, found.closed.without_rationale)
    return not any((*counts, *ended, found.adoption.workflows)) and (money is None or money.worth.is_empty)


def reading(name: str, found: Figures, target: Decimal | None) -> str:
    """One figure in a sentence."""
    match name:
        case "lead_time":
            return _lead_time(found.lead_time)
        case "stable_owner":
            return _stable_owner(found.stable_owner)
        case "adoption":
            return _adoption(found)
        case "net_value":
            return _net_value(found.net_value, found.as_of, target) if found.net_value else MONEY_SEEN_BY
    return _closed(found.closed)


def _lead_time(told: LeadTime) -> str:
    apart = f" {_and_more(told.without_pilot)} in no pilot." if told.without_pilot else ""
    if not told.count:
        pilots = f"{figures.plural(told.open_pilots, 'pilot')} {'is' if told.open_pilots == 1 else 'are'} open"
        return f"No pilot reached production; {pilots if told.open_pilots else 'none is open'}.{apart}"
    longest = figures.plural(told.p90 or 0, "day")
    if told.count == 1:
        return f"1 reached production, after {longest}.{apart}"
    how = f"the longest took {longest}" if told.count < TEN else f"nine in ten within {longest}"
    return f"{figures.number(told.count)} reached production; {how}.{apart}"


def _and_more(count: int) -> str:
    return f"{figures.number(count)} more {'was' if count == 1 else 'were'}"


def _stable_owner(told: StableOwner) -> str:
    lacking = told.active - told.stable
    if not told.active:
        return "No initiative was active on the last day."
    if not lacking:
        every = figures.plural(told.active, "active initiative")
        return f"All {every} have one." if told.active > 1 else "The one that is active has one."
    verb = "lacks" if lacking == 1 else "lack"
    told_of = f"{figures.number(lacking)} of {figures.plural(told.active, 'active initiative')} {verb} one"
    if told.ownerless * 2 > lacking:
        return f"{told_of}; {'' if told.ownerless == lacking else 'mostly '}all three owners are missing."
    reasons = {OwnerKind(kind).label.lower(): count for kind, count in told.lacking.items()}
    reasons |= {"because the business owner is new": told.new}
    most = max(reasons, key=lambda each: reasons[each])
    why = most if most.startswith("because") else f"the {most}"
    often = "" if reasons[most] == lacking else "mostly " if reasons[most] * 2 > lacking else "most often "
    return f"{told_of}, {often}{why}."


def _adoption(found: Figures) -> str:
    workflows, unmeasured = found.adoption.workflows, found.adoption.unmeasured
    if not workflows:
        return "No critical workflow has an initiative in production."
    told = figures.plural(workflows, "critical workflow")
    measured = figures.number(workflows - unmeasured)
    if unmeasured == workflows:
        return f"Read too rarely to be told: {'it' if workflows == 1 else f'all {told}'}."
    if not unmeasured:
        return f"All {told} are measured." if workflows > 1 else "The one critical workflow is measured."
    rarely = f"{figures.number(unmeasured)} {'is' if unmeasured == 1 else 'are'} read too rarely"
    return f"{measured} of {told} {'is' if workflows - unmeasured == 1 else 'are'} measured; {rarely}."


def _net_value(told: NetValue, as_of: date, target: Decimal | None) -> str:
    if told.worth.is_empty:
        return "Nothing is posted in the ledger for these days."
    if not told.worth.has_net:
        return UNCOUNTED
    late = f" {without[:1].upper()}{without[1:]}." if (without := unconfirmed_from(told, as_of)) else ""
    return f"{_money_made_of(told, target)}{late}"


def _money_made_of(told: NetValue, target: Decimal | None) -> str:
    if missing := told.uncosted:
        verb = "reports" if missing == 1 else "report"
        beginning = "" if target is None else "Above target, but " if told.worth.net >= target else "Below target, and "
        return f"{beginning}{figures.number(missing)} in production {verb} no run cost in some month."
    benefit, costs = figures.money(benefit_of(told)), figures.money(told.worth.operating)
    return f"{benefit} confirmed benefit against {costs} operating costs."


def _closed(told: Closed) -> str:
    apart = told.without_rationale
    if not told.with_rationale and not apart:
        return "Nothing was closed or merged in these days."
    if not apart:
        return "Each of them says why." if told.with_rationale > 1 else "It says why."
    return f"{figures.number(apart)} more {'has' if apart == 1 else 'have'} no rationale."


def unconfirmed_from(told: NetValue, as_of: date) -> str:
    """`no benefit is confirmed after 31 Oct 2026`, where the window goes on; empty where it does not."""
    until = told.worth.confirmed_until
    if until is None:
        return "no benefit is confirmed for these days"
    return f"no benefit is confirmed after {figures.day(until)}" if until < as_of else ""


def benefit_of(told: NetValue) -> Decimal:
    """What finance confirmed, as far as its outcome lasts."""
    return told.worth.confirmed - told.worth.decayed


def answer(dashboard: Dashboard, targets: Targets, days: int, money_units: str) -> list[Part]:
    """Is the portfolio turning into value? `money_units` names those whose money is counted, where that is not all."""
    if is_empty(dashboard.now):
        return [Part("There is nothing to tell yet: no initiative was active in these days.")]
    parts = [Part(_verdict(dashboard)), *_money_clause(dashboard, money_units), *_speed_clause(dashboard)]
    return [*parts, Part(_targets_clause(dashboard.now, targets, days))]


def _verdict(dashboard: Dashboard) -> str:
    if dashboard.now.net_value is None:
        return "Your role shows no money; "
    now, before = headline(dashboard.now, "net_value"), headline(dashboard.before, "net_value")
    if now is None:
        return "Nobody can say yet: no money is posted for these days; "
    if now > 0:
        if not dashboard.now.net_value.coverage.is_complete:
            return "Yes, as far as its costs are known: "
        return "Yes: " if before is None or now >= before else "Yes, but less than before: "
    return "Not yet, but it gets better: " if before is not None and now > before else "No: "


def _money_clause(dashboard: Dashboard, units: str) -> list[Part]:
    money = dashboard.now.net_value
    now, before = headline(dashboard.now, "net_value"), headline(dashboard.before, "net_value")
    if now is None:
        return []
    figure = Part(str(written("net_value", now)), "net_value")
    whose = f"net value of {units}" if units else "net value"
    late = unconfirmed_from(money, dashboard.now.as_of) if money else ""
    end = Part(f" ({late}), " if late else ", ")
    if before is None or now == before:
        return [Part(f"{whose} is "), figure, end]
    verb = "rose" if now > before else "fell"
    return [Part(f"{whose} {verb} from {written('net_value', before)} to "), figure, end]


def _speed_clause(dashboard: Dashboard) -> list[Part]:
    now, before = headline(dashboard.now, "lead_time"), headline(dashboard.before, "lead_time")
    if now is None:
        return [Part("no pilot reached production")]
    if before is None or now == before:
        return [Part("pilots reach production after "), Part(str(written("lead_time", now)), "lead_time")]
    change = Part(str(written("lead_time", abs(now - before))), "lead_time")
    return [Part("pilots reach production "), change, Part(" sooner" if now < before else " later")]


def _targets_clause(found: Figures, targets: Targets, days: int) -> str:
    """Which figures miss their target, of those that have both. While a run cost is missing net value meets none."""
    pairs = ((name, headline(found, name), targets.of(name, days)) for name in FIGURES)
    met = {name: is_met(name, now, target) for name, now, target in pairs if now is not None and target is not None}
    if missed := [SHORT[name] for name, is_good in met.items() if not is_good]:
        return f"; {listed(missed)} {'misses its target' if _is_one(missed) else 'miss their targets'}."
    if "net_value" in met and found.net_value and not found.net_value.coverage.is_complete:
        others = "; the other targets are met" if len(met) > 1 else ""
        return f"{others}; net value is incomplete."
    if not met:
        return "."
    return "; all targets are met." if len(met) > 1 else f"; {SHORT[next(iter(met))]} meets its target."


def _is_one(missed: Sequence[str]) -> bool:
    return len(missed) == 1 and missed[0] != SHORT["stable_owner"]


def listed(words: Sequence[str]) -> str:
    """`owners`, `owners and adoption`, `lead time, owners and adoption`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
