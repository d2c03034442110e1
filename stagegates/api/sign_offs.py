from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.fields import IdField, person_field, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from portfolio.models import Initiative
from portfolio.models.risk import RiskTier
from portfolio.permissions import money_seen_among

from ..actions.answer_sign_off import MOST_CONDITIONS, MOST_MINUTES, Demand, answer_sign_off
from ..actions.ask_question import ask_question, reply_to_question
from ..actions.delegate_sign_off import delegate_sign_off
from ..actions.sign_offs import changes_of
from ..models import Condition, SignOff, SignOffAnswer, SignOffQuestion
from ..models.sign_off import SignOffAnswerQuerySet, SignOffQuerySet
from ..reviewers import reviewed_by
from ..scopes import copies_of, scope_of
from ..seals import Changed, is_intact, token_of
from ..sign_off_cards import shown, shown_changes, shown_seal
from ..sign_off_queue import DUES, OLDEST_BREACH, STATES, due_within, in_state


class RuleShape(TypedDict):
    """A rule that asks for it."""

    kind: str
    code: str
    name: str
    version: int


class FactShape(TypedDict):
    """One thing that a sign-off rests on. Sums are withheld from those who may not see the money."""

    key: str
    label: str
    value: str


class ChangeShape(TypedDict):
    """A fact that is not as it was sealed; the empty text is nothing."""

    key: str
    label: str
    was: str
    now: str


class SignOffConditionShape(TypedDict):
    id: int
    text: str
    owner: Person
    due_on: date
    met_at: datetime | None
    waived_at: datetime | None


class SignOffAnswerShape(TypedDict):
    """What a function said. Its copy is at `sign-offs/{id}/`, as it is true now; the seal tells whether it still is."""

    id: int
    verdict: Annotated[str, SignOffAnswer.Verdict]
    reason: str
    minutes: int | None
    answered_by: Person
    answered_at: datetime
    seal: Annotated[str | None, "SHA-256 of the sealed copy, in hexadecimal; null where a sum in it is withheld."]
    is_intact: Annotated[bool, "Whether the stored copy still has this hash."]
    sealed: list[FactShape]
    is_deviation: Annotated[bool, "A rule requires it, and the function said that it does not apply."]
    outdated_at: datetime | None
    changed: Annotated[list[ChangeShape], "What changed since it was sealed."]
    conditions: list[SignOffConditionShape]


class SignOffQuestionShape(TypedDict):
    id: int
    text: str
    asked_by: Person
    asked_at: datetime
    reply: str
    replied_by: Person | None
    replied_at: datetime | None


class SignOffShape(TypedDict):
    """What one function is to say of one gate review, with its clock."""

    id: int
    review: int
    initiative: Annotated[str, "The reference, e.g. AI-0042."]
    function: Annotated[str, "The function's slug."]
    state: Annotated[str, SignOff.State]
    asked_by: list[RuleShape]
    clock_days: Annotated[int, "Working days to answer in."]
    started_at: Annotated[datetime | None, "When its evidence was there; null before, and once it is answered."]
    due_on: Annotated[date | None, "At the end of this day the clock runs out; null while it stands still."]
    escalated_at: datetime | None
    assigned_to: Person | None
    answer: Annotated[SignOffAnswerShape | None, "The one that stands."]


class SignOffWhole(SignOffShape):
    """A sign-off with what it rests on now, its questions and all answers."""

    rests_on: list[FactShape]
    seen: Annotated[str, "Send it with an answer: what changed meanwhile then refuses it."]
    questions: list[SignOffQuestionShape]
    answers: list[SignOffAnswerShape]


class SignOffsQuery(PageQuery):
    state = serializers.ChoiceField(
        [state for state in STATES if state], required=False, help_text="Without it, those to answer now."
    )
    mine = serializers.BooleanField(default=False, help_text="Only what you may answer.")
    function = serializers.SlugField(required=False)
    due = serializers.ChoiceField([due for due in DUES if due], required=False)
    tier = serializers.ChoiceField(RiskTier.choices, required=False)
    unit = unit_field(required=False, help_text="This unit and those below it.")
    initiative = IdField(Initiative.objects.all(), required=False, help_text="Its id.")


class NewCondition(Body):
    text = serializers.CharField(max_length=2000)
    owner = person_field()
    due_on = serializers.DateField()


