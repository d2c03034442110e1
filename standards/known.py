"""What the register knows of an initiative, as answers to checklists."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

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
    yes_no, choice, text = AnswerType.YES_NO, AnswerType.CHOICE, AnswerType.TEXT
    risk, place, owned = "portfolio:initiative_risk", "portfolio:initiative_decisions", "portfolio:initiative_owners"
    sensitivities = tuple(str(label) for label in Sensitivity.labels)
    effects = tuple(str(label) for label in Effect.labels)
    for source in (
        Source("summary", "Summary", text, _each(lambda row: row.summary.strip()), "Summary"),
        Source("outcome", "Outcome", text, _each(lambda row: row.outcome.strip()), "Outcome"),
        Source("unit", "Business unit", text, _each(lambda row: row.unit.name), "Business unit"),
        Source("owners", "The three owners", text, _each(_owners), "Owners", owned),
        Source(
            "business_owner", "Business owner", text, _each(lambda row: str(row.business_owner or "")), "Owners", owned
        ),
        Source(
            "technical_owner",
            "Technical owner",
            text,
            _each(lambda row: str(row.technical_owner or "")),
            "Owners",
            owned,
        ),
        Source("risk_owner", "Risk owner", text, _each(lambda row: str(row.risk_owner or "")), "Owners", owned),
        Source("risk_tier", "Risk tier", text, _each(lambda row: str(row.get_risk_tier_display())), "Risk", risk),
        Source(
            "ai_act_class",
            "EU AI Act class",
            text,
            _each(lambda row: str(row.get_ai_act_class_display())),
            "Risk",
            risk,
        ),
        Source("screened", "No prohibited use", yes_no, is_screened, "Screening for prohibited uses", risk),
        Source(
            "data_sensitivity",
            "Data sensitivity",
            choice,
            _each(lambda row: str(row.get_data_sensitivity_display())),
            "Effects",
            risk,
            sensitivities,
        ),
        Source("personal_data", "Personal data", yes_no, _each(_is_personal), "Data sensitivity", risk),
        Source(
            "special_data", "Special categories of personal data", yes_no, _each(_is_special), "Data sensitivity", risk
        ),
        Source("customer_facing", "Customer-facing", yes_no, _flag("is_customer_facing"), "Effects", risk),
        Source("rights_impacting", "Rights-impacting", yes_no, _flag("is_rights_impacting"), "Effects", risk),
        Source("safety_impacting", "Safety-impacting", yes_no, _flag("is_safety_impacting"), "Effects", risk),
        Source(
            "employee_effect",
            "Effect on employees",
            choice,
            _each(lambda row: str(row.get_employee_effect_display())),
            "Effects",
            risk,
            effects,
        ),
        Source("jurisdictions", "Jurisdictions", text, jurisdictions, "Jurisdictions"),
        Source("tools", "Tools", text, tools, "Tools"),
        Source("suppliers", "Suppliers of its tools", text, suppliers, "Register of tools"),
        Source("tools_cleared", "All tools cleared", yes_no, tools_cleared, "Register of tools"),
        Source("decisions", "Decisions and their autonomy", text, decisions, "Decisions", place),
        Source("decides_regulated", "Decides something regulated", yes_no, decides_regulated, "Decisions", place),
        Source("highest_autonomy", "Highest autonomy", text, highest_autonomy, "Decisions", place),
        Source(
            "baseline",
            "Metric with baseline and target",
            yes_no,
            has_baseline,
            "Outcomes",
            "portfolio:initiative_outcomes",
        ),
    ):
        register_source(source)
