"""The questions in force with the answers of one initiative, as the risk tab shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils.safestring import SafeString

from aiso.web import markup

from .models import Answer, Initiative, Question, QuestionSet
from .models.risk import AiActClass, RiskTier

SETS = {QuestionSet.Kind.RISK_TIER: RiskTier, QuestionSet.Kind.AI_ACT: AiActClass}


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

    code: str
    text: str
    help_text: str
    options: list[Option]
    answer: Answer | None = None
    theirs: str | None = None

    @property
    def seen(self) -> str:
        """The stored answer's code, which the form carries to notice other people's changes."""
        return self.answer.option.code if self.answer else ""

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


def questionnaires_of(
    initiative: Initiative, mine: Mapping[str, str], theirs: Mapping[str, str]
) -> list[Questionnaire]:
    """Both kinds with their answers, in three queries. `mine` are answers that a conflict kept from being saved."""
    answers = {answer.question_id: answer for answer in initiative.answers.select_related("option", "answered_by")}
    set_by = {initiative.risk_tier_set_by_id, initiative.ai_act_set_by_id}
    found: dict[str, Questionnaire] = {}
    for question in questions_in_force():
        kind = question.question_set.kind
        sheet = found.setdefault(kind, _sheet(initiative, question.question_set))
        asked = _asked(question, answers.get(question.pk), mine, theirs)
        sheet.questions.append(asked)
        if question.pk in set_by:
            sheet.set_by = asked
    return [found[kind] for kind in QuestionSet.Kind if kind in found]


def questions_in_force() -> list[Question]:
    published = QuestionSet.objects.filter(published_at__isnull=False)
    latest = dict(published.values_list("kind").annotate(Max("version")))
    questions = Question.objects.filter(question_set__published_at__isnull=False).select_related("question_set")
    in_order = questions.order_by("position").prefetch_related("options")
    return [each for each in in_order if each.question_set.version == latest[each.question_set.kind]]


def _sheet(initiative: Initiative, question_set: QuestionSet) -> Questionnaire:
    if question_set.kind == QuestionSet.Kind.RISK_TIER:
        level = markup.risk_level(initiative.risk_tier)
    else:
        label = initiative.get_ai_act_class_display()
        level = (
            markup.status("late", label, "ban")
            if initiative.ai_act_class == AiActClass.PROHIBITED
            else (SafeString(label) if label else markup.nothing("Not assessed"))
        )
    return Questionnaire(question_set.kind, question_set.get_kind_display(), question_set.version, level)


def _asked(question: Question, answer: Answer | None, mine: Mapping[str, str], theirs: Mapping[str, str]) -> Asked:
    labels = dict(SETS[QuestionSet.Kind(question.question_set.kind)].choices)
    shown = mine.get(question.code, answer.option.code if answer else "")
    options = [
        Option(option.code, option.text, str(labels.get(option.sets, option.sets)), is_chosen=option.code == shown)
        for option in question.options.all()
    ]
    conflict = None
    if question.code in theirs:
        texts = {option.code: option.text for option in options}
        conflict = texts.get(theirs[question.code], "Not answered")
    return Asked(question.code, question.text, question.help_text, options, answer, conflict)
