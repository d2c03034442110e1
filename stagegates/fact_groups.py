"""The groups of facts that sign-offs rest on, as the register knows them. Values hold no figure that moves by itself,
like days left: only what somebody changes may make a sign-off outdated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from aiso.web import figures
from portfolio.autonomy_map import classes_of
from portfolio.clearances import standings_of
from portfolio.models import Clearance, DecisionClass, Initiative, OutcomeMetric, Question, Stage, Tool
from portfolio.models.risk import Answer
from standards.prefill import facts_of

from .known import read_known
from .models import GateReview
from .plan_asked import plan_facts
from .scopes import CASE, Facts, Group, register_group
from .seals import Fact

type Reviews = Sequence[GateReview]
WORDS = {True: "Yes", False: "No", None: ""}
PERSONAL = (Initiative.DataSensitivity.PERSONAL, Initiative.DataSensitivity.SPECIAL)


def case_facts(reviews: Reviews) -> Facts:
    """What is asked, what the initiative is to do, for whom, where, and how risky it is. Three queries."""
    places = _jurisdictions(reviews)
    setting = _tier_answers(reviews)
    types = _use_case_types(reviews)
    return {
        review.pk: [
            Fact("case/ask", "What is asked", review.ask),
            Fact("case/gates", "Gates", ", ".join(map(_gate, review.gates))),
            Fact("case/to", "Approval moves to", str(Stage(review.to_stage).label)),
            *_case(review.initiative, types.get(review.initiative_id, "")),
            setting.get(review.initiative_id, Fact("case/tier-set-by", "Answer that set the tier", "")),
            places.get(review.initiative_id, Fact("case/jurisdictions", "Jurisdictions", "")),
        ]
        for review in reviews
    }


def _gate(code: str) -> str:
    """A gate by its code, which it keeps whatever it is called."""
    return code.replace("-", " ").capitalize()


def _case(row: Initiative, use_case_type: str) -> list[Fact]:
    return [
        Fact("case/summary", "What it is to do", row.summary),
        Fact("case/outcome", "Outcome", row.outcome),
        Fact("case/use-case-type", "Use-case type", use_case_type, str(row.use_case_type_id or "")),
        Fact("case/tier", "Risk tier", str(row.get_risk_tier_display())),
        Fact("case/ai-act", "EU AI Act class", str(row.get_ai_act_class_display())),
        Fact("case/sensitivity", "Data sensitivity", str(row.get_data_sensitivity_display())),
        Fact("case/customers", "Customer-facing", WORDS[row.is_customer_facing]),
        Fact("case/rights", "Rights-impacting", WORDS[row.is_rights_impacting]),
        Fact("case/safety", "Safety-impacting", WORDS[row.is_safety_impacting]),
    ]


def _use_case_types(reviews: Reviews) -> dict[int, str]:
    """By initiative. Called by its id in the seal, so that an entry which is renamed changes nothing."""
    rows = facts_of(_initiatives(reviews))
    return {row.pk: row.use_case_type.name for row in rows if row.use_case_type}


def _jurisdictions(reviews: Reviews) -> dict[int, Fact]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    through = Initiative.jurisdictions.through.objects.filter(initiative__in=_initiatives(reviews))
    rows = through.values_list("initiative", "jurisdiction", "jurisdiction__name")
    for pk, place, name in rows.order_by("jurisdiction__name"):
        found[pk].append((place, name))
    return {
        pk: Fact(
            "case/jurisdictions",
            "Jurisdictions",
            ", ".join(name for _, name in places),
            ",".join(str(place) for place in sorted(place for place, _ in places)),
        )
        for pk, places in found.items()
    }


def _tier_answers(reviews: Reviews) -> dict[int, Fact]:
    """The question and answer that set the tier, by initiative; called by their codes, which versions keep."""
    set_by = {review.initiative_id: review.initiative.risk_tier_set_by_id for review in reviews}
    answers = Answer.objects.filter(initiative__in=set_by, question__in={pk for pk in set_by.values() if pk})
    found = {}
    for answer in answers.select_related("question", "option"):
        if set_by[answer.initiative_id] == answer.question_id:
            question: Question = answer.question
            value = f"{question.text} {answer.option.text}"
            ref = f"{question.code}:{answer.option.code}"
            found[answer.initiative_id] = Fact("case/tier-set-by", "Answer that set the tier", value, ref)
    return found


def decision_facts(reviews: Reviews) -> Facts:
    """The decision classes with their levels and tests, and whether the map is accepted."""
    classes = classes_of(_initiatives(reviews))
    found = _by_initiative((each.initiative_id, _decision(each)) for each in classes)
    rows = [review.initiative for review in reviews]
    accepted = read_known(["autonomy-map"], rows)
    for row in rows:
        if known := accepted.get((row.pk, "autonomy-map")):
            told = "Accepted" if known.is_met else "Not accepted"
            found[row.pk].append(Fact("decisions/map", "Autonomy map", told))
    return _by_review(reviews, found)


def _decision(each: DecisionClass) -> Fact:
    """One decision class: what is decided, its level, and the answers that it follows from."""
    told = [
        str(each.get_autonomy_display()),
        f"cost of error {each.get_cost_of_error_display().lower()}",
        f"undone {each.get_reversibility_display().lower()}",
        f"confidence {each.get_confidence_display().lower()}",
        f"time to review {each.get_review_capacity_display().lower()}",
    ]
    told += ["regulated"] if each.is_regulated else []
    told += [f"not yet automated: {each.not_automated_because}"] if each.not_automated_because else []
    told += [f"{figures.number(each.volume_per_week)} a week"] if each.volume_per_week is not None else []
    return Fact(f"decisions/{each.pk}", f"Decision: {each.name}", f"{each.name}: {', '.join(told)}")


def data_facts(reviews: Reviews) -> Facts:
    """What data it works on, as far as the register knows; what more is asked are requirements with evidence."""
    return {
        review.pk: [
            Fact("data/sensitivity", "Data sensitivity", str(review.initiative.get_data_sensitivity_display())),
            Fact("data/personal", "Personal data", _personal(review.initiative)),
        ]
        for review in reviews
    }


def _personal(row: Initiative) -> str:
    return WORDS[row.data_sensitivity in PERSONAL] if row.data_sensitivity else ""


def tool_facts(reviews: Reviews) -> Facts:
    """Each tool with its supplier and what legal, procurement and security say of it. Three queries."""
    through = Initiative.tools.through.objects.filter(initiative__in=_initiatives(reviews)).order_by("tool__name")
    uses = [*through.values_list("initiative", "tool")]
    tools = Tool.objects.select_related("supplier").prefetch_related("clearances")
    named = tools.in_bulk({tool for _, tool in uses})
    return _by_review(reviews, _by_initiative((pk, _tool(named[tool])) for pk, tool in uses))


def _tool(tool: Tool) -> Fact:
    """Approvals by the day on which they end, not by the days left."""
    said = [f"{each.function.label}: {_said(each.clearance)}" for each in standings_of(tool)]
    supplier = tool.supplier.name if tool.supplier else "none"
    ids = [str(tool.supplier_id or ""), *said]
    return Fact(f"tools/{tool.pk}", f"Tool: {tool.name}", f"Supplier: {supplier}. {'; '.join(said)}", "|".join(ids))


def _said(clearance: Clearance | None) -> str:
    if clearance is None:
        return "not asked"
    told = "expired" if clearance.is_expired else clearance.get_status_display().lower()
    until = f" until {figures.day(clearance.expires_on)}" if clearance.expires_on else ""
    return f"{told}{until}{f' ({clearance.note})' if clearance.note else ''}"


def money_facts(reviews: Reviews) -> Facts:
    """The sum asked for with the review, and what the plan comes to."""
    planned = plan_facts(reviews)
    return {
        review.pk: [Fact("money/amount", "Money asked for", _sum(review)), *planned[review.pk]] for review in reviews
    }


def _sum(review: GateReview) -> str:
    return figures.exact_money(review.amount) if review.amount is not None else ""


def metric_facts(reviews: Reviews) -> Facts:
    """Each outcome metric from its baseline to its target."""
    metrics = OutcomeMetric.objects.filter(initiative__in=_initiatives(reviews)).order_by("pk")
    found = _by_initiative((each.initiative_id, _metric(each)) for each in metrics)
    return _by_review(reviews, found)


def _metric(each: OutcomeMetric) -> Fact:
    """One metric, by its name, too: under another name something else is measured."""
    told = [
        f"from {figures.measured(each.baseline) or '?'} to {figures.measured(each.target) or '?'} {each.unit}",
        each.get_direction_display().lower(),
    ]
    told += [f"baseline of {figures.day(each.baseline_on)}, {each.baseline_source}"] if each.baseline_on else []
    told += [f"by {figures.day(each.horizon_on)}"] if each.horizon_on else []
    told += [f"without {each.constraint}"] if each.constraint else []
    return Fact(f"metrics/{each.pk}", f"Metric: {each.name}", f"{each.name}: {'; '.join(told)}")


def employee_facts(reviews: Reviews) -> Facts:
    return {
        review.pk: [Fact("employees/effect", "Effect on employees", review.initiative.get_employee_effect_display())]
        for review in reviews
    }


def _initiatives(reviews: Reviews) -> list[int]:
    return [review.initiative_id for review in reviews]


def _by_initiative(pairs: Iterable[tuple[int, Fact]]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for pk, fact in pairs:
        found[pk].append(fact)
    return found


def _by_review(reviews: Reviews, found: dict[int, list[Fact]]) -> Facts:
    return {review.pk: found.get(review.initiative_id, []) for review in reviews}


def register_groups() -> None:
    groups: list[tuple[str, str, Callable[[Reviews], Facts]]] = [
        (CASE, "The case", case_facts),
        ("decisions", "Decisions and autonomy", decision_facts),
        ("data", "Data", data_facts),
        ("tools", "Tools, suppliers and clearances", tool_facts),
        ("money", "Money", money_facts),
        ("metrics", "Outcome metrics", metric_facts),
        ("employees", "Effect on employees", employee_facts),
    ]
    for slug, label, read in groups:
        register_group(Group(slug, label, read, is_money=slug == "money"))
