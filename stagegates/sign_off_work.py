"""What sign-offs wait for whom: rows of My work, and who is reminded of what until when."""

from collections.abc import Iterator

from django.urls import reverse

from aiso import clock, workdays
from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.events.reminders import Due
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.models import Initiative, Ownership

from .clocks import Clocks, clocks_in_force
from .models import SignOff, SignOffQuestion
from .models.sign_off import DUE_KEY, SignOffQuestionQuerySet
from .reviewers import reviewed_by, reviewers_of_all

# Rows of My work; the others are in the queue.
MOST = 100
Kind = Notification.Kind


def sign_offs_waiting(person: User) -> int:
    """What the person may answer now."""
    return reviewed_by(person, SignOff.objects.visible_to(person).open()).count()


def sign_offs_of(person: User) -> Iterator[WorkItem]:
    """Sign-offs that the person may answer, and questions to them as an owner: the oldest breach first."""
    waiting = reviewed_by(person, SignOff.objects.visible_to(person).open()).filter(due_on__isnull=False)
    for sign_off in waiting.select_related("function", "review__initiative").order_by(DUE_KEY, "pk")[:MOST]:
        anew = sign_off.state == SignOff.State.OUTDATED
        yield _row(sign_off, "Sign off anew:" if anew else "Sign off:", "Answer", "certificate")
    own = Ownership.objects.current().filter(person=person).values("initiative")
    questions = SignOffQuestion.objects.visible_to(person).open().filter(sign_off__review__initiative__in=own)
    days = clocks_in_force().question_days
    for question in _whole(questions)[:MOST]:
        sign_off = question.sign_off
        due = workdays.due_after(question.asked_at, days)
        yield WorkItem(
            f"{sign_off.function} asks about",
            sign_off.get_absolute_url(),
            "Reply",
            icon="message-question",
            note=question.text[:200],
            initiative=str(sign_off.review.initiative),
            initiative_url=sign_off.review.initiative.get_absolute_url(),
            since=figures.local_date(question.asked_at),
            due=due,
        )


def sign_offs_due() -> Iterator[Due]:
    """Reminders before a clock runs out, to whoever is to answer. What is past it is escalated by its own task."""
    clocks, today = clocks_in_force(), clock.today()
    running = SignOff.objects.open().filter(due_on__gte=today)
    rows = [*running.select_related("function", "review__initiative", "assigned_to")]
    near = [each for each in rows if _is_near(each, clocks)]
    people = reviewers_of_all(near)
    for sign_off in near:
        assert sign_off.due_on is not None
        text = f"{sign_off.function} is to sign off {sign_off.review.initiative} by {figures.day(sign_off.due_on)}"
        key = f"{sign_off.pk}:{sign_off.due_on}:{sign_off.assigned_to_id or ''}"
        yield _due(sign_off, key, "before", people[sign_off.pk], text, Kind.REMINDER)


def questions_due() -> Iterator[Due]:
    """Questions whose days have passed without a reply: to the owners, as their clock holds up the review."""
    days, today = clocks_in_force().question_days, clock.today()
    rows = [*_whole(SignOffQuestion.objects.open().filter(sign_off__review__closed_at=None))]
    late = [each for each in rows if workdays.due_after(each.asked_at, days) < today]
    owners = _owners({each.sign_off.review.initiative_id for each in late})
    for question in late:
        sign_off = question.sign_off
        text = f"{sign_off.function} still waits for your reply on {sign_off.review.initiative}"
        people = owners.get(sign_off.review.initiative_id, [])
        yield _due(sign_off, f"question:{question.pk}", "late", people, text, Kind.ESCALATION)


def _due(sign_off: SignOff, key: str, step: str, people: list[User], text: str, kind: Notification.Kind) -> Due:
    about = {"initiative": sign_off.review.initiative_id, "sign_off": sign_off.pk}
    return Due(key, step, people, text, sign_off.get_absolute_url(), kind, about)


def _is_near(sign_off: SignOff, clocks: Clocks) -> bool:
    """Whether so few working days are left that its function is to be reminded."""
    assert sign_off.due_on is not None
    left = workdays.working_days_between(clock.today(), sign_off.due_on)
    return left <= clocks.of(sign_off.function.slug).remind_before


def _owners(initiatives: set[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = {}
    for each in Ownership.objects.current().filter(initiative__in=initiatives).select_related("person"):
        found.setdefault(each.initiative_id, []).append(each.person)
    return found


def _whole(questions: SignOffQuestionQuerySet) -> SignOffQuestionQuerySet:
    related = "sign_off__function", "sign_off__review__initiative"
    return questions.select_related(*related).order_by("asked_at", "pk")


def _row(sign_off: SignOff, what: str, verb: str, icon: str) -> WorkItem:
    initiative: Initiative = sign_off.review.initiative
    return WorkItem(
        what=f"{what} {sign_off.function},",
        url=f"{reverse('stagegates:sign_off_detail', args=[sign_off.pk])}",
        verb=verb,
        icon=icon,
        initiative=str(initiative),
        initiative_url=initiative.get_absolute_url(),
        since=figures.local_date(sign_off.started_at) if sign_off.started_at else None,
        due=sign_off.due_on,
    )
