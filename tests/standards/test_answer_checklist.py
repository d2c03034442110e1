from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso.clock import fixed_at
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from portfolio.models import Initiative
from standards.actions.answer_checklist import answer_checklist, complete_checklist
from standards.models import ChecklistAnswer, Standard
from tests.factories import make_ownership, make_person, make_tool

from .conftest import ANSWERS, answered, line, sheet, values

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def events(name: str) -> list[dict]:
    return [*Event.objects.filter(name=name).order_by("pk").values_list("payload", flat=True)]


def test_what_the_system_knows_is_not_asked(initiative, privacy):
    found = sheet(initiative, privacy)
    assert line(initiative, privacy, "personal").known == "no"
    assert line(initiative, privacy, "sensitivity").told == "Internal (known from: Effects)"
    assert len(found.lines) == 6
    assert [each.item.code for each in found.missing] == [*ANSWERS]


def test_an_answer_is_kept_and_leaves_its_event(initiative, privacy, business_owner):
    changed = answer_checklist(initiative, privacy, actor=business_owner, answers=values(in_prompts="no"))
    assert changed == ["in-prompts"]
    answer = ChecklistAnswer.objects.get()
    assert (answer.value, answer.answered_by, answer.version.number) == ("no", business_owner, 1)
    told = {"initiative": initiative.pk, "standard": privacy.slug, "items": ["in-prompts"]}
    assert events("checklist.answered") == [told]


