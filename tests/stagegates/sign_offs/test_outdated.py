"""A sign-off is outdated when something that it rests on changes, and only then: both ways for every group."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio.models import Clearance, DecisionClass, Initiative, Jurisdiction, OutcomeMetric, Tag, UseCaseType
from stagegates.actions.keep_functions import change_function
from stagegates.actions.sign_offs import refresh_sign_offs
from stagegates.models import GateReview, ReviewFunction, SignOff
from stagegates.sign_off_tasks import follow_changes, tell_of_sign_off
from standards.actions.answer_checklist import answer_checklist
from standards.models import Standard
from tests.factories import make_comment, make_decision, make_entry, make_tool

from .factories import MONDAY, answer_all, answered, assessment, make_review, sign_off_of

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def _field(**fields):
    def change(initiative):
        Initiative.objects.filter(pk=initiative.pk).update(**fields)

    return change


def _jurisdiction(initiative):
    initiative.jurisdictions.add(make_entry(Jurisdiction, "Utopia"))


def _use_case(initiative):
    _field(use_case_type=make_entry(UseCaseType, "Oracle"))(initiative)


def _level(initiative):
    DecisionClass.objects.filter(initiative=initiative).update(autonomy="surface")


def _new_decision(initiative):
    make_decision(initiative, "Order the part")


def _clearance(initiative):
    Clearance.objects.filter(tool__initiatives=initiative, function="legal").update(status="refused")


def _tool_added(initiative):
    initiative.tools.add(make_tool("Other"))


def _target(initiative):
    OutcomeMetric.objects.filter(initiative=initiative).update(target=Decimal(5))


def _amount(initiative):
    GateReview.objects.filter(initiative=initiative).update(amount=200000)


def _other_decision(initiative):
    DecisionClass.objects.filter(initiative=initiative).update(name="Stop the pump")


def _other_metric(initiative):
    OutcomeMetric.objects.filter(initiative=initiative).update(name="Complaints")


# What changes, and which functions rest on it.
MATERIAL = {
    "summary": (_field(summary="Other."), {"legal", "risk", "security", "data", "finance", "employees", "council"}),
    "tier": (_field(risk_tier="high"), {"legal", "risk", "security", "data", "finance", "employees", "council"}),
    "jurisdiction": (_jurisdiction, {"legal", "risk", "security", "data", "finance", "employees", "council"}),
    "use case": (_use_case, {"legal", "risk", "security", "data", "finance", "employees", "council"}),
    "customer-facing": (
        _field(is_customer_facing=True),
        {"legal", "risk", "security", "data", "finance", "employees", "council"},
    ),
    "level of a decision": (_level, {"risk", "council"}),
    "name of a decision": (_other_decision, {"risk", "council"}),
    "name of a metric": (_other_metric, {"finance", "council"}),
    "new decision": (_new_decision, {"risk", "council"}),
    "clearance": (_clearance, {"security", "council"}),
    "tool": (_tool_added, {"security", "council"}),
    "target": (_target, {"finance", "council"}),
    "amount": (_amount, {"finance", "council"}),
    "effect on employees": (_field(employee_effect="evaluates"), {"employees", "council"}),
}
FUNCTIONS = ("legal", "risk", "security", "data", "finance", "employees", "council")


def _rename_entry(initiative):
    Jurisdiction.objects.filter(initiatives=initiative).update(name="European Union, as it calls itself")


def _rename_tool(initiative):
    initiative.tools.update(name="The tool, as it is called now")


def _tag(initiative):
    initiative.tags.add(make_entry(Tag, "pumps"))


def _comment(initiative):
    make_comment(initiative, initiative.business_owner)


IMMATERIAL = {
    "name": _field(name="Predictive maintenance of pumps"),
    "notes": _field(notes="Remember the milk."),
    "tags": _tag,
    "comment": _comment,
    "priority": _field(value=5),
    "money asked for at the intake": _field(requested_amount=1),
    "other name of an entry": _rename_entry,
    "other name of a tool": _rename_tool,
}


@pytest.fixture
def review(initiative, office_member):
    ReviewFunction.objects.create(slug="council", name="Works council")
    initiative.jurisdictions.add(make_entry(Jurisdiction, "Europe"))
    initiative.tools.add(make_tool("Forecaster"))
    make_decision(initiative, "Flag the pump")
    initiative.outcome_metrics.create(name="Stops", unit="a month", direction="down", target=Decimal(9))
    return make_review(initiative, office_member, *FUNCTIONS, amount=120000)


@pytest.fixture
def signed(review, office_member):
    """All functions have approved on Monday."""
    for function in FUNCTIONS:
        SignOff.objects.filter(review=review, function__slug=function).update(assigned_to=_reviewer())
        answered(review, function, _reviewer())
    return review


def _reviewer():
    from aiso.accounts.models import User
    from tests.factories import make_person

    return User.objects.filter(name="Val Uator").first() or make_person("Val Uator")


def outdated(review) -> set[str]:
    found = SignOff.objects.filter(review=review, state=SignOff.State.OUTDATED)
    return {*found.values_list("function__slug", flat=True)}


@pytest.mark.parametrize("change", MATERIAL)
def test_what_is_in_the_scope_outdates_those_who_rest_on_it_alone(signed, initiative, change):
    deed, resting = MATERIAL[change]
    deed(initiative)

    with clock.fixed_at(TUESDAY):
        refresh_sign_offs(signed)

    assert outdated(signed) == resting


@pytest.mark.parametrize("change", IMMATERIAL)
def test_what_is_outside_leaves_all_standing(signed, initiative, change):
    IMMATERIAL[change](initiative)

    assert refresh_sign_offs(signed) == []
    assert outdated(signed) == set()


def test_the_fields_are_named_with_what_was_and_is_and_the_clock_is_fresh(signed, initiative):
    _field(employee_effect="evaluates")(initiative)

    with clock.fixed_at(TUESDAY):
        refresh_sign_offs(signed)

    council = sign_off_of(signed, "employees")
    assert council.answer.outdated_because == [
        {
            "key": "employees/effect",
            "label": "Effect on employees",
            "was": "Helps people in their work",
            "now": "Evaluates or monitors employees",
        }
    ]
    # Fifteen working days, from the second of February on.
    assert (council.answer.outdated_at, council.started_at, council.due_on) == (TUESDAY, TUESDAY, date(2027, 2, 23))
    assert Event.objects.filter(name="sign_off.outdated").count() == 2


def test_refreshing_again_tells_nothing_twice(signed, initiative):
    _field(employee_effect="evaluates")(initiative)
    refresh_sign_offs(signed)
    events = Event.objects.count()

    assert refresh_sign_offs(signed) == []
    assert Event.objects.count() == events


def test_what_is_again_as_it_was_sealed_stands_again_with_an_event(signed, initiative):
    _field(employee_effect="evaluates")(initiative)
    refresh_sign_offs(signed)
    _field(employee_effect="assists")(initiative)

    refresh_sign_offs(signed)

    employees = sign_off_of(signed, "employees")
    assert (employees.state, employees.due_on, employees.answer.outdated_at) == (SignOff.State.ANSWERED, None, None)
    assert Event.objects.filter(name="sign_off.stands_again").count() == 2


def test_what_was_answered_anew_does_not_go_back(signed, initiative):
    _field(employee_effect="evaluates")(initiative)
    refresh_sign_offs(signed)
    anew = answered(signed, "employees", _reviewer(), reason="Still well.")
    _field(employee_effect="assists")(initiative)

    refresh_sign_offs(signed)

    assert sign_off_of(signed, "employees").answer == anew
    assert outdated(signed) == {"employees"}


def test_other_groups_chosen_for_a_function_change_nothing_that_was_signed(signed, office_lead):
    legal = ReviewFunction.objects.get(slug="legal")

    change_function(legal, actor=office_lead, rests_on=["tools", "money"])

    assert refresh_sign_offs(signed) == []


def test_a_changed_answer_of_an_assessment_outdates_those_who_rest_on_it(initiative, office_member, business_owner):
    needs = (assessment("security-assessment", "security"),)
    answer_all(initiative, business_owner, "security-assessment")
    review = make_review(initiative, office_member, "security", "legal", requirements=needs)
    SignOff.objects.update(assigned_to=_reviewer())
    for function in ("security", "legal"):
        answered(review, function, _reviewer())
    standard = Standard.objects.get(slug="security-assessment")
    item = initiative.checklist_answers.filter(standard=standard).first().item

    answer_checklist(initiative, standard, actor=business_owner, answers={(item, "note"): "Otherwise."})
    event = Event.objects.filter(name="checklist.answered").latest("pk")
    follow_changes(event.pk)
    follow_changes(event.pk)

    assert outdated(review) == {"security"}
    security = sign_off_of(review, "security")
    # The assessment is open again, so that its clock waits for it.
    assert security.started_at is None
    assert Event.objects.filter(name="sign_off.outdated").count() == 1
    answer_all(initiative, business_owner, "security-assessment")
    refresh_sign_offs(review)
    assert sign_off_of(review, "security").state == SignOff.State.ANSWERED


def test_the_task_after_an_event_follows_it_and_tells_people_once(signed, initiative, business_owner):
    _field(employee_effect="evaluates")(initiative)
    event = Event.objects.create(name="initiative.edited", payload={"initiative": initiative.pk, "fields": []})

    follow_changes(event.pk)
    follow_changes(event.pk)

    assert outdated(signed) == {"employees", "council"}
    for told in Event.objects.filter(name="sign_off.outdated"):
        tell_of_sign_off(told.pk)
        tell_of_sign_off(told.pk)
    mine = Notification.objects.filter(person=business_owner, text__contains="Effect on employees changed")
    assert mine.count() == 2


def test_a_tool_that_is_cleared_otherwise_reaches_all_its_initiatives(signed, initiative):
    tool = initiative.tools.get()
    _clearance(initiative)

    follow_changes(Event.objects.create(name="tool.cleared", payload={"tool": tool.pk}).pk)

    assert outdated(signed) == {"security", "council"}


def test_an_outdated_answer_shows_at_once_also_before_the_task_has_run(client, signed, initiative, legal_reviewer):
    _field(risk_tier="high")(initiative)
    client.force_login(legal_reviewer)

    page = client.get(sign_off_of(signed, "legal").get_absolute_url()).content.decode()

    assert "Outdated" in page
    assert "Risk tier" in page


def test_a_wrong_group_is_refused(office_lead):
    legal = ReviewFunction.objects.get(slug="legal")

    with pytest.raises(DomainError, match="no group of facts"):
        change_function(legal, actor=office_lead, rests_on=["moon"])
