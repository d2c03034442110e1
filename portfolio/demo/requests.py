"""Invented requests at each point of their way, so that the intake has something to show."""

from typing import Any

from aiso.accounts.models import BusinessUnit, User
from aiso.web.forms import person_text

from ..actions.intakes import ask_requester, decline_intake, join_intake, start_intake, submit_intake
from ..models import Initiative, Intake, Jurisdiction, Question, Tag
from . import staff

MILD = {
    "is_customer_facing": "no",
    "employee_effect": "none",
    "data_sensitivity": "internal",
    "requested_amount": "24000",
}
# By name: who asks, what is told of it, and what became of it.
REQUESTS: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "Delivery date replies to service customers",
        "business-owner",
        "submitted",
        {
            "business_case": "Clerks spend 30 hours a week looking up delivery dates; one customer in five asks twice.",
            "summary": "Reads the request, finds the order and drafts a reply with the delivery date. A clerk sends.",
            "outcome": "Customers get a date on the same day instead of after three.",
            "metric_name": "Days until an answer",
            "metric_unit": "days",
            "metric_direction": "down",
            "baseline": "3.1",
            "baseline_on": "2026-09-30",
            "baseline_source": "Ticket system, September",
            "target": "0.5",
            "users": "40 clerks in customer service, every day",
            "is_customer_facing": "yes",
            "data_sensitivity": "personal",
            "data_sources": "Order book (ERP)\nCarrier tracking feed\nShared mailbox",
            "requested_amount": "45000",
            "decisions": [
                {"name": "Which order a request is about", "volume_per_week": "1200", "cost_of_error": "low"},
                {"name": "Which date is promised", "volume_per_week": "1200", "cost_of_error": "medium"},
            ],
        },
    ),
    (
        "Minutes of internal meetings",
        "requester",
        "submitted",
        {
            "business_case": "Team leads write minutes for two hours a week; half of the meetings have none.",
            "summary": "Drafts minutes from the recording of an internal meeting; the chair corrects and files them.",
            "outcome": "Every internal meeting has minutes within a day.",
            "users": "25 team leads",
            "data_sources": "Recordings of internal meetings",
            "decisions": [{"name": "What counts as an action", "volume_per_week": "60", "cost_of_error": "low"}],
        },
    ),
    (
        "Sorting of scanned forms",
        "requester",
        "asked",
        {
            "business_case": "400 scanned forms a day are sorted by hand into 30 folders.",
            "summary": "Reads each scanned form and puts it into the folder of its team.",
            "outcome": "Forms reach their team within the hour.",
            "users": "6 people in the mail room",
            "data_sources": "Scanner folder",
            "data_sensitivity": "confidential",
            "decisions": [{"name": "Which team gets a form", "volume_per_week": "2000", "cost_of_error": "low"}],
        },
    ),
    (
        "Scoring of job applications",
        "business-owner",
        "declined",
        {
            "business_case": "800 applications a month wait nine days for a first look.",
            "summary": "Reads applications and ranks them for the recruiter.",
            "outcome": "A first answer within two days.",
            "users": "5 recruiters",
            "employee_effect": "evaluates",
            "data_sensitivity": "personal",
            "data_sources": "Applicant system",
            "requested_amount": "120000",
            "tier-decides-about-people": "informs",
            "decisions": [{"name": "Who is invited", "volume_per_week": "200", "cost_of_error": "high"}],
        },
    ),
    (
        "Chat help for the public website",
        "business-owner",
        "joined",
        {"summary": "Answers questions of visitors of the website from its pages.", "outcome": "Fewer calls."},
    ),
    (
        "Forecast of spare parts",
        "business-owner",
        "draft",
        {"business_case": "Parts for 2 M€ lie idle while others are missing.", "summary": "Forecasts demand by part."},
    ),
    ("Translation of safety notices", "requester", "draft", {}),
]
ASKED = "Are there forms with health data among them? If so, which folders?"
DECLINED = (
    "Ranking applicants is a high-risk use under the EU AI Act, and the applicant system brings its own certified "
    "function next spring. Come back if it does not do."
)


def make_requests(people: dict[str, User], demo: Tag) -> None:
    """Make them all, by invented people; those that were submitted carry the tag `demo`."""
    for name, address, state, told in REQUESTS:
        _make(name, people[address], people[staff.MEMBER.address], state, told, demo)


def _make(name: str, requester: User, office: User, state: str, told: dict[str, Any], demo: Tag) -> None:
    complete = state in {Intake.State.SUBMITTED, Intake.State.ASKED, Intake.State.DECLINED}
    answers = {"name": name, "business_owner": person_text(requester)} | (_usual() if complete else {}) | told
    if "decisions" in told:
        answers["decisions"] = [{"reversibility": "easy"} | row for row in told["decisions"]]
    intake = start_intake(actor=requester, answers=answers)
    if complete:
        intake = submit_intake(intake, actor=requester)
        assert intake.initiative is not None
        intake.initiative.tags.add(demo)
    if state == Intake.State.ASKED:
        ask_requester(intake, actor=office, text=ASKED)
    elif state == Intake.State.DECLINED:
        decline_intake(intake, actor=office, rationale=DECLINED)
    elif state == Intake.State.JOINED:
        _join(intake, requester)


def _usual() -> dict[str, Any]:
    """What a request needs besides its own story: the mildest answer to every question."""
    unit, place = BusinessUnit.objects.active().order_by("pk").first(), Jurisdiction.objects.get(name="US")
    asked = Question.objects.filter(question_set__published_at__isnull=False).exclude(question_set__kind="ai_act")
    mildest = {}
    for question in asked.prefetch_related("options").select_related("question_set"):
        beginning = "use" if question.question_set.kind == "prohibited_use" else "tier"
        mildest[f"{beginning}-{question.code}"] = question.options.all()[0].code
    return MILD | mildest | {"unit": str(unit.pk if unit else ""), "jurisdictions": [str(place.pk)], "no_tools": "on"}


def _join(intake: Intake, requester: User) -> None:
    chats = Initiative.objects.visible_to(requester).on_register().filter(name__icontains="chat").in_production()
    if other := chats.order_by("pk").first():
        join_intake(intake, actor=requester, to=other)