class NewAnswer(Body):
    verdict = serializers.ChoiceField(SignOffAnswer.Verdict.choices)
    reason = serializers.CharField(max_length=10_000)
    minutes = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_MINUTES)
    conditions = NewCondition(many=True, required=False, max_length=MOST_CONDITIONS)  # type: ignore[call-arg]
    seen = serializers.CharField(required=False, allow_blank=True, max_length=64, help_text="The `seen` that you read.")
    replaces = serializers.IntegerField(
        required=False, allow_null=True, help_text="The id of the answer that stands and that this one replaces."
    )


class NewQuestion(Body):
    text = serializers.CharField(max_length=5000)


class Delegation(Body):
    to = person_field(allow_null=True, help_text="Null gives it back to the function.")
    reason = serializers.CharField(max_length=300)


class SignOffs(Noun):
    tag = "Sign-offs"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(SignOffShape, query=SignOffsQuery)
    def list(self, request: Request) -> Response:
        """Sign-offs of open reviews, the oldest breach first."""
        rows = in_state(self._visible(), self.asked.get("state", ""))
        rows = due_within(reviewed_by(self.person, rows) if self.asked["mine"] else rows, self.asked.get("due", ""))
        for name, field in _FILTERS.items():
            if value := self.asked.get(name):
                rows = rows.filter(**{field: value})
        if unit := self.asked.get("unit"):
            rows = rows.filter(review__initiative__unit__in=type(unit).objects.and_below([unit.pk]))
        sees = _Sight(self.person)
        return self.page(rows, OLDEST_BREACH, lambda each: drawn(each, sees))

    @answers(SignOffWhole)
    def retrieve(self, request: Request, id: int) -> Response:
        """One sign-off, with what it rests on as it stands now."""
        return self.answer(self._whole(id))

    @action(detail=True, methods=["post"], url_path="answer")
    @answers(SignOffWhole, status=201, takes=NewAnswer)
    def give_answer(self, request: Request, id: int) -> Response:
        """Answer it: approve, approve with conditions, object, or say that it does not apply."""
        sent = dict(self.sent)
        conditions = [Demand(**each) for each in sent.pop("conditions", ())]
        answer_sign_off(self._found(id), actor=self.person, conditions=conditions, **sent)
        return self.answer(self._whole(id), status=201)

    @action(detail=True, methods=["post"])
    @answers(SignOffWhole, status=201, takes=NewQuestion)
    def ask(self, request: Request, id: int) -> Response:
        """Ask the owners; the clock stands still until they reply."""
        ask_question(self._found(id), actor=self.person, **self.sent)
        return self.answer(self._whole(id), status=201)

    @action(detail=True, methods=["post"])
    @answers(SignOffWhole, takes=NewQuestion)
    def reply(self, request: Request, id: int) -> Response:
        """Reply to the open question, as an owner or deputy."""
        question = get_object_or_404(self._found(id).questions.open())
        reply_to_question(question, actor=self.person, **self.sent)
        return self.answer(self._whole(id))

    @action(detail=True, methods=["post"])
    @answers(SignOffWhole, takes=Delegation)
    def delegate(self, request: Request, id: int) -> Response:
        """Pass it to another person, or back to the function."""
        delegate_sign_off(self._found(id), actor=self.person, **self.sent)
        return self.answer(self._whole(id))

    def _visible(self) -> SignOffQuerySet:
        return _related(SignOff.objects.visible_to(self.person))

    def _found(self, pk: int) -> SignOff:
        found: SignOff = get_object_or_404(self._visible(), pk=pk)
        return found

    def _whole(self, pk: int) -> SignOffWhole:
        answered = _answers()
        questions = SignOffQuestion.objects.select_related("asked_by", "replied_by")
        rows = self._visible().prefetch_related(Prefetch("answers", answered), Prefetch("questions", questions))
        return drawn_whole(get_object_or_404(rows, pk=pk), _Sight(self.person))


_FILTERS = {"function": "function__slug", "tier": "review__initiative__risk_tier", "initiative": "review__initiative"}


