"""What an initiative lacks, each gap with the address that mends it.

Later apps add theirs: `register_gaps(source, name=expression)` in AppConfig.ready(). A source takes an initiative
that was read with `with_gap_facts`, the expressions among them; it makes no query for an initiative of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from aiso import clock
from aiso.web import figures

from .facts import label_of, lowered
from .models import (
    Answer,
    AutonomyAcceptance,
    Barrier,
    DecisionClass,
    Initiative,
    LevelChoice,
    OutcomeMetric,
    OwnerKind,
    Question,
    QuestionSet,
    StepDown,
)
from .models.initiative import PRIORITY_PARTS, STABLE_DAYS, InitiativeQuerySet
from .models.stage import ACTIVE, ENDED, Stage

PLACING = ("workflow", "bucket", "objective", "use_case_type")
EFFECTS = (
    "is_customer_facing",
    "is_rights_impacting",
    "is_safety_impacting",
    "employee_effect",
    "data_sensitivity",
)
# Answers to a prohibited use that leave nothing open; not sure does.
SETTLED = ("no", "yes")
OWNER_DUTIES = {
    OwnerKind.BUSINESS: "answers for the outcome",
    OwnerKind.TECHNICAL: "answers for how it is built and run",
    OwnerKind.RISK: "accepts the risk that remains",
}


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, why it matters, and the deed that mends it."""

    what: str
    why: str
    verb: str
    url: str
    icon: str = "list-check"
    in_dialog: bool = False
    by: Literal["editors", "assigners", "readers"] = "editors"


type Source = Callable[[Initiative], Iterable[Gap]]


def with_gap_facts(rows: InitiativeQuerySet) -> InitiativeQuerySet:
    """The initiatives with what the gaps need to know and no column of theirs says."""
    metrics = OutcomeMetric.objects.filter(initiative=OuterRef("pk")).order_by("pk")
    barriers = Barrier.objects.filter(initiative=OuterRef("pk"), lifted_at=None).order_by("wanted_by")
    unfinished = metrics.filter(Q(baseline=None) | Q(target=None))
    return rows.annotate(
        has_metric=Exists(metrics),
        has_decision=Exists(DecisionClass.objects.filter(initiative=OuterRef("pk"))),
        next_barrier=Subquery(barriers.values("what")[:1]),
        next_barrier_by=Subquery(barriers.values("wanted_by")[:1]),
        accepted_roles=_count(AutonomyAcceptance.objects.standing()),
        reopened_map=Exists(AutonomyAcceptance.objects.filter(initiative=OuterRef("pk"), reopened_at__isnull=False)),
        open_steps=_count(StepDown.objects.unanswered()),
        waiting_levels=_count(LevelChoice.objects.waiting()),
        unfinished_metric=Subquery(unfinished.values("pk")[:1]),
        open_tier_questions=_unanswered(QuestionSet.Kind.RISK_TIER),
        open_act_questions=_unanswered(QuestionSet.Kind.AI_ACT),
        unsettled_uses=_unanswered(QuestionSet.Kind.PROHIBITED_USE, option__code__in=SETTLED),
        **_facts,
    )


def gaps_of(initiative: Initiative) -> list[Gap]:
    """What is missing. Those that have ended, or never came onto the register, lack nothing any more."""
    if initiative.stage in ENDED or initiative.is_off_register:
        return []
    return [gap for source in _sources for gap in source(initiative)]


def register_gaps(source: Source, **facts: Any) -> None:
    """Add a source, and the expressions on the initiative that it reads."""
    _sources.append(source)
    _facts.update(facts)


def stable_from(initiative: Initiative) -> date | None:
    """The day from which a new business owner counts as stable, None when that day has come (DESIGN §6.2)."""
    since, began = initiative.business_owner_since, initiative.began_on
    if initiative.stage not in ACTIVE or since is None or (began is not None and since <= began):
        return None
    day = since + timedelta(days=STABLE_DAYS - 1)
    return day if day > clock.today() else None


def _unanswered(kind: str, **settled: object) -> Coalesce:
    """How many questions of the version in force have no answer, or none that is `settled`."""
    in_force = QuestionSet.objects.filter(kind=kind, published_at__isnull=False).order_by("-version")
    answered = Answer.objects.filter(question=OuterRef("pk"), initiative=OuterRef(OuterRef("pk")), **settled)
    questions: QuerySet[Question] = Question.objects.filter(question_set=Subquery(in_force.values("pk")[:1]))
    count = questions.exclude(Exists(answered)).order_by().values("question_set").annotate(n=Count("pk"))
    return Coalesce(Subquery(count.values("n"), output_field=IntegerField()), 0)


def _count(rows: "QuerySet[Any]") -> Coalesce:
    """How many of some rows belong to an initiative."""
    count = rows.filter(initiative=OuterRef("pk")).order_by().values("initiative").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def barrier_gaps(initiative: Initiative) -> Iterator[Gap]:
    """The page keeps its query, so that what is late is found here and not in it."""
    day, what = initiative.next_barrier_by, initiative.next_barrier  # type: ignore[attr-defined]
    if day and day < clock.today():
        url = reverse("portfolio:initiative_barriers", args=[initiative.reference])
        late = figures.plural((clock.today() - day).days, "day")
        yield Gap("A barrier lifted", f"{what}, {late} late", "See barriers", f"{url}#tab", "hand-stop", by="readers")


