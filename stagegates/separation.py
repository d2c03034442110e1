"""Separation of duties: who is a party to a review may not sign off, vote, decide or confirm on it (DESIGN §4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, Exists, ExpressionWrapper, Func, OuterRef, Q, SlugField
from django.db.models.functions import TruncDate
from django.utils import timezone

from aiso.accounts.models import User
from aiso.once import once_each
from aiso.web.figures import local_date
from portfolio.models import Initiative, Intake, Ownership
from standards.models import ChecklistAnswer, ChecklistCompletion

from .models import GateReview, Requirement, SignOff

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
    ids = {review.initiative_id for review in rows}
    owned: dict[int, list[Ownership]] = defaultdict(list)
    for ownership in Ownership.objects.filter(initiative__in=ids):
        owned[ownership.initiative_id].append(ownership)
    asked: dict[int | None, list[int]] = defaultdict(list)
    for initiative, requester in Intake.objects.filter(initiative__in=ids).values_list("initiative", "requester"):
        asked[initiative].append(requester)
    return {
        review: frozenset(
            {
                *(each.person_id for each in owned[review.initiative_id] if _is_during(each, review)),
                *asked[review.initiative_id],
                *filter(None, [review.opened_by_id, review.submitted_by_id]),
            }
        )
        for review in rows
    }


def parties_to(initiative: Initiative) -> frozenset[int]:
    """The ids of those who requested an initiative, own it or deputise for an owner today: parties to a decision on it
    without a review.
    """
    owners = Ownership.objects.current().filter(initiative=initiative.pk).values_list("person", flat=True)
    requesters = Intake.objects.filter(initiative=initiative.pk).values_list("requester", flat=True)
    return frozenset({*owners, *requesters})


def is_apart(person: User, sign_off: SignOff) -> bool:
    """Whether the person may not rule on a sign-off: a party to its review, or the writer of what it rests on."""
    return is_party(person, sign_off.review) or bool(own_assessments(person, sign_off))


def is_party(person: User, review: GateReview) -> bool:
    """Service accounts are held apart like parties: only a named person rules on anything."""
    return person.is_service_account or person.pk in parties_of(review)


def to_which_party(person: User, of: str = "review__") -> Q:
    """Sign-offs to whose review the person is a party, or that rest on an assessment which they wrote; with an empty
    `of`, reviews to which they are a party: what `parties_of` and `writers_of` say, as a condition.
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


def assessments_of(sign_offs: Iterable[SignOff]) -> dict[int, dict[str, frozenset[int]]]:
    """The assessments that sign-offs rest on, by the sign-off's id and their titles, each with the ids of those who
    answered it or vouched for it. Three queries; one where no assessment is asked. They come with function and review.
    """
    rows = [*sign_offs]
    asked = Requirement.objects.assessments().filter(review__in={each.review_id for each in rows})
    required: dict[int, list[tuple[str, str, list[str]]]] = defaultdict(list)
    for review, subject, text, functions in asked.values_list("review", "subject", "text", "functions"):
        required[review].append((subject, text, functions))
    if not required:
        return {}
    subjects = {subject for lines in required.values() for subject, _, _ in lines}
    wrote = _writers({each.review.initiative_id for each in rows}, subjects)
    return {
        each.pk: {
            text: frozenset(wrote[each.review.initiative_id, subject])
            for subject, text, functions in required[each.review_id]
            if each.function.slug in functions
        }
        for each in rows
    }


def writers_of(sign_offs: Iterable[SignOff]) -> dict[int, frozenset[int]]:
    """The ids of those who wrote what each sign-off rests on, by its id: they do not sign it off themselves."""
    return {pk: frozenset().union(*held.values()) for pk, held in assessments_of(sign_offs).items()}


def own_assessments(person: User, sign_off: SignOff) -> list[str]:
    """The titles of the assessments by the person that a sign-off rests on."""
    held = assessments_of([sign_off]).get(sign_off.pk, {})
    return [title for title, people in held.items() if person.pk in people]


def why_apart(titles: Sequence[str], sign_off: SignOff) -> str:
    """What the writer of some assessments is told; nothing for whoever wrote none."""
    if not titles:
        return ""
    return f"You answered {titles[0]}, which this sign-off rests on: somebody else of {sign_off.function} answers it."


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
    written = {
        *answers.order_by().values_list("initiative", flat=True),
        *completions.order_by().values_list("initiative", flat=True),
    }
    if not written:
        # Nearly all reviewers write nothing: their queue is not asked for it row by row.
        return Q(pk__in=[])
    about = {"initiative": OuterRef("review__initiative"), "standard__slug": OuterRef("subject")}
    names_it = Func(OuterRef("function__slug"), template="ARRAY[%(expressions)s]", output_field=SLUGS)
    asked = Requirement.objects.assessments().filter(review=OuterRef("review"), functions__contains=names_it)
    own = asked.filter(Exists(answers.filter(**about)) | Exists(completions.filter(**about)))
    return Q(Exists(own), review__initiative__in=written)


def _is_during(ownership: Ownership, review: GateReview) -> bool:
    return ownership.ended_on is None or ownership.ended_on >= local_date(review.opened_at)
