"""Trying a draft of gates or matrix before it is published: which initiatives gain or lose duties, and by which rule.

Initiatives in the same situation and stage are worked out once: a group costs the same with one member as with
ten thousand.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import PermissionDenied
from django.http import Http404

from aiso.accounts.models import BusinessUnit, User
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.permissions import can_read_drafts
from aiso.configuration.shape import Content
from aiso.web import figures
from portfolio.models import Initiative, Stage
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ENDED

from .duties import LABELS, Item, Rule, Rulebook, rule_of
from .matrix import AskedBy, Situation
from .models import GateReview
from .rules import GATES, MATRIX, Matrix, gates_of, matrix_of
from .situations import COLUMNS, situation_from, with_situation

# Which initiatives of a trial are looked at.
GAIN, LOSE = "gain", "lose"
# Duties that the summary names one by one; the rest is counted.
NAMED = 4


@dataclass(frozen=True)
class Change:
    """One duty that comes or goes, and the rules that ask for it, or no longer do."""

    is_gain: bool
    item: Item
    label: str
    text: str
    gate: str
    rules: tuple[Rule, ...]

    @property
    def duty(self) -> tuple[str, str, tuple[Rule, ...]]:
        """What the same duty at another gate has in common with it."""
        return self.label, self.text, self.rules


@dataclass(frozen=True)
class Group:
    """Initiatives that gain and lose the same."""

    gains: tuple[Change, ...]
    losses: tuple[Change, ...]
    ids: tuple[int, ...]


class Trial:
    """What a draft would change for some initiatives, with what holds beside it."""

    def __init__(self, now: Rulebook, then: Rulebook, rows: InitiativeQuerySet) -> None:
        self.now, self.then, self.rows = now, then, rows

    @cached_property
    def groups(self) -> list[Group]:
        """Those that gain or lose anything. One query for the initiatives, however many."""
        asked = with_situation(self.rows.on_register().exclude(stage__in=ENDED))
        counted = asked.order_by().values_list(*COLUMNS, "stage").annotate(ids=ArrayAgg("pk"))
        groups = (self._group(situation_from(row), stage, ids) for *row, stage, ids in counted)
        return [group for group in groups if group.gains or group.losses]

    def _group(self, situation: Situation, stage: str, ids: Sequence[int]) -> Group:
        before, after = (book.items(situation, stage) for book in (self.now, self.then))
        gained = [item for item in after if item not in before]
        lost = [item for item in before if item not in after]
        pairs = [(new, old) for new in gained for old in lost if _is_another_degree(new, old)]
        stricter = [pair for pair in pairs if self._is_stricter(*pair)]
        looser = [pair for pair in pairs if pair not in stricter]
        gains = [item for item in gained if item not in {new for new, _ in looser}]
        losses = [item for item in lost if item not in {old for _, old in stricter}]
        return Group(
            tuple(self._change(True, item, after[item], dict(stricter).get(item)) for item in gains),
            tuple(
                self._change(False, item, before[item], {old: new for new, old in looser}.get(item)) for item in losses
            ),
            tuple(ids),
        )

    def _is_stricter(self, new: Item, old: Item) -> bool:
        if new.what == "monitoring":
            return int(new.key) < int(old.key)
        ranks = [self.then.bodies.get(item.key, ("", 0))[1] for item in (new, old)]
        return ranks[0] > ranks[1]

    def _change(self, is_gain: bool, item: Item, asked: tuple[AskedBy, ...], other: Item | None) -> Change:
        """`other` is the degree of the same duty on the other side: every month instead of every year."""
        book, beside = (self.then, self.now) if is_gain else (self.now, self.then)
        gate = book.gates.gate(item.gate)
        text = book.text(item)
        if other:
            kept = beside.text(other).lower() if other.what == "monitoring" else beside.text(other)
            text = f"{text} instead of {kept}" if is_gain else f"{text}, now {kept}"
        return Change(is_gain, item, LABELS[item.what], text, gate.name if gate else "", tuple(map(rule_of, asked)))

    @cached_property
    def gaining(self) -> int:
        return sum(len(group.ids) for group in self.groups if group.gains)

    @cached_property
    def losing(self) -> int:
        return sum(len(group.ids) for group in self.groups if group.losses)

    @cached_property
    def of(self) -> dict[int, Group]:
        """The group of each initiative that gains or loses, by id, in the order of ids."""
        return dict(sorted((pk, group) for group in self.groups for pk in group.ids))

    def touched(self, effect: str = "") -> list[int]:
        """The ids of those that gain, of those that lose, or of both."""
        return [
            pk for pk, group in self.of.items() if (effect != GAIN or group.gains) and (effect != LOSE or group.losses)
        ]

    def counts(self, *, gains: bool) -> list[tuple[str, int]]:
        """How many initiatives each duty comes to, or goes from; the most first."""
        counted: Counter[str] = Counter()
        for group in self.groups:
            for change in group.gains if gains else group.losses:
                counted[told(change)] += len(group.ids)
        return counted.most_common()


def _is_another_degree(new: Item, old: Item) -> bool:
    """Whether one duty became stricter or looser, rather than one going and another coming."""
    return new.what == old.what and new.gate == old.gate and new.what in ("monitoring", "body")


def told(change: Change) -> str:
    """A duty in one line: `Sign-off: Legal, at production fit`."""
    at = f", at {change.gate.lower()}" if change.gate else ""
    return f"{change.label}: {change.text}{at}"


def draft_to_try(kind: str, *, reader: User) -> ConfigurationVersion | None:
    """The draft of gates or matrix, if there is one. Raises Http404 for other kinds of configuration."""
    if kind not in (GATES, MATRIX):
        raise Http404("There is nothing to try here.")
    if not can_read_drafts(reader):
        raise PermissionDenied("Drafts are for the office and for auditors; what is in force, everybody reads.")
    return ConfigurationVersion.objects.drafts().filter(kind=kind).first()


def narrowed(rows: InitiativeQuerySet, *, stage: str = "", unit: BusinessUnit | None = None) -> InitiativeQuerySet:
    """The initiatives of a stage, of a unit and those below it."""
    rows = rows.filter(stage=Stage(stage)) if stage else rows
    return rows.filter(unit__in=BusinessUnit.objects.and_below([unit.pk])) if unit else rows


def trial_of(kind: str, content: Content, rows: InitiativeQuerySet, rule: str = "") -> Trial:
    """What a content of gates or matrix would change. With `rule`, that rule of the matrix alone is changed."""
    latest = {each.kind: each for each in ConfigurationVersion.objects.all_latest().filter(kind__in=[GATES, MATRIX])}
    gates, matrix = gates_of(latest[GATES]), matrix_of(latest[MATRIX])
    draft = ConfigurationVersion(kind=kind, content=content)
    now = Rulebook(gates, matrix)
    then = (
        Rulebook(gates_of(draft), matrix) if kind == GATES else Rulebook(gates, _with(matrix, matrix_of(draft), rule))
    )
    return Trial(now, then, rows)


def _with(matrix: Matrix, draft: Matrix, code: str) -> Matrix:
    """The draft; or the matrix in which one rule alone is as in the draft: changed, new or gone."""
    if not code:
        return draft
    wanted = [rule for rule in draft.rules if rule.code == code]
    if all(rule.code != code for rule in matrix.rules):
        return replace(draft, rules=(*matrix.rules, *wanted))
    rules = [wanted if rule.code == code else [rule] for rule in matrix.rules]
    return replace(draft, rules=tuple(each for found in rules for each in found))


def changed_rules(draft: ConfigurationVersion, latest: ConfigurationVersion | None) -> list[tuple[str, str]]:
    """The rules of the matrix that a draft changes, adds or removes: code and name. None of the gates."""
    if latest is None or draft.kind != MATRIX:
        return []
    was, now = ({row["code"]: row for row in each.content.get("rules", [])} for each in (latest, draft))
    codes = [code for code in dict.fromkeys([*now, *was]) if was.get(code) != now.get(code)]
    return [(code, (now.get(code) or was[code])["name"]) for code in codes]


def consequences(kind: str, content: Content) -> list[str]:
    """What publishing a content does, in sentences with figures."""
    trial = trial_of(kind, content, Initiative.objects.all())
    lines = [
        *_counted(trial.gaining, "gains", "gain", trial.counts(gains=True)),
        *_counted(trial.losing, "loses", "lose", trial.counts(gains=False)),
    ]
    return [*(lines or ["No initiative gains or loses a duty."]), *open_reviews(kind)]


def _counted(count: int, one: str, many: str, counts: list[tuple[str, int]]) -> Iterable[str]:
    if not count:
        return
    named = "; ".join(f"{text} ({figures.number(each)})" for text, each in counts[:NAMED])
    more = f"; and {len(counts) - NAMED} more" if len(counts) > NAMED else ""
    yield f"{figures.plural(count, 'initiative')} {one if count == 1 else many} duties. {named}{more}."


def open_reviews(kind: str) -> Iterable[str]:
    """How many reviews are open under which version: they keep it."""
    field = "gates_version__number" if kind == GATES else "matrix_version__number"
    under = Counter(GateReview.objects.open().values_list(field, flat=True))
    for number, count in sorted(under.items()):
        verb, those = ("keeps", "it") if count == 1 else ("keep", "they")
        yield f"{figures.plural(count, 'open review')} {verb} version {number}, under which {those} began."