def owner_gaps(initiative: Initiative) -> Iterator[Gap]:
    for kind in OwnerKind:
        if kind in initiative.missing_owners:
            url = reverse("portfolio:owner_assign", args=[initiative.reference, kind])
            yield Gap(str(kind.label), OWNER_DUTIES[kind], "Assign", url, "user-question", True, "assigners")
    if day := stable_from(initiative):
        why = f"{initiative.business_owner} is new: stable from {figures.day(day)}"
        url = reverse("portfolio:initiative_owners", args=[initiative.reference])
        yield Gap("Stable business owner", why, "See owners", f"{url}#tab", "history", by="readers")


def text_gaps(initiative: Initiative) -> Iterator[Gap]:
    if not initiative.summary:
        url = _edit(initiative, "summary")
        yield Gap("Summary", "one paragraph: what it does, for whom, what gets better", "Write", url, "file-text", True)


def outcome_gaps(initiative: Initiative) -> Iterator[Gap]:
    if not initiative.has_metric:  # type: ignore[attr-defined]
        url = reverse("portfolio:metric_add", args=[initiative.reference])
        yield Gap("Outcome metric", "without one its value cannot be shown", "Add", url, "target", True)
    elif metric := initiative.unfinished_metric:  # type: ignore[attr-defined]
        url = reverse("portfolio:metric_edit", args=[initiative.reference, metric])
        yield Gap("Baseline or target", "of an outcome metric; from where to where?", "Complete", url, "target", True)


def risk_gaps(initiative: Initiative) -> Iterator[Gap]:
    risk = reverse("portfolio:initiative_risk", args=[initiative.reference])
    if count := initiative.open_tier_questions:  # type: ignore[attr-defined]
        yield _questions("Risk tier", "the highest answer sets it", count, f"{risk}#risk_tier")
    if count := initiative.unsettled_uses:  # type: ignore[attr-defined]
        uses = figures.plural(count, "prohibited use")
        why = f"{uses} {'is' if count == 1 else 'are'} not answered with no or yes; yes stops the case"
        yield Gap("Screening for prohibited uses", why, "Screen", f"{risk}#prohibited_use", "ban")
    if count := initiative.open_act_questions:  # type: ignore[attr-defined]
        yield _questions("EU AI Act class", "stands beside the tier", count, f"{risk}#ai_act")


def _questions(what: str, why: str, count: int, url: str) -> Gap:
    return Gap(what, f"{figures.plural(count, 'question')} unanswered; {why}", "Answer", url, "shield-question")


def decision_gaps(initiative: Initiative) -> Iterator[Gap]:
    is_on_its_way = initiative.stage in (Stage.INTAKE, *ACTIVE)
    if is_on_its_way and not initiative.has_decision:  # type: ignore[attr-defined]
        url = reverse("portfolio:decision_add", args=[initiative.reference])
        why = "what it decides again and again, and how far it may act in each"
        yield Gap("Decisions it makes", why, "Add", url, "binary-tree-2", True)


def autonomy_gaps(initiative: Initiative) -> Iterator[Gap]:
    """What its owners have to say about the levels of its decisions, before it is in pilot and ever after."""
    decisions = reverse("portfolio:initiative_decisions", args=[initiative.reference])
    if count := initiative.open_steps:  # type: ignore[attr-defined]
        why = f"{figures.plural(count, 'decision')} stepped down; confirm or lift it with a reason"
        yield Gap("Answer to a step down", why, "See", f"{decisions}#tab", "trending-down", by="readers")
    if count := initiative.waiting_levels:  # type: ignore[attr-defined]
        why = f"{figures.plural(count, 'bolder level')} asked for; the risk owner agrees or refuses"
        yield Gap("Consent to a bolder level", why, "See", f"{decisions}#tab", "scale", by="readers")
    is_due = initiative.stage in ACTIVE and initiative.has_decision  # type: ignore[attr-defined]
    if is_due and initiative.accepted_roles < len(AutonomyAcceptance.Role):  # type: ignore[attr-defined]
        reopened = initiative.reopened_map  # type: ignore[attr-defined]
        why = "it changed since" if reopened else "its business owner and its risk owner each accept it"
        yield Gap("Accepted autonomy map", why, "See", f"{decisions}#map", "checklist", by="readers")


def fact_gaps(initiative: Initiative) -> Iterator[Gap]:
    """Short answers in one row each group, since one form mends them together."""
    if effects := [field for field in EFFECTS if getattr(initiative, field) in (None, "")]:
        yield Gap("Effects", _list(effects), "Answer", _edit(initiative, *effects), "users", True)
    if placing := [field for field in PLACING if getattr(initiative, f"{field}_id") is None]:
        yield Gap("Place in the portfolio", _list(placing), "Choose", _edit(initiative, *placing), "tags", True)
    if parts := [part for part in PRIORITY_PARTS if getattr(initiative, part) is None]:
        why = f"{len(parts)} of {len(PRIORITY_PARTS)} parts: {_list(parts)}"
        yield Gap("Priority", why, "Rate", _edit(initiative, "priority"), "scale", True)


def _list(fields: list[str]) -> str:
    return ", ".join(lowered(label_of(field)) for field in fields)


def _edit(initiative: Initiative, *fields: str) -> str:
    if len(fields) == 1:
        return reverse("portfolio:initiative_edit_field", args=[initiative.reference, fields[0]])
    address = reverse("portfolio:initiative_edit", args=[initiative.reference])
    return f"{address}?{urlencode({'fields': ','.join(fields)})}"


_facts: dict[str, Any] = {}
_sources: list[Source] = [
    barrier_gaps,
    owner_gaps,
    text_gaps,
    outcome_gaps,
    risk_gaps,
    decision_gaps,
    autonomy_gaps,
    fact_gaps,
]
