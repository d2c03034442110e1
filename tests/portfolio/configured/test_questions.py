"""New versions of the questions: answers come along, and tiers and classes follow."""

from copy import deepcopy
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso.audit.history import Entry
from aiso.configuration import tasks
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions import bring_in_questions, whole_register
from portfolio.actions.answer_questions import answer_questions, conclude, current_answers
from portfolio.configured.foreseen import foresee
from portfolio.configured.questions import ACT, TIER
from portfolio.history import history_of_initiative
from portfolio.models import Answer, Initiative, QuestionSet
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db
RISK = QuestionSet.Kind.RISK_TIER


def publish(kind: Kind, lead, change, reason: str = "Clearer.") -> ConfigurationVersion:
    """Publish the content in force with a change made to it."""
    draft = start_draft(kind, actor=lead)
    content = deepcopy(draft.content)
    change(content)
    edit_draft(draft, actor=lead, content=content)
    return publish_draft(draft, actor=lead, reason=reason)


def entry_because(initiative: Initiative, reason: str) -> Entry:
    return next(each for each in history_of_initiative(initiative).entries if each.reason == reason)


def question(content, code: str) -> dict:
    return next(each for each in content["questions"] if each["code"] == code)


@pytest.fixture
def answered(office_lead) -> Initiative:
    initiative = make_initiative("Pumps")
    answers = {"safety": "indirect", "personal-data": "none", "employees": "no"}
    return answer_questions(initiative, actor=office_lead, kind=RISK, answers=answers)


@pytest.fixture
def in_background(monkeypatch):
    """As in a register that is too large for one request."""
    monkeypatch.setattr(whole_register, "AT_ONCE", -1)


def test_reworded_questions_keep_their_answers(answered, office_lead):
    before = answered.answers.get(question__code="safety")

    publish(TIER, office_lead, lambda content: question(content, "safety").update(text="Can it hurt anybody?"))

    assert current_answers(answered, RISK) == {"safety": "indirect", "personal-data": "none", "employees": "no"}
    answered.refresh_from_db()
    assert (answered.risk_tier, answered.risk_tier_set_by.text) == ("moderate", "Can it hurt anybody?")
    carried = answered.answers.get(question__question_set__version=2, question__code="safety")
    assert (carried.answered_by, carried.answered_at, carried.is_carried) == (office_lead, before.answered_at, True)


def test_another_level_moves_the_tier_and_the_history_says_who_and_why(answered, office_lead):
    def stricter(content):
        question(content, "safety")["options"][1]["sets"] = "critical"

    publish(TIER, office_lead, stricter, "Near misses were underrated.")

    answered.refresh_from_db()
    assert (answered.risk_tier, answered.risk_tier_set_by.code) == ("critical", "safety")
    entry = entry_because(answered, "Risk tier questions, version 2: Near misses were underrated.")
    assert entry.person == office_lead
    changes = {change.label: (change.before, change.now) for line in entry.lines for change in line.changes}
    assert changes["Risk tier"] == ("Moderate", "Critical")
    # Answers that came along are no news.
    assert [line.what for line in entry.lines] == [""]


def test_what_is_removed_takes_its_answers_with_it(answered, office_lead):
    def without_safety(content):
        content["questions"] = [each for each in content["questions"] if each["code"] != "safety"]

    publish(TIER, office_lead, without_safety)

    answered.refresh_from_db()
    assert current_answers(answered, RISK) == {"personal-data": "none", "employees": "no"}
    assert answered.risk_tier == "low"


def test_when_no_answer_is_left_the_tier_is_unknown(answered, office_lead):
    other = {"code": "", "text": "Harm?", "help_text": "", "options": [
        {"code": "", "text": "No", "sets": "low"}, {"code": "", "text": "Yes", "sets": "high"}]}  # fmt: skip
    publish(TIER, office_lead, lambda content: content.update(questions=[other]))

    answered.refresh_from_db()
    assert (answered.risk_tier, answered.risk_tier_set_by) == ("", None)


def test_an_imported_tier_that_no_answer_set_stays(office_lead):
    imported = make_initiative("Imported", risk_tier="high", ai_act_class="limited")
    publish(TIER, office_lead, lambda content: question(content, "safety").update(text="Harm?"))
    publish(ACT, office_lead, lambda content: question(content, "article-50").update(text="Does it talk?"))
    imported.refresh_from_db()
    assert (imported.risk_tier, imported.ai_act_class) == ("high", "limited")


def test_the_class_follows_its_own_questions(office_lead):
    initiative = make_initiative()
    answer_questions(initiative, actor=office_lead, kind="ai_act", answers={"article-50": "yes"})

    def milder(content):
        question(content, "article-50")["options"][1]["sets"] = "minimal"

    publish(ACT, office_lead, milder)
    initiative.refresh_from_db()
    assert (initiative.ai_act_class, initiative.ai_act_set_by.question_set.version) == ("minimal", 2)


