"""A new version of a checklist: what comes along, and what is asked anew."""

import copy
from datetime import timedelta

import pytest

from aiso import clock
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.kinds import kind_of
from standards.actions.answer_checklist import answer_checklist, complete_checklist
from tests.factories import make_initiative

from .conftest import answered, line, sheet, values

pytestmark = pytest.mark.django_db
SENSITIVITY = "data_sensitivity"
FORM = {
    "section": "New",
    "text": "Is it new?",
    "help_text": "",
    "answer_type": "yes_no",
    "options": "",
    "unit": "",
    "asked_from": "low",
    "is_optional": False,
    "satisfactory": "Yes",
    "prefilled_from": "",
    "evidence": "",
}


@pytest.fixture
def publish(privacy, office_lead):
    """Publish the privacy assessment with its items changed by a function."""

    def published(change):
        kind = kind_of(privacy.configuration)
        draft = start_draft(kind, actor=office_lead)
        content = copy.deepcopy(draft.content)
        change(content["items"])
        foreseen = kind.consequences(draft.content, content)
        draft = edit_draft(draft, actor=office_lead, content=content)
        publish_draft(draft, actor=office_lead, reason="Better so.")
        return foreseen

    return published


def item(items, code):
    return next(each for each in items if each["code"] == code)


@pytest.fixture
def done(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    return complete_checklist(initiative, privacy, actor=business_owner)


def test_answers_to_the_same_question_come_along(initiative, privacy, done, publish):
    foreseen = publish(lambda items: item(items, "retention").update(help_text="Days.", satisfactory="at most 400"))
    assert foreseen == ["All answers stay, and what is completed stays completed."]
    assert sheet(initiative, privacy).is_complete
    assert sheet(initiative, privacy).checklist.version == 2
    assert line(initiative, privacy, "retention").answer.version.number == 1


def test_a_reworded_question_is_asked_anew_and_named(initiative, privacy, done, publish, business_owner):
    foreseen = publish(lambda items: item(items, "in-prompts").update(text="Is free text kept out?"))
    assert foreseen[0].startswith("1 answer to questions that are reworded or gone count no more")
    assert "1 completed checklist is open again" in foreseen[1]
    found = sheet(initiative, privacy)
    assert [each.item.text for each in found.missing] == ["Is free text kept out?"]
    assert found.status == "reopened"
    asked = line(initiative, privacy, "in-prompts")
    assert (asked.is_anew, asked.value, asked.before.value) == (True, "", "no")
    answer_checklist(initiative, privacy, actor=business_owner, answers=values(in_prompts="no"))
    assert line(initiative, privacy, "in-prompts").answer.version.number == 2
    complete_checklist(initiative, privacy, actor=business_owner)
    assert sheet(initiative, privacy).is_complete


def test_a_new_question_opens_what_was_complete_where_it_is_asked(initiative, privacy, done, publish):
    publish(lambda items: items.append({"code": "", **FORM, "asked_from": "high"}))
    assert sheet(initiative, privacy).is_complete
    publish(lambda items: items.append({"code": "", **FORM, "text": "Is it newer?"}))
    assert [each.item.text for each in sheet(initiative, privacy).missing] == ["Is it newer?"]


def test_a_question_that_is_gone_asks_no_more(initiative, privacy, done, publish):
    publish(lambda items: items.remove(item(items, "training-use")))
    assert sheet(initiative, privacy).is_complete
    assert initiative.checklist_answers.filter(item="training-use").exists()


def test_a_version_for_a_day_to_come_asks_nobody_yet(initiative, privacy, done, office_lead):
    kind = kind_of(privacy.configuration)
    draft = start_draft(kind, actor=office_lead)
    content = {**draft.content, "items": [*draft.content["items"], {"code": "", **FORM}]}
    draft = edit_draft(draft, actor=office_lead, content=content)
    day = clock.today() + timedelta(days=10)
    publish_draft(draft, actor=office_lead, reason="Better so.", effective_from=day)
    assert sheet(initiative, privacy).is_complete
    with clock.fixed_at(clock.now() + timedelta(days=11)):
        assert [each.item.text for each in sheet(initiative, privacy).missing] == ["Is it new?"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"answer_type": "choice"}, "at least two options"),
        ({"options": "One\nTwo"}, "Only one of a list has options"),
        ({"satisfactory": "Maybe"}, "“Maybe” is no answer to it"),
        ({"answer_type": "text"}, "leave this empty"),
        ({"answer_type": "number", "satisfactory": "90"}, "at least 90"),
        ({"prefilled_from": "owners"}, "This is known as: text"),
        (
            {
                "answer_type": "choice",
                "options": "Public\nInternal",
                "satisfactory": "",
                "prefilled_from": SENSITIVITY,
            },
            "which is not among the options",
        ),
    ],
)
def test_what_makes_no_question_is_refused(privacy, changes, told):
    sent = {"holds_for": "12", "items": [{"code": "", **FORM, **changes}]}
    with pytest.raises(Exception, match=told):
        kind_of(privacy.configuration).cleaned(sent)


def test_an_initiative_without_a_tier_is_asked_everything(privacy, business_owner):
    open_tier = make_initiative("Open", owner=business_owner)
    assert len(sheet(open_tier, privacy).lines) == 28
