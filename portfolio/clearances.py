"""How a tool stands with legal, procurement and security, in the words and tones that pages use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from aiso.once import once
from aiso.web import figures

from .models import Clearance, Initiative, Tool
from .models.tools import SOON_DAYS

type Function = Clearance.Function


@dataclass(frozen=True)
class Standing:
    """What one function says of a tool. Tones are those of `markup.status`."""

    function: Function
    clearance: Clearance | None
    tone: str
    word: str
    icon: str
    told: str = ""

    @property
    def is_current(self) -> bool:
        return self.clearance is not None and self.clearance.is_current

    @property
    def said(self) -> str:
        """Inside a sentence: `legal not asked`."""
        return f"{self.function.value} {self.word[:1].lower()}{self.word[1:]}"


@dataclass(frozen=True)
class Verdict:
    """Whether a tool may be used, and what is lacking."""

    tone: str
    word: str
    icon: str
    told: str


def tools_of(initiatives: Iterable[int]) -> list[tuple[int, str, bool]]:
    """The tools of initiatives, by name: the id of the initiative, the name, and whether it is approved today."""
    ids = frozenset(initiatives)
    return once(("tools", ids), lambda: _named_tools(ids))


def _named_tools(ids: frozenset[int]) -> list[tuple[int, str, bool]]:
    approved = Exists(Tool.objects.approved().filter(pk=OuterRef("tool")))
    through = Initiative.tools.through.objects.filter(initiative__in=ids).annotate(is_approved=approved)
    return [*through.order_by("tool__name").values_list("initiative", "tool__name", "is_approved")]  # type: ignore[misc]


def standings_of(tool: Tool) -> list[Standing]:
    """The three functions in their order, from clearances that were fetched with the tool."""
    recorded = {clearance.function: clearance for clearance in tool.clearances.all()}
    return [standing_of(function, recorded.get(function)) for function in Clearance.Function]


def standing_of(function: Function, clearance: Clearance | None) -> Standing:
    if clearance is None:
        return Standing(function, None, "idle", "Not asked", "circle-dashed")
    since = figures.day(clearance.decided_on)
    if clearance.status == Clearance.Status.IN_REVIEW:
        return Standing(function, clearance, "info", "In review", "clock", f"since {since}")
    if clearance.status == Clearance.Status.REFUSED:
        return Standing(function, clearance, "late", "Refused", "ban", since)
    return _approval(function, clearance, since)


def verdict_of(standings: Sequence[Standing]) -> Verdict:
    """A tool is approved when all three say so today (DESIGN §4)."""
    if all(each.is_current for each in standings):
        end = first_end(standings)
        return Verdict("ok", "Approved", "check", f"until {figures.day(end)}" if end else "open-ended")
    if refusing := [each.function.value for each in standings if each.tone == "late" and each.word == "Refused"]:
        return Verdict("late", "Refused", "ban", f"by {' and '.join(refusing)}")
    if not any(each.clearance for each in standings):
        return Verdict("idle", "Not asked", "circle-dashed", "nobody was asked yet")
    lacking = ", ".join(each.function.value for each in standings if not each.is_current)
    return Verdict("risk", "Not approved", "alert-triangle", f"lacks {lacking}")


def first_end(standings: Sequence[Standing]) -> date | None:
    """The day on which the first of the approvals ends."""
    ends = [each.clearance.expires_on for each in standings if each.clearance and each.clearance.expires_on]
    return min(ends, default=None)


def _approval(function: Function, clearance: Clearance, since: str) -> Standing:
    if clearance.expires_on is None:
        return Standing(function, clearance, "ok", "Approved", "check", f"{since}, open-ended")
    until, days = figures.day(clearance.expires_on), figures.days_until(clearance.expires_on)
    if days < 0:
        return Standing(
            function, clearance, "late", "Expired", "alert-triangle", f"{figures.plural(-days, 'day')} ago, {until}"
        )
    if days <= SOON_DAYS:
        word = f"Ends {figures.relative(clearance.expires_on)}"
        return Standing(function, clearance, "risk", word, "clock-exclamation", f"approved until {until}")
    return Standing(function, clearance, "ok", "Approved", "check", f"{since}, until {until}")
