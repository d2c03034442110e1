"""A request as the API tells it, in lists and alone."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from aiso.accounts.models import User
from aiso.api.shapes import Named, Person, named, named_as

from ..duplicates import Likeness
from ..forms.intake_decisions import DECISIONS
from ..intake_reading import answers_for, lane_for, may_change
from ..intake_sheet import Missing, Sheet, name_of
from ..lessons import Lesson
from ..models import Initiative, Intake, IntakeQuestion, Question, Stage
from .intake_answers import told_answers, told_schema
from .lane import LaneShape
from .lane import drawn as lane_drawn
from .shapes import REFERENCE

INTAKE = {"pattern": "^IN-[0-9]{4,}$", "examples": ["IN-0042"]}
WAITS_FOR = {
    Intake.State.DRAFT: "requester",
    Intake.State.ASKED: "requester",
    Intake.State.SUBMITTED: "office",
}
WAITING = {"enum": [*dict.fromkeys(WAITS_FOR.values()), None]}


class InitiativeNamedShape(TypedDict):
    """An initiative by its reference and name."""

    id: Annotated[str, REFERENCE]
    name: str


class IntakeRowShape(TypedDict):
    """The request that becomes an initiative, as lists tell it."""

    id: Annotated[str, "Its reference, as people say it.", INTAKE]
    name: str
    state: Annotated[str, Intake.State]
    waits_for: Annotated[str | None, "Who has it now; null once it is decided.", WAITING]
    requester: Person | None
    unit: Named | None
    initiative: Annotated[InitiativeNamedShape | None, "What it became; null for a draft, or where you may not see it."]
    joined_to: Annotated[InitiativeNamedShape | None, "What serves it, too; null where you may not see it."]
    started_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


class MissingAnswerShape(TypedDict):
    """An answer without which the request cannot be submitted."""

    step: str
    question: Annotated[str, "The answer's name."]
    label: str
    message: str


class UseShape(TypedDict):
    """A prohibited use."""

    question: Annotated[str, "The answer's name."]
    text: str


class OfficeQuestionShape(TypedDict):
    """What the office asked, and the requester's reply."""

    text: str
    asked_by: Person | None
    asked_at: datetime
    reply: str | None
    replied_at: datetime | None


class IntakeShape(IntakeRowShape):
    """The request that becomes an initiative."""

    decided_by: Person | None
    rationale: Annotated[str, "Why it was decided so."]
    answers: Annotated[
        dict[str, Any], "By question, as they are sent; what cannot be right stands as it was written.", told_schema()
    ]
    missing: Annotated[list[MissingAnswerShape], "For whoever may still answer."]
    lane: Annotated[LaneShape, "What the answers give; once submitted, what the register does."]
    prohibited: Annotated[list[UseShape], "Prohibited uses that it would be: they stop it."]
    unsure: Annotated[list[UseShape], "Prohibited uses that are not ruled out: the office settles them."]
    questions: list[OfficeQuestionShape]
    address: Annotated[str, "Its page."]


class MatchShape(TypedDict):
    """A word that both have."""

    word: str
    part: Annotated[str, "Of the initiative: name, summary or outcome."]


class LessonShape(TypedDict):
    """Why an initiative ended, and what was learnt there."""

    closing: Annotated[int, "Its closing."]
    reason: str
    closed_on: date
    learnt: Annotated[list[str], "At its end, then what was added since."]
    reusable: Annotated[str, "What can be used again, and where it is."]


class LikenessShape(TypedDict):
    """An initiative that a request is like."""

    initiative: InitiativeNamedShape
    stage: Annotated[str, Stage]
    score: Annotated[float, "0 to 1."]
    degree: Annotated[str, "The score in words."]
    words: list[MatchShape]
    lesson: Annotated[LessonShape | None, "Of one that ended."]


class LikenessesShape(TypedDict):
    """What a request is like, the likest first."""

    results: list[LikenessShape]


def drawn_rows(intakes: Iterable[Intake], viewer: User) -> list[IntakeRowShape]:
    """Requests read with their requester, unit and initiatives. One query finds the initiatives that may be named."""
    rows = [*intakes]
    pointed = {pk for row in rows for pk in (row.initiative_id, row.joined_to_id) if pk}
    seen = {each.pk: each for each in Initiative.objects.visible_to(viewer).filter(pk__in=pointed).only("name")}
    return [_row(intake, seen) for intake in rows]


def drawn(intake: Intake, viewer: User) -> IntakeShape:
    sheet = Sheet(answers_for(intake, viewer))
    [row] = drawn_rows([intake], viewer)
    return {
        **row,
        "decided_by": named(intake.decided_by),
        "rationale": intake.rationale,
        "answers": told_answers(sheet),
        "missing": [_missing(each) for each in sheet.missing] if may_change(intake, viewer) else [],
        "lane": lane_drawn(lane_for(intake, viewer, sheet)),
        "prohibited": [_use(each) for each in sheet.prohibited],
        "unsure": [_use(each) for each in sheet.unsure],
        "questions": [_question(each) for each in intake.questions.select_related("asked_by")],
        "address": intake.get_absolute_url(),
    }


def likeness_drawn(likeness: Likeness) -> LikenessShape:
    return {
        "initiative": _named(likeness.initiative),
        "stage": likeness.initiative.stage,
        "score": round(likeness.score, 3),
        "degree": likeness.degree,
        "words": [{"word": each.word, "part": each.part} for each in likeness.words],
        "lesson": _lesson(likeness.lesson),
    }


def _lesson(lesson: Lesson | None) -> LessonShape | None:
    if lesson is None:
        return None
    return {
        "closing": lesson.closing,
        "reason": lesson.reason,
        "closed_on": lesson.closed_on,
        "learnt": [*lesson.learnt],
        "reusable": lesson.reusable,
    }


def _row(intake: Intake, seen: dict[int, Initiative]) -> IntakeRowShape:
    initiative, joined = (seen.get(pk or 0) for pk in (intake.initiative_id, intake.joined_to_id))
    return {
        "id": intake.reference,
        "name": intake.name,
        "state": intake.state,
        "waits_for": WAITS_FOR.get(Intake.State(intake.state)),
        "requester": named(intake.requester),
        "unit": named(intake.unit),
        "initiative": _named(initiative) if initiative else None,
        "joined_to": _named(joined) if joined else None,
        "started_at": intake.started_at,
        "changed_at": intake.changed_at,
        "submitted_at": intake.submitted_at,
        "decided_at": intake.decided_at,
    }


def _named(initiative: Initiative) -> InitiativeNamedShape:
    return {"id": initiative.reference, "name": initiative.name}


def _missing(missing: Missing) -> MissingAnswerShape:
    return {"step": missing.step, "question": answer_of(missing), "label": missing.label, "message": missing.told}


def answer_of(missing: Missing) -> str:
    """The name of the answer that is missing: rows lack together."""
    return DECISIONS if missing.step == DECISIONS else missing.field


def _use(question: Question) -> UseShape:
    return {"question": name_of(question), "text": question.text}


def _question(question: IntakeQuestion) -> OfficeQuestionShape:
    return {
        "text": question.text,
        "asked_by": named_as(question.asked_by_id, question.asked_by.name),
        "asked_at": question.asked_at,
        "reply": question.answer if question.answered_at else None,
        "replied_at": question.answered_at,
    }