def test_the_same_answer_again_changes_nothing(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    assert answer_checklist(initiative, privacy, actor=business_owner, answers=values(in_prompts="no")) == []
    assert len(events("checklist.answered")) == 1


def test_an_empty_answer_takes_it_back_and_history_keeps_it(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    answer_checklist(initiative, privacy, actor=business_owner, answers=values(in_prompts=""))
    assert not ChecklistAnswer.objects.filter(item="in-prompts").exists()
    kept = ChecklistAnswer.pgh_event_model.objects.filter(item="in-prompts").order_by("pgh_id")
    assert [*kept.values_list("pgh_label", "value")] == [("insert", "no"), ("delete", "no")]


@pytest.mark.parametrize(
    ("code", "value", "told"),
    [
        ("in-prompts", "perhaps", "perhaps"),
        ("retention", "some", "Enter a number."),
        ("nonsense", "yes", "not asked"),
        ("special", "yes", "not asked"),  # asked from moderate risk on
    ],
)
def test_what_cannot_be_an_answer_is_refused(initiative, privacy, business_owner, code, value, told):
    with pytest.raises(DomainError, match=told) as refused:
        answer_checklist(initiative, privacy, actor=business_owner, answers={(code, "value"): value})
    assert refused.value.field == code
    assert not ChecklistAnswer.objects.exists()


def test_two_people_see_each_others_answer(initiative, privacy, business_owner, technical_owner):
    answer_checklist(initiative, privacy, actor=business_owner, answers=values(in_prompts="no"))
    with pytest.raises(ConflictError) as conflict:
        answer_checklist(
            initiative,
            privacy,
            actor=technical_owner,
            answers=values(in_prompts="yes"),
            seen={("in-prompts", "value"): ""},
        )
    assert conflict.value.changes["in-prompts.value"].now == "no"
    assert line(initiative, privacy, "in-prompts").value == "no"


def test_who_may_answer(initiative, privacy, request, office_member, legal_reviewer):
    deputy = make_person("Dora Stand-in")
    make_ownership(initiative, deputy, is_deputy=True)
    for person in (initiative.business_owner, deputy, office_member, legal_reviewer):
        value = "no" if line(initiative, privacy, "in-prompts").value == "yes" else "yes"
        assert answer_checklist(initiative, privacy, actor=person, answers=values(in_prompts=value))
    for name in ("stranger", "auditor", "executive", "requester", "finance_controller", "service_account"):
        with pytest.raises(PermissionDenied):
            answer_checklist(initiative, privacy, actor=request.getfixturevalue(name), answers=values(in_prompts="na"))


def test_a_reviewer_does_not_answer_what_they_may_not_see(initiative, privacy, legal_reviewer):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    with pytest.raises(PermissionDenied):
        answer_checklist(initiative, privacy, actor=legal_reviewer, answers=values(in_prompts="yes"))


def test_a_whole_checklist_is_completed_for_its_months(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    with fixed_at(NOON):
        done = complete_checklist(initiative, privacy, actor=business_owner)
        assert sheet(initiative, privacy).is_complete
    assert done.expires_on.isoformat() == "2027-05-04"
    assert (done.completed_by, done.version.number) == (business_owner, 1)
    assert ["After how many days are inputs, outputs and logs deleted?", "90 days"] in done.copy
    told = {"initiative": initiative.pk, "standard": privacy.slug, "version": 1}
    assert events("checklist.completed") == [told]


def test_a_missing_answer_is_named(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner, {**ANSWERS, "retention": ""})
    with pytest.raises(DomainError, match="1 question left: “After how many days"):
        complete_checklist(initiative, privacy, actor=business_owner)


@pytest.mark.parametrize("answer", [{"retention": "800"}, {"training-use": "no"}, {"training-use": "na"}])
def test_an_answer_that_settles_nothing_needs_a_note(initiative, privacy, business_owner, answer):
    answered(initiative, privacy, business_owner, ANSWERS | answer)
    with pytest.raises(DomainError, match="Say why in a note"):
        complete_checklist(initiative, privacy, actor=business_owner)
    [code] = answer
    answer_checklist(initiative, privacy, actor=business_owner, answers={(code, "note"): "Agreed with legal."})
    assert complete_checklist(initiative, privacy, actor=business_owner)
    assert len(sheet(initiative, privacy).unsatisfactory) == (0 if "na" in answer.values() else 1)


def test_to_disagree_with_what_is_known_needs_a_note(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner, ANSWERS | {"personal": "yes"})
    assert line(initiative, privacy, "personal").is_disputed
    with pytest.raises(DomainError, match="Say why in a note: “Does it use personal data"):
        complete_checklist(initiative, privacy, actor=business_owner)


def test_a_reviewer_who_helped_does_not_vouch(initiative, privacy, legal_reviewer):
    answered(initiative, privacy, legal_reviewer)
    with pytest.raises(PermissionDenied):
        complete_checklist(initiative, privacy, actor=legal_reviewer)


def test_it_is_completed_once(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    with pytest.raises(DomainError, match="complete already"):
        complete_checklist(initiative, privacy, actor=business_owner)


def test_a_changed_answer_opens_it_again_and_is_named(initiative, privacy, business_owner, technical_owner):
    answered(initiative, privacy, business_owner)
    done = complete_checklist(initiative, privacy, actor=business_owner)
    answer_checklist(initiative, privacy, actor=technical_owner, answers=values(retention="30"))
    answer_checklist(initiative, privacy, actor=technical_owner, answers=values(in_prompts="yes"))
    done.refresh_from_db()
    assert (done.reopened_by, done.reopened_items) == (technical_owner, ["retention", "in-prompts"])
    told = {"initiative": initiative.pk, "standard": privacy.slug, "items": ["retention"]}
    assert events("checklist.reopened") == [told]
    found = sheet(initiative, privacy)
    assert found.status == "reopened"
    assert [each.item.code for each in found.changed] == ["in-prompts", "retention"]
    assert [told for label, told in done.copy if label.startswith("After how many days")] == ["90 days"]


def test_it_opens_again_when_the_register_says_something_else(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    Initiative.objects.filter(pk=initiative.pk).update(data_sensitivity="personal")
    found = sheet(initiative, privacy)
    assert found.status == "reopened"
    assert [each.item.code for each in found.changed] == ["sensitivity", "personal"]


def test_a_higher_tier_asks_more(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    Initiative.objects.filter(pk=initiative.pk).update(risk_tier="high")
    found = sheet(initiative, privacy)
    assert (found.status, found.changed) == ("reopened", [])
    assert "ground" in [each.item.code for each in found.missing]


def test_it_ends_and_is_renewed(initiative, privacy, business_owner):
    with fixed_at(NOON):
        answered(initiative, privacy, business_owner)
        complete_checklist(initiative, privacy, actor=business_owner)
    with fixed_at(NOON + timedelta(days=365)):
        assert sheet(initiative, privacy).status == "ending"
    with fixed_at(NOON + timedelta(days=366)):
        assert sheet(initiative, privacy).status == "expired"
        renewed = complete_checklist(initiative, privacy, actor=business_owner)
        assert sheet(initiative, privacy).completion == renewed
        assert sheet(initiative, privacy).is_complete


def test_tools_are_known_from_their_register(initiative, business_owner):
    security = Standard.objects.get(slug="security-assessment")
    assert line(initiative, security, "cleared").known == ""
    initiative.tools.add(make_tool("Gateway"))
    assert (line(initiative, security, "tools").known, line(initiative, security, "cleared").known) == (
        "Gateway",
        "yes",
    )
    initiative.tools.add(make_tool("Plug-in", approved=False))
    assert line(initiative, security, "tools").known == "Gateway, Plug-in"
    assert line(initiative, security, "cleared").lacks_note