def test_large_registers_follow_in_the_background_and_the_page_says_so(client, answered, office_lead, in_background):
    version = publish(TIER, office_lead, lambda content: question(content, "safety")["options"][1].update(sets="high"))

    answered.refresh_from_db()
    assert answered.risk_tier == "moderate"
    client.force_login(office_lead)
    page = client.get(answered.get_absolute_url()).content.decode()
    assert "New rules were published: Risk tier questions." in page
    tab = client.get(f"{answered.get_absolute_url()}risk/")
    assert tab.context["questionnaires"][0].version == 1

    event = Event.objects.get(name="configuration.published")
    for _ in range(2):
        tasks.follow_published(event.pk)
    answered.refresh_from_db()
    version.refresh_from_db()
    assert (answered.risk_tier, version.followed_at is not None) == ("high", True)
    assert entry_because(answered, "Risk tier questions, version 2: Clearer.").person == office_lead
    assert "New rules" not in client.get(answered.get_absolute_url()).content.decode()


def test_two_versions_in_a_row_are_brought_in_in_their_order(answered, office_lead, in_background):
    publish(TIER, office_lead, lambda content: question(content, "safety")["options"][1].update(sets="high"))
    second = publish(TIER, office_lead, lambda content: question(content, "employees").update(text="Employees?"))
    answer_questions(answered, actor=office_lead, kind=RISK, answers={"personal-data": "ordinary"})

    tasks.follow_published(Event.objects.get(name="configuration.published", payload__number=3).pk)

    answered.refresh_from_db()
    assert (answered.risk_tier, current_answers(answered, RISK)["personal-data"]) == ("high", "ordinary")
    assert not ConfigurationVersion.objects.under_way().exists()
    assert answered.risk_tier_set_by.question_set.version == second.number
    tasks.follow_published(Event.objects.get(name="configuration.published", payload__number=2).pk)
    assert Initiative.objects.get(pk=answered.pk).risk_tier == "high"


def test_nobody_answers_while_answers_are_carried_over(transactional_db):
    lead, initiative = make_person("Otto Lead", "office_lead"), make_initiative()
    carrying, told = Signal(), Signal()

    def carry() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            place = [*QuestionSet.Kind.values].index("risk_tier")
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [bring_in_questions.ANSWERING, place])
            carrying.set()
            told.wait(10)
        connection.close()

    thread = Thread(target=carry)
    thread.start()
    carrying.wait(10)
    try:
        with pytest.raises(DomainError, match="being brought in"):
            answer_questions(initiative, actor=lead, kind=RISK, answers={"safety": "no"})
        answer_questions(initiative, actor=lead, kind="ai_act", answers={"article-50": "yes"})
    finally:
        told.set()
        thread.join()
    answer_questions(initiative, actor=lead, kind=RISK, answers={"safety": "no"})


def test_consequences_are_foreseen_with_figures(answered, office_lead):
    make_initiative("Never asked")
    old = start_draft(TIER, actor=office_lead).content["questions"]
    new = [deepcopy(each) for each in old if each["code"] != "personal-data"]
    next(each for each in new if each["code"] == "safety")["options"][1]["sets"] = "critical"
    new.append({"code": "new", "text": "New?", "help_text": "", "options": deepcopy(old[0]["options"])})
    assert foresee(RISK, old, new) == [
        "1 answer of 1 initiative is lost with what is removed.",
        "1 question is new, and open on every initiative until answered.",
        "1 initiative changes tier: 1 from Moderate to Critical.",
    ]
    assert foresee(RISK, old, old) == ["No answer is lost.", "No initiative changes its tier."]


def test_what_is_foreseen_is_what_happens(answered, office_lead):
    def without_safety(content):
        content["questions"] = [each for each in content["questions"] if each["code"] != "safety"]

    content = deepcopy(start_draft(TIER, actor=office_lead).content)
    old = deepcopy(content["questions"])
    without_safety(content)
    assert "1 initiative changes tier: 1 from Moderate to Low." in foresee(RISK, old, content["questions"])
    publish(TIER, office_lead, without_safety)
    assert Initiative.objects.get(pk=answered.pk).risk_tier == "low"


TIERS = {
    "safety": ["no", "indirect", "direct"],
    "personal-data": ["none", "ordinary", "special"],
    "manipulates": ["no", "yes"],
}
USES = {"manipulation": ["no", "not-sure", "yes"], "social-scoring": ["no", "not-sure", "yes"]}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tiers=st.fixed_dictionaries({}, optional={code: st.sampled_from(options) for code, options in TIERS.items()}),
    uses=st.fixed_dictionaries({}, optional={code: st.sampled_from(options) for code, options in USES.items()}),
)
def test_many_rows_conclude_as_one_does(answered, tiers, uses):
    """The statement for the whole register and the function for one initiative are the same rule."""
    initiative = make_initiative()
    for kind, answers in ((RISK, tiers), ("prohibited_use", uses)):
        in_force = QuestionSet.objects.in_force(kind)
        for code, option in answers.items():
            asked = in_force.questions.get(code=code)
            Answer.objects.create(initiative=initiative, question=asked, option=asked.options.get(code=option))
    conclude(initiative, RISK)
    one = Initiative.objects.get(pk=initiative.pk)
    Initiative.objects.filter(pk=initiative.pk).update(risk_tier="low", risk_tier_set_by=answered.risk_tier_set_by)
    bring_in_questions.conclude_all(RISK)
    many = Initiative.objects.get(pk=initiative.pk)
    assert (many.risk_tier, many.risk_tier_set_by) == (one.risk_tier, one.risk_tier_set_by)
