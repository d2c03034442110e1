"""What the register knows of an initiative, as answers to checklists."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from django.db.models import TextChoices

from portfolio.autonomy_map import classes_of
from portfolio.clearances import tools_of
from portfolio.configured.questions import SCREENING
from portfolio.models import Answer, DecisionClass, Initiative, OutcomeMetric, Question, QuestionSet
from portfolio.models.decision import AutonomyLevel

from .checklist import NO, YES, AnswerType
from .prefill import Reader, Source, register_source

type Rows = Sequence[Initiative]
Sensitivity, Effect = Initiative.DataSensitivity, Initiative.EmployeeEffect
PERSONAL = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)
YES_NO, CHOICE, TEXT = AnswerType.YES_NO, AnswerType.CHOICE, AnswerType.TEXT
# Where the risk questions are answered.
RISK = "portfolio:initiative_risk"


def _each(told: Callable[[Initiative], str]) -> Reader:
    """A reader of what stands on the initiative itself."""

    def read(rows: Rows) -> Mapping[int, str]:
        return {row.pk: value for row in rows if (value := told(row))}

    return read


def _flag(field: str) -> Reader:
    words = {True: YES, False: NO, None: ""}
    return _each(lambda row: words[getattr(row, field)])


def _owners(row: Initiative) -> str:
    """The three names, once all three are there."""
    people = {"business": row.business_owner, "technical": row.technical_owner, "risk": row.risk_owner}
    if None in people.values():
        return ""
    return ", ".join(f"{person} ({kind})" for kind, person in people.items())


def _is_personal(row: Initiative) -> str:
    if not row.data_sensitivity:
        return ""
    return YES if row.data_sensitivity in PERSONAL else NO


def _is_special(row: Initiative) -> str:
    if not row.data_sensitivity:
        return ""
    return YES if row.data_sensitivity == Sensitivity.SPECIAL else NO


def _gathered(pairs: Iterable[tuple[int, str]], joint: str = ", ") -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for pk, text in pairs:
        found[pk].append(text)
    return {pk: joint.join(texts) for pk, texts in found.items()}


def jurisdictions(rows: Rows) -> Mapping[int, str]:
    through = Initiative.jurisdictions.through.objects.filter(initiative__in=rows)
    return _gathered(through.order_by("jurisdiction__name").values_list("initiative", "jurisdiction__name"))


def tools(rows: Rows) -> Mapping[int, str]:
    return _gathered((pk, name) for pk, name, _ in _tools(rows))


def suppliers(rows: Rows) -> Mapping[int, str]:
    through = Initiative.tools.through.objects.filter(initiative__in=rows, tool__supplier__isnull=False)
    named = through.order_by("tool__supplier__name").values_list("initiative", "tool__supplier__name")
    return _gathered(named.distinct())


def tools_cleared(rows: Rows) -> Mapping[int, str]:
    """Whether legal, procurement and security approve every tool today; nothing while no tool is named."""
    found: dict[int, bool] = {}
    for pk, _, is_approved in _tools(rows):
        found[pk] = found.get(pk, True) and is_approved
    return {pk: YES if cleared else NO for pk, cleared in found.items()}


def _tools(rows: Rows) -> list[tuple[int, str, bool]]:
    return tools_of([row.pk for row in rows])


def decisions(rows: Rows) -> Mapping[int, str]:
    labels = dict(AutonomyLevel.choices)
    told = [(each.initiative_id, each.name, each.autonomy) for each in classes_of(row.pk for row in rows)]
    return _gathered(((pk, f"{name}: {labels.get(level, level).lower()}") for pk, name, level in told), "; ")


def decides_regulated(rows: Rows) -> Mapping[int, str]:
    found: dict[int, str] = {}
    classes = DecisionClass.objects.filter(initiative__in=rows)
    for pk, is_regulated in classes.values_list("initiative", "is_regulated"):
        found[pk] = YES if is_regulated or found.get(pk) == YES else NO
    return found


def highest_autonomy(rows: Rows) -> Mapping[int, str]:
    order = [*AutonomyLevel.values]
    found: dict[int, str] = {}
    for pk, level in DecisionClass.objects.filter(initiative__in=rows).values_list("initiative", "autonomy"):
        found[pk] = max(found.get(pk, level), level, key=order.index)
    return {pk: str(AutonomyLevel(level).label) for pk, level in found.items()}


def has_baseline(rows: Rows) -> Mapping[int, str]:
    metrics = OutcomeMetric.objects.filter(initiative__in=rows, baseline__isnull=False, target__isnull=False)
    return dict.fromkeys(metrics.values_list("initiative", flat=True).distinct(), YES)


def is_screened(rows: Rows) -> Mapping[int, str]:
    """Yes once every prohibited use in force is denied, no once one applies."""
    kind = QuestionSet.Kind.PROHIBITED_USE
    uses = Question.objects.filter(question_set__in=QuestionSet.objects.all_in_force().filter(kind=kind).values("pk"))
    count = uses.count()
    found: dict[int, list[str]] = defaultdict(list)
    answers = Answer.objects.filter(initiative__in=rows, question__in=uses)
    for pk, option in answers.values_list("initiative", "option__code"):
        found[pk].append(option)
    denied, _, applies = (each["code"] for each in SCREENING)
    settled = {pk: NO for pk, options in found.items() if applies in options}
    return settled | {pk: YES for pk, options in found.items() if options.count(denied) == count > 0}


def register_sources() -> None:
    """All that the register knows."""
    for source in (*_of_summary(), *_of_owners(), *_of_risk(), *_of_effects(), *_of_entries(), *_of_decisions()):
        register_source(source)


def _of_summary() -> Iterator[Source]:
    yield Source("summary", "Summary", TEXT, _each(lambda row: row.summary.strip()), "Summary")
    yield Source("outcome", "Outcome", TEXT, _each(lambda row: row.outcome.strip()), "Outcome")
    yield Source("unit", "Business unit", TEXT, _each(lambda row: row.unit.name), "Business unit")


def _of_owners() -> Iterator[Source]:
    def owner(name: str, label: str, read: Reader) -> Source:
        return Source(name, label, TEXT, read, "Owners", "portfolio:initiative_owners")

    yield owner("owners", "The three owners", _each(_owners))
    yield owner("business_owner", "Business owner", _each(lambda row: str(row.business_owner or "")))
    yield owner("technical_owner", "Technical owner", _each(lambda row: str(row.technical_owner or "")))
    yield owner("risk_owner", "Risk owner", _each(lambda row: str(row.risk_owner or "")))


def _of_risk() -> Iterator[Source]:
    tier, ai_act = _shown(Initiative.get_risk_tier_display), _shown(Initiative.get_ai_act_class_display)
    yield Source("risk_tier", "Risk tier", TEXT, tier, "Risk", RISK)
    yield Source("ai_act_class", "EU AI Act class", TEXT, ai_act, "Risk", RISK)
    yield Source("screened", "No prohibited use", YES_NO, is_screened, "Screening for prohibited uses", RISK)


def _of_effects() -> Iterator[Source]:
    sensitivities, effects = _labels(Sensitivity), _labels(Effect)
    sensitivity = _shown(Initiative.get_data_sensitivity_display)
    effect = _shown(Initiative.get_employee_effect_display)
    special = "Special categories of personal data"
    yield Source("data_sensitivity", "Data sensitivity", CHOICE, sensitivity, "Effects", RISK, sensitivities)
    yield Source("personal_data", "Personal data", YES_NO, _each(_is_personal), "Data sensitivity", RISK)
    yield Source("special_data", special, YES_NO, _each(_is_special), "Data sensitivity", RISK)
    yield Source("customer_facing", "Customer-facing", YES_NO, _flag("is_customer_facing"), "Effects", RISK)
    yield Source("rights_impacting", "Rights-impacting", YES_NO, _flag("is_rights_impacting"), "Effects", RISK)
    yield Source("safety_impacting", "Safety-impacting", YES_NO, _flag("is_safety_impacting"), "Effects", RISK)
    yield Source("employee_effect", "Effect on employees", CHOICE, effect, "Effects", RISK, effects)


def _of_entries() -> Iterator[Source]:
    yield Source("jurisdictions", "Jurisdictions", TEXT, jurisdictions, "Jurisdictions")
    yield Source("tools", "Tools", TEXT, tools, "Tools")
    yield Source("suppliers", "Suppliers of its tools", TEXT, suppliers, "Register of tools")
    yield Source("tools_cleared", "All tools cleared", YES_NO, tools_cleared, "Register of tools")


def _of_decisions() -> Iterator[Source]:
    place, outcomes = "portfolio:initiative_decisions", "portfolio:initiative_outcomes"
    yield Source("decisions", "Decisions and their autonomy", TEXT, decisions, "Decisions", place)
    yield Source("decides_regulated", "Decides something regulated", YES_NO, decides_regulated, "Decisions", place)
    yield Source("highest_autonomy", "Highest autonomy", TEXT, highest_autonomy, "Decisions", place)
    yield Source("baseline", "Metric with baseline and target", YES_NO, has_baseline, "Outcomes", outcomes)


def _shown(display: Callable[[Initiative], str]) -> Reader:
    """A reader of a choice, as people read it."""
    return _each(lambda row: str(display(row)))


def _labels(choices: type[TextChoices]) -> tuple[str, ...]:
    return tuple(str(label) for label in choices.labels)
