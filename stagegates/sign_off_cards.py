"""The sign-offs of a review as one person sees them: where each stands, what it rests on, and what they may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from aiso.accounts.models import User
from portfolio.models import Attachment
from portfolio.permissions import can_see_money, is_office_for

from .actions.sign_offs import changes_of
from .forms.sign_offs import AnswerForm, DelegateForm, TextForm
from .last_words import to_answer_anew
from .models import Condition, GateReview, SignOff, SignOffAnswer, SignOffQuestion
from .models.sign_off import SignOffQuerySet
from .permissions import can_reply, reviews_for
from .requirement_facts import files_in
from .reviewers import reviewed_by
from .scopes import by_group, copies_of, hides, scope_of
from .seals import Changed, Copy, token_of
from .separation import is_party, why_apart, words_of
from .sign_off_clock import Standing, standing_of

WITHHELD = "Withheld: money is shown to owners, finance, the office, executives and auditors."


@dataclass
class Card:
    """One function's sign-off. Forms are there for those who may use them."""

    sign_off: SignOff
    standing: Standing
    changed: list[Changed]
    rests_on: list[tuple[str, list[tuple[dict[str, str], Attachment | None]]]]
    is_open: bool
    answers: list[SignOffAnswer] = field(default_factory=list)
    questions: list[SignOffQuestion] = field(default_factory=list)
    answer_form: AnswerForm | None = None
    ask_form: TextForm | None = None
    reply_form: TextForm | None = None
    delegate_form: DelegateForm | None = None
    why_not: str = ""

    @property
    def name(self) -> str:
        """Tells it apart on the page."""
        return str(self.sign_off.pk)

    @property
    def answer(self) -> SignOffAnswer | None:
        return self.sign_off.answer

    @property
    def earlier(self) -> list[SignOffAnswer]:
        """Answers that a later one took the place of."""
        return [each for each in self.answers if each.pk != self.sign_off.answer_id]

    @property
    def conditions(self) -> list[Condition]:
        return next(([*each.conditions.all()] for each in self.answers if each.pk == self.sign_off.answer_id), [])

    @property
    def open_question(self) -> SignOffQuestion | None:
        return next((each for each in self.questions if each.replied_at is None), None)

    @property
    def is_answered(self) -> bool:
        """Whether its answer stands."""
        return self.sign_off.state == SignOff.State.ANSWERED and not self.changed

    @property
    def is_outdated(self) -> bool:
        return bool(self.changed)


def cards_of(review: GateReview, person: User) -> list[Card]:
    """The sign-offs of a review in the order of the functions. The number of queries is fixed."""
    return _cards(review, [*_whole().filter(review=review).order_by("function__order", "function__name")], person)


def card_of(sign_off: SignOff, person: User) -> Card:
    """One of them alone, read anew."""
    found = _whole().get(pk=sign_off.pk)
    return _cards(found.review, [found], person)[0]


def shown(copy: Copy, *, sees_money: bool) -> Copy:
    """A copy as a person may read it."""
    return [fact | {"value": WITHHELD} if not sees_money and hides(fact["key"]) else fact for fact in copy]


def shown_seal(seal: str, copy: Copy, *, sees_money: bool) -> str:
    """A seal as a person may read it: nothing where it would betray a sum, which whoever has the rest could guess."""
    return seal if sees_money or not any(hides(fact["key"]) for fact in copy) else ""


def shown_changes(changes: Sequence[Changed], *, sees_money: bool) -> list[Changed]:
    return [
        Changed(each.key, each.label, WITHHELD, WITHHELD) if not sees_money and hides(each.key) else each
        for each in changes
    ]


def _cards(review: GateReview, sign_offs: list[SignOff], person: User) -> list[Card]:
    for sign_off in sign_offs:
        sign_off.review = review
    sees_money = can_see_money(person, review.initiative)
    changes = changes_of(sign_offs)
    present = copies_of([(each, scope_of(each)) for each in sign_offs])
    mine = {*reviewed_by(person, SignOff.objects.filter(review=review)).values_list("pk", flat=True)}
    passes = is_office_for(person, review.initiative) and not is_party(person, review)
    replies = bool(sign_offs) and can_reply(person, sign_offs[0])
    words = words_of(sign_offs) if review.is_open else {}
    anew = to_answer_anew(review.initiative) if mine and not review.is_open else set()
    files = files_in(review, present.values())
    cards = []
    for sign_off in sign_offs:
        changed = changes.get(sign_off.pk, [])
        questions = [*sign_off.questions.all()]
        is_stopped = any(each.replied_at is None for each in questions)
        card = Card(
            sign_off,
            standing_of(sign_off, is_stopped=is_stopped, is_outdated=bool(changed)),
            shown_changes(changed, sees_money=sees_money),
            _opened(shown(present[sign_off.pk], sees_money=sees_money), files),
            review.is_open,
            [*sign_off.answers.all()],
            questions,
        )
        if review.is_open:
            own = [word for word, people in words.get(sign_off.pk, {}).items() if person.pk in people]
            card.why_not = _why_not(person, sign_off, own)
            passes_on = passes and not own
            _offer(card, present[sign_off.pk], is_mine=sign_off.pk in mine, passes=passes_on, replies=replies)
        elif sign_off.pk in anew & mine:
            card.answer_form = AnswerForm(sign_off, seen=token_of(present[sign_off.pk]))
        cards.append(card)
    return cards


def _opened(copy: Copy, files: Mapping[tuple[str, str], Attachment]) -> list[tuple[str, list[Any]]]:
    """A copy under the titles of its groups, each fact with the file that it tells of."""
    return [
        (title, [(fact, files.get((fact["key"], fact["value"]))) for fact in facts]) for title, facts in by_group(copy)
    ]


def _why_not(person: User, sign_off: SignOff, own: Sequence[str]) -> str:
    """Why somebody of the function is not asked: it rests on their word."""
    is_of_it = bool(own) and reviews_for(person, sign_off.function, sign_off.review.initiative.unit_id)
    return why_apart(own, sign_off) if is_of_it else ""


def _offer(card: Card, present: Copy, *, is_mine: bool, passes: bool, replies: bool) -> None:
    """The forms of those who may use them, as far as the sign-off has come."""
    sign_off, question = card.sign_off, card.open_question
    if is_mine and (sign_off.is_to_answer or sign_off.state == SignOff.State.ANSWERED):
        card.answer_form = AnswerForm(sign_off, seen=token_of(present))
    if is_mine and sign_off.is_to_answer and question is None:
        card.ask_form = TextForm(f"ask-{sign_off.pk}", "Question to the owners")
    if question and replies:
        card.reply_form = TextForm(f"reply-{question.pk}", "Your reply")
    if (is_mine or passes) and sign_off.state != SignOff.State.ANSWERED:
        card.delegate_form = DelegateForm(sign_off)


def _whole() -> SignOffQuerySet:
    conditions = Prefetch("conditions", Condition.objects.select_related("owner"))
    answers = SignOffAnswer.objects.select_related("answered_by").prefetch_related(conditions)
    questions = SignOffQuestion.objects.select_related("asked_by", "replied_by")
    related = ("function", "answer__answered_by", "assigned_to", "review__initiative")
    return SignOff.objects.select_related(*related).prefetch_related(
        Prefetch("answers", answers), Prefetch("questions", questions)
    )