class _Sight:
    """Whether the person sees the money of an initiative, asked once each."""

    def __init__(self, person: User) -> None:
        self.person, self.known = person, {}  # type: ignore[var-annotated]

    def money(self, initiative: Initiative) -> bool:
        if initiative.pk not in self.known:
            self.known[initiative.pk] = money_seen_among(self.person, [initiative])(initiative)
        return bool(self.known[initiative.pk])


def drawn(sign_off: SignOff, sight: _Sight) -> SignOffShape:
    initiative = sign_off.review.initiative
    sees_money = sight.money(initiative)
    return {
        "id": sign_off.pk,
        "review": sign_off.review_id,
        "initiative": initiative.reference,
        "function": sign_off.function.slug,
        "state": sign_off.state,
        "asked_by": sign_off.asked_by,
        "clock_days": sign_off.clock_days,
        "started_at": sign_off.started_at,
        "due_on": sign_off.due_on,
        "escalated_at": sign_off.escalated_at,
        "assigned_to": _person(sign_off.assigned_to),
        "answer": _answer(sign_off.answer, sees_money) if sign_off.answer else None,
    }


def drawn_whole(sign_off: SignOff, sight: _Sight) -> SignOffWhole:
    sees_money = sight.money(sign_off.review.initiative)
    present = copies_of([(sign_off, scope_of(sign_off))])[sign_off.pk]
    whole: Any = drawn(sign_off, sight) | {
        "rests_on": _facts(present, sees_money),
        "seen": token_of(present),
        "questions": [_question(each) for each in sign_off.questions.all()],
        "answers": [_answer(each, sees_money) for each in sign_off.answers.all()],
    }
    if whole["answer"]:
        # What is true now, also before what follows a change has run.
        now = shown_changes(changes_of([sign_off]).get(sign_off.pk, []), sees_money=sees_money)
        whole["answer"]["changed"] = [each.stored() for each in now]
    drawn_now: SignOffWhole = whole
    return drawn_now


def _answer(answer: SignOffAnswer, sees_money: bool) -> SignOffAnswerShape:
    changed = shown_changes([Changed(**each) for each in answer.outdated_because], sees_money=sees_money)
    return {
        "id": answer.pk,
        "verdict": answer.verdict,
        "reason": answer.reason,
        "minutes": answer.minutes,
        "answered_by": {"id": answer.answered_by_id, "name": str(answer.answered_by)},
        "answered_at": answer.answered_at,
        "seal": shown_seal(answer.seal, answer.copy, sees_money=sees_money) or None,
        "is_intact": is_intact(answer.copy, answer.seal),
        "sealed": _facts(answer.copy, sees_money),
        "is_deviation": answer.is_deviation,
        "outdated_at": answer.outdated_at,
        "changed": [each.stored() for each in changed],  # type: ignore[misc]
        "conditions": [_condition(each) for each in answer.conditions.all()],
    }


def _facts(copy: Any, sees_money: bool) -> "list[FactShape]":
    facts = shown(copy, sees_money=sees_money)
    return [{"key": each["key"], "label": each["label"], "value": each["value"]} for each in facts]


def _condition(condition: Condition) -> SignOffConditionShape:
    return {
        "id": condition.pk,
        "text": condition.text,
        "owner": {"id": condition.owner_id, "name": str(condition.owner)},
        "due_on": condition.due_on,
        "met_at": condition.met_at,
        "waived_at": condition.waived_at,
    }


def _question(question: SignOffQuestion) -> SignOffQuestionShape:
    return {
        "id": question.pk,
        "text": question.text,
        "asked_by": {"id": question.asked_by_id, "name": str(question.asked_by)},
        "asked_at": question.asked_at,
        "reply": question.reply,
        "replied_by": _person(question.replied_by),
        "replied_at": question.replied_at,
    }


def _person(person: User | None) -> Person | None:
    return {"id": person.pk, "name": str(person)} if person else None


def _answers() -> SignOffAnswerQuerySet:
    conditions = Prefetch("conditions", Condition.objects.select_related("owner"))
    return SignOffAnswer.objects.select_related("answered_by").prefetch_related(conditions)


def _related(sign_offs: SignOffQuerySet) -> SignOffQuerySet:
    """With all that a row of the list tells."""
    conditions = Prefetch("answer__conditions", Condition.objects.select_related("owner"))
    rows = sign_offs.select_related("function", "review__initiative", "assigned_to", "answer__answered_by")
    return rows.prefetch_related(conditions)
