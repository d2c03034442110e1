"""Separation of duties: who is a party to a review may not sign off, vote, decide or confirm on it (DESIGN §4).

Whoever wrote an assessment, gave evidence or waived a requirement does not sign off what rests on it; whoever waived
one does not decide the review either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, Exists, ExpressionWrapper, Func, OuterRef, Q, SlugField
from django.db.models.functions import TruncDate
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.once import once_each
from aiso.web.figures import local_date
from portfolio.models import Initiative, Intake, Ownership
from standards.models import ChecklistAnswer, ChecklistCompletion

from .models import Evidence, GateReview, Requirement, SignOff

Shown = Requirement.Evidence
# What people give; all else the system knows, or an assessment tells.
GIVEN = (Shown.DOCUMENT, Shown.STATEMENT)
WAIVED = "You waived a requirement of this review: somebody else decides it."
SLUGS: "ArrayField[list[str], list[str]]" = ArrayField(SlugField())


def parties_of(review: GateReview) -> frozenset[int]:
    """The ids of those who requested the initiative, opened or submitted the review, or owned the initiative or
    deputised for an owner on any day since it was opened, also when they no longer do.
    """
    return parties_of_all([review])[review.pk]


def parties_of_all(reviews: Iterable[GateReview]) -> dict[int, frozenset[int]]:
    """The same of several reviews, by their ids, in two queries."""
    return {review.pk: parties for review, parties in once_each("parties", reviews, _parties).items()}


def _parties(rows: list[GateReview]) -> dict[GateReview, frozenset[int]]:
    since = {review: (review.initiative_id, local_date(review.opened_at)) for review in rows}
    parties = parties_to_each(since.values())
    return {
        review: parties[pair].union(filter(None, [review.opened_by_id, review.submitted_by_id]))
        for review, pair in since.items()
    }


def parties_to(initiative: Initiative, since: date | None = None) -> frozenset[int]:
    """The ids of those who requested an initiative, or owned it or deputised for an owner on any day since one, today
    unless told: parties to a decision on it without a review. Whoever steps down today is one until tomorrow.
    """
    pair = (initiative.pk, since or clock.today())
    return parties_to_each([pair])[pair]


def parties_to_each(asked: Iterable[tuple[int, date]]) -> dict[tuple[int, date], frozenset[int]]:
    """The same of several initiatives by their ids, each since a day. Two queries."""
    pairs = {*asked}
    ids = {initiative for initiative, _ in pairs}
    during = Q(ended_on=None) | Q(ended_on__gte=min((since for _, since in pairs), default=clock.today()))
    owned: dict[int, list[tuple[int, date]]] = defaultdict(list)
    owners = Ownership.objects.filter(during, initiative__in=ids)
    for initiative, person, until in owners.values_list("initiative", "person", "ended_on"):
        owned[initiative].append((person, until or date.max))
    requested: dict[int | None, list[int]] = defaultdict(list)
    for request, requester in Intake.objects.filter(initiative__in=ids).values_list("initiative", "requester"):
        requested[request].append(requester)
    return {
        (initiative, since): frozenset(
            {*requested[initiative], *(person for person, until in owned[initiative] if until >= since)}
        )
        for initiative, since in pairs
    }


def kept_from_deciding(review: GateReview) -> frozenset[int]:
    """The ids of those who neither decide nor vote on a review: its parties, and who waived a requirement of it."""
    waived = once_each("waived", [review], _waived)
    return parties_of(review) | waived.get(review, frozenset())


def waivers_of_all(reviews: Iterable[GateReview]) -> dict[int, frozenset[int]]:
    """The ids of those who waived a requirement of each review, by its id. One query."""
    return {review.pk: people for review, people in once_each("waived", reviews, _waived).items()}


def is_kept_from_deciding(person: User, review: GateReview) -> bool:
    return person.is_service_account or person.pk in kept_from_deciding(review)


def has_waived(person: User, review: GateReview) -> bool:
    """Whether the person waived a requirement of a review, and the waiver stands."""
    return person.pk in once_each("waived", [review], _waived).get(review, frozenset())


def _waived(rows: list[GateReview]) -> dict[GateReview, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    waivers = Requirement.objects.filter(review__in=rows).exclude(waived_by=None)
    for review, person in waivers.order_by().values_list("review", "waived_by"):
        found[review].add(person)
    return {review: frozenset(found[review.pk]) for review in rows}


def is_apart(person: User, sign_off: SignOff) -> bool:
    """Whether the person may not rule on a sign-off: a party to its review, or their word is what it rests on."""
    return is_party(person, sign_off.review) or bool(own_words(person, sign_off))


def is_party(person: User, review: GateReview) -> bool:
    """Service accounts are held apart like parties: only a named person rules on anything."""
    return person.is_service_account or person.pk in parties_of(review)


def to_which_party(person: User, of: str = "review__") -> Q:
    """Sign-offs to whose review the person is a party, or that rest on their word; with an empty `of`, reviews to which
    they are a party: what `parties_of` and `writers_of` say, as a condition.
    """
    opened_at = ExpressionWrapper(OuterRef(f"{of}opened_at"), output_field=DateTimeField())
    opened_on = TruncDate(opened_at, tzinfo=timezone.get_current_timezone())
    owned = Ownership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=opened_on), initiative=OuterRef(f"{of}initiative"), person=person
    )
    asked = Intake.objects.filter(initiative=OuterRef(f"{of}initiative"), requester=person)
    handed_in = Q(**{f"{of}opened_by": person}) | Q(**{f"{of}submitted_by": person})
    party = handed_in | Exists(owned) | Exists(asked)
    return party | _rests_on_word_of(person) if of else party


def of_which_kept_from_deciding(person: User) -> Q:
    """Reviews that the person neither decides nor votes on: what `kept_from_deciding` says, as a condition."""
    waived = Requirement.objects.filter(review=OuterRef("pk"), waived_by=person)
    return Q(to_which_party(person, of="")) | Q(Exists(waived))


def words_of(sign_offs: Iterable[SignOff]) -> dict[int, dict[str, frozenset[int]]]:
    """What people said or did that sign-offs rest on, by the sign-off's id: `answered Privacy assessment`, `gave the
    evidence for “A plan”` or `waived “A plan”`, each with the ids of those who did. Four queries at most; one where
    nothing is asked. They come with function and review.
    """
    rows = {row.pk: row for row in sign_offs}
    return once_each("words", rows, lambda missing: _words_of([rows[pk] for pk in missing]))


def _words_of(rows: Sequence[SignOff]) -> dict[int, dict[str, frozenset[int]]]:
    required: dict[int, list[Requirement]] = defaultdict(list)
    for each in Requirement.objects.filter(review__in={row.review_id for row in rows}):
        required[each.review_id].append(each)
    if not required:
        return {}
    ground = _Ground.read(
        {row.review.initiative_id for row in rows}, [each for found in required.values() for each in found]
    )
    return {
        row.pk: {
            word: people
            for each in required[row.review_id]
            if row.function.slug in each.functions
            for word, people in ground.words(row.review.initiative_id, each)
        }
        for row in rows
    }


def writers_of(sign_offs: Iterable[SignOff]) -> dict[int, frozenset[int]]:
    """The ids of those whose word each sign-off rests on, by its id: they do not sign it off themselves."""
    return {pk: frozenset().union(*held.values()) for pk, held in words_of(sign_offs).items()}


def own_words(person: User, sign_off: SignOff) -> list[str]:
    """What the person did that a sign-off rests on: `answered Privacy assessment`."""
    held = words_of([sign_off]).get(sign_off.pk, {})
    return [word for word, people in held.items() if person.pk in people]


def why_apart(words: Sequence[str], sign_off: SignOff) -> str:
    """What those are told on whose word it rests; nothing for all others."""
    if not words:
        return ""
    return f"You {words[0]}, which this sign-off rests on: somebody else of {sign_off.function} answers it."


@dataclass(frozen=True)
class _Ground:
    """Who wrote assessments, by initiative and their slug, and gave the present evidence, by initiative and code."""

    wrote: Mapping[tuple[int, str], set[int]]
    gave: Mapping[tuple[int, str], int]

    @classmethod
    def read(cls, initiatives: set[int], required: Sequence[Requirement]) -> "_Ground":
        subjects = {each.subject for each in required if each.evidence == Shown.ASSESSMENT}
        codes = {each.code for each in required if each.evidence in GIVEN}
        gave: dict[tuple[int, str], int] = {}
        if codes:
            evidence = Evidence.objects.filter(initiative__in=initiatives, code__in=codes).current().order_by()
            for initiative, code, person in evidence.values_list("initiative", "code", "given_by"):
                gave[initiative, code] = person
        return cls(_writers(initiatives, subjects) if subjects else {}, gave)

    def words(self, initiative: int, required: Requirement) -> Iterator[tuple[str, frozenset[int]]]:
        if required.evidence == Shown.ASSESSMENT:
            yield f"answered {required.text}", frozenset(self.wrote.get((initiative, required.subject), ()))
        elif required.evidence in GIVEN and (giver := self.gave.get((initiative, required.code))):
            yield f"gave the evidence for “{required.text}”", frozenset([giver])
        if required.waived_by_id:
            yield f"waived “{required.text}”", frozenset([required.waived_by_id])


def _writers(initiatives: set[int], subjects: set[str]) -> dict[tuple[int, str], set[int]]:
    of_them = {"initiative__in": initiatives, "standard__slug__in": subjects}
    answers = ChecklistAnswer.objects.filter(**of_them).writers()
    completions = ChecklistCompletion.objects.current().filter(**of_them)
    vouched = completions.values_list("initiative", "standard__slug", "completed_by")
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for initiative, subject, writer in (*answers, *vouched):
        found[initiative, subject].add(writer)
    return found


def _rests_on_word_of(person: User) -> Q:
    answers = ChecklistAnswer.objects.written_by(person)
    completions = ChecklistCompletion.objects.current().filter(completed_by=person)
    evidence = Evidence.objects.filter(given_by=person).current()
    waived = Requirement.objects.filter(waived_by=person)
    about = [each.order_by().values_list("initiative") for each in (answers, completions, evidence)]
    concerned = {pk for (pk,) in waived.order_by().values_list("review__initiative").union(*about).order_by()}
    if not concerned:
        # Nearly all reviewers write nothing: their queue is not asked for it row by row.
        return Q(pk__in=[])
    here = {"initiative": OuterRef("review__initiative")}
    standard, code = {"standard__slug": OuterRef("subject")}, {"code": OuterRef("code")}
    wrote = Exists(answers.filter(**here | standard)) | Exists(completions.filter(**here | standard))
    gave = Exists(evidence.filter(**here | code))
    names_it = Func(OuterRef("function__slug"), template="ARRAY[%(expressions)s]", output_field=SLUGS)
    asked = Requirement.objects.filter(review=OuterRef("review"), functions__contains=names_it)
    own = Q(waived_by=person) | (Q(evidence=Shown.ASSESSMENT) & wrote) | (Q(evidence__in=GIVEN) & gave)
    return Q(Exists(asked.filter(own)), review__initiative__in=concerned)
