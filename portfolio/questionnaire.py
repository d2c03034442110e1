"""The questions in force with the answers of one initiative, as the risk tab shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from aiso.web import figures, markup

from .actions.answer_questions import REASON
from .configured.questions import SLUGS
from .models import Answer, Initiative, Question, QuestionSet
from .models.risk import AiActClass, RiskTier

Kind = QuestionSet.Kind
SETS = {Kind.RISK_TIER: RiskTier, Kind.AI_ACT: AiActClass, Kind.PROHIBITED_USE: RiskTier}
# The order of the tab: what stops a case stands beside the tier that it sets.
ORDER = (Kind.RISK_TIER, Kind.PROHIBITED_USE, Kind.AI_ACT)


@dataclass(frozen=True)
class Told:
    """What the page must tell beside what is stored: answers that were not saved, and why.

    `mine` are those of this person and `theirs` what somebody else answered meanwhile, both by question code,
    and reasons by `reason:` and the code. `problems` are refusals, by question code.
    """

    mine: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Option:
    """One possible answer and what it sets."""

    code: str
    text: str
    sets: str
    is_chosen: bool = False


@dataclass
class Asked:
    """One question with its possible answers. `theirs` is what somebody else answered meanwhile."""

    kind: str
    code: str
    text: str
    help_text: str
    options: list[Option]
    answer: Answer | None = None
    reason: str = ""
    theirs: str | None = None
    problem: str = ""

    @property
    def key(self) -> str:
        """Tells it apart on a page where two kinds may have questions of one code."""
        return f"{self.kind}-{self.code}"

    @property
    def seen(self) -> str:
        """The stored answer's code, which the form carries to notice other people's changes."""
        return self.answer.option.code if self.answer else ""

    @property
    def seen_reason(self) -> str:
        return self.answer.reason if self.answer else ""

    @property
    def stored_text(self) -> str:
        return self.answer.option.text if self.answer else ""

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.is_chosen), None)


@dataclass
class Questionnaire:
    """The questions of one kind, what they set, and which of them set it."""

    kind: str
    title: str
    version: int
    level: SafeString
    questions: list[Asked] = field(default_factory=list)
    set_by: Asked | None = None

    @property
    def open(self) -> int:
        return sum(1 for question in self.questions if question.answer is None)

    @property
    def is_screening(self) -> bool:
        """Whether the answers need reasons."""
        return self.kind == Kind.PROHIBITED_USE

    @property
    def slug(self) -> str:
        """The configuration that these questions come from."""
        return SLUGS[Kind(self.kind)]


def questionnaires_of(initiative: Initiative, told: Told) -> list[Questionnaire]:
    """All kinds with their answers, in four queries."""
    answers = {answer.question_id: answer for answer in initiative.answers.select_related("option", "answered_by")}
    found: dict[str, Questionnaire] = {}
    set_by: dict[int, Asked] = {}
    for question in questions_in_force():
        kind = question.question_set.kind
        sheet = found.setdefault(kind, _sheet(initiative, question.question_set))
        asked = _asked(question, answers.get(question.pk), told)
        sheet.questions.append(asked)
        set_by[question.pk] = asked
    for sheet in found.values():
        by = initiative.ai_act_set_by_id if sheet.kind == Kind.AI_ACT else initiative.risk_tier_set_by_id
        sheet.set_by = set_by.get(by) if by else None
    if screening := found.get(Kind.PROHIBITED_USE):
        screening.level = _screened(screening)
        screening.set_by = screening.set_by if screening.set_by in screening.questions else None
    return [found[kind] for kind in ORDER if kind in found]


def questions_in_force() -> list[Question]:
    sets = {each.pk: each for each in QuestionSet.objects.all_in_force()}
    questions = [*Question.objects.filter(question_set__in=sets).order_by("position").prefetch_related("options")]
    for question in questions:
        question.question_set = sets[question.question_set_id]
    return questions


def _sheet(initiative: Initiative, question_set: QuestionSet) -> Questionnaire:
    if question_set.kind != Kind.AI_ACT:
        level = markup.risk_level(initiative.risk_tier)
    else:
        label = initiative.get_ai_act_class_display()
        level = (
            markup.status("late", label, "ban")
            if initiative.ai_act_class == AiActClass.PROHIBITED
            else (SafeString(label) if label else markup.nothing("Not assessed"))
        )
    return Questionnaire(question_set.kind, question_set.get_kind_display(), question_set.version, level)


def _screened(sheet: Questionnaire) -> SafeString:
    """Where the screening stands: stopped, unsure, under way or clear."""
    given = [asked.seen for asked in sheet.questions]
    if "yes" in given:
        return markup.status("late", "Prohibited", "ban")
    if unsure := given.count("not-sure"):
        return markup.status("risk", f"{figures.plural(unsure, 'use')} not sure", "help-circle")
    if sheet.open:
        return markup.nothing(f"{len(given) - sheet.open} of {len(given)} screened")
    return markup.status("ok", "None applies", "check")


def _asked(question: Question, answer: Answer | None, told: Told) -> Asked:
    labels = dict(SETS[Kind(question.question_set.kind)].choices)
    code = question.code
    shown = told.mine.get(code, answer.option.code if answer else "")
    options = [
        Option(option.code, option.text, str(labels.get(option.sets, "")), is_chosen=option.code == shown)
        for option in question.options.all()
    ]
    reason = told.mine.get(f"{REASON}{code}", answer.reason if answer else "")
    theirs, problem = _theirs(told, code, options), told.problems.get(code, "")
    kind = question.question_set.kind
    return Asked(kind, code, question.text, question.help_text, options, answer, reason, theirs, problem)


def _theirs(told: Told, code: str, options: list[Option]) -> str | None:
    """What somebody else answered or wrote meanwhile, in words."""
    parts = []
    if code in told.theirs:
        texts = {option.code: option.text for option in options}
        parts.append(texts.get(told.theirs[code], "Not answered"))
    if reason := told.theirs.get(f"{REASON}{code}"):
        parts.append(reason)
    return ": ".join(parts) if parts or f"{REASON}{code}" in told.theirs else None
