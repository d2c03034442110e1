"""What legal, procurement and security say of a tool, and when it is approved."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from portfolio.actions.keep_tools import clear_tool
from portfolio.clearances import standings_of, verdict_of
from portfolio.models import Clearance, Tool
from tests.factories import make_clearance, make_entry, make_person, make_tool, make_unit
from tests.portfolio.initiative.forms import events, filled_in

pytestmark = pytest.mark.django_db
LEGAL, SECURITY = Clearance.Function.LEGAL, Clearance.Function.SECURITY
TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def tool(db) -> Tool:
    return make_tool("Gateway", approved=False)


@pytest.fixture(autouse=True)
def _fixed():
    with clock.fixed_at(TODAY):
        yield


def post(client, tool, function="legal", **said):
    sent = {"status": "approved", "decided_on": "2026-11-20"} | said
    return client.post(
        reverse("portfolio:tool_clear", args=[tool.pk, function]),
        {f"{function}-{name}": value for name, value in sent.items()},
    )


@pytest.mark.parametrize(
    ("function", "who"),
    [
        ("legal", "legal_reviewer"),
        ("procurement", "procurement_reviewer"),
        ("security", "security_reviewer"),
        ("security", "office_lead"),
    ],
)
def test_a_function_says_its_word(request, tool, function, who):
    actor = request.getfixturevalue(who)

    said = clear_tool(tool, actor=actor, function=function, status="approved", expires_on=date(2027, 11, 20))

    assert tool.clearances.get() == said
    assert (said.decided_on, said.recorded_by, said.recorded_at) == (date(2026, 11, 21), actor, TODAY)
    assert events("tool.cleared")[0].payload == {"tool": tool.pk, "function": function, "status": "approved"}


@pytest.mark.parametrize("who", ["stranger", "auditor", "legal_reviewer", "risk_reviewer", "procurement_reviewer"])
def test_nobody_says_it_for_another_function(request, tool, who):
    with pytest.raises(PermissionDenied):
        clear_tool(tool, actor=request.getfixturevalue(who), function="security", status="approved")
    assert not tool.clearances.exists()


def test_a_reviewer_of_one_unit_does_not_clear_for_all(tool):
    local = make_person("Local", Role.LEGAL_REVIEWER, role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        clear_tool(tool, actor=local, function="legal", status="approved")


@pytest.mark.parametrize(
    ("told", "error", "field"),
    [
        ({"decided_on": date(2026, 11, 22)}, DomainError, "decided_on"),
        ({"status": "refused"}, DomainError, "note"),
        ({"status": "refused", "note": "  "}, DomainError, "note"),
        ({"function": "marketing"}, DomainError, "function"),
        ({"expires_on": date(2026, 11, 20)}, ValidationError, ""),
        ({"status": "maybe"}, ValidationError, ""),
        ({"note": "x" * 501}, ValidationError, ""),
    ],
)
def test_what_makes_no_sense_is_refused(office_lead, tool, told, error, field):
    with pytest.raises(error) as refused:
        clear_tool(tool, actor=office_lead, **{"function": "legal", "status": "approved"} | told)
    assert getattr(refused.value, "field", "") == (field or getattr(refused.value, "field", ""))
    assert not tool.clearances.exists()


def test_a_new_word_replaces_the_old_one_and_history_keeps_both(client, tool, legal_reviewer):
    clear_tool(tool, actor=legal_reviewer, function="legal", status="in_review")
    clear_tool(tool, actor=legal_reviewer, function="legal", status="refused", note="No contract.")
    client.force_login(legal_reviewer)

    page = client.get(tool.get_absolute_url()).content.decode()

    assert tool.clearances.get().status == "refused"
    assert "In review" in page
    assert "No contract." in page


def test_the_page_records_it(client, tool, legal_reviewer):
    client.force_login(legal_reviewer)

    response = post(client, tool, note="Logging on.", expires_on="2027-11-20")

    assert response.headers["Location"] == f"{tool.get_absolute_url()}#legal"
    said = tool.clearances.get()
    assert (said.status, said.expires_on, said.note) == ("approved", date(2027, 11, 20), "Logging on.")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"expires_on": "2026-11-19"}, "It cannot end before it begins."),
        ({"decided_on": "2026-11-22"}, "This day is still to come."),
        ({"status": "refused"}, "Say why it is refused."),
        ({"status": ""}, "This field is required"),
        ({"decided_on": "soon"}, "valid date"),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client, tool, legal_reviewer, sent, told):
    client.force_login(legal_reviewer)

    response = post(client, tool, note="", **sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert '<details class="fold mt-2" open>' in page
    assert not tool.clearances.exists()


def test_the_second_to_record_sees_the_first_ones_word(client, tool, legal_reviewer, office_lead):
    client.force_login(office_lead)
    sent = filled_in(client.get(tool.get_absolute_url()).content.decode())
    clear_tool(tool, actor=legal_reviewer, function="legal", status="refused", note="No contract.")
    url = reverse("portfolio:tool_clear", args=[tool.pk, "legal"])

    conflict = client.post(url, sent | {"legal-status": "approved"})

    assert conflict.status_code == 409
    assert "Somebody else made this “refused” meanwhile" in conflict.content.decode()
    assert tool.clearances.get().status == "refused"
    again = filled_in(conflict.content.decode())
    assert client.post(url, again).status_code == 302
    assert tool.clearances.get().status == "approved"


def test_recording_the_same_twice_is_no_conflict(client, tool, legal_reviewer):
    client.force_login(legal_reviewer)
    sent = filled_in(client.get(tool.get_absolute_url()).content.decode()) | {"legal-status": "approved"}
    url = reverse("portfolio:tool_clear", args=[tool.pk, "legal"])

    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert tool.clearances.count() == 1


def test_others_have_no_form_and_may_not_send_one(client, tool, legal_reviewer, stranger):
    client.force_login(legal_reviewer)
    assert 'name="legal-status"' in client.get(tool.get_absolute_url()).content.decode()
    assert 'name="security-status"' not in client.get(tool.get_absolute_url()).content.decode()
    assert post(client, tool, "security").status_code == 403
    assert post(client, tool, "marketing").status_code == 404
    client.force_login(stranger)
    assert post(client, tool).status_code == 403


@pytest.mark.parametrize("missing", [*Clearance.Function, None])
def test_approved_takes_all_three(office_lead, tool, missing):
    for function in Clearance.Function:
        if function != missing:
            clear_tool(tool, actor=office_lead, function=function, status="approved")

    approved = missing is None
    assert Tool.objects.approved().exists() is approved
    assert Tool.objects.unapproved().exists() is not approved


@pytest.mark.parametrize("status", ["in_review", "refused"])
def test_any_other_word_keeps_it_from_being_approved(office_lead, status):
    tool = make_tool()
    assert Tool.objects.approved().exists()

    clear_tool(tool, actor=office_lead, function="legal", status=status, note="Because.")

    assert not Tool.objects.approved().exists()


def test_an_approval_holds_through_its_last_day():
    tool = make_tool(approved=False)
    first, last = date(2026, 11, 1), date(2027, 1, 20)
    for function in Clearance.Function:
        make_clearance(tool, function, decided_on=first, expires_on=last)

    def counts(day: date) -> list[bool]:
        tools = Tool.objects.filter(pk=tool.pk)
        named = (tools.approved(day), tools.expiring(day), tools.expired(day))
        return [each.exists() for each in named]

    day = timedelta(days=1)
    assert counts(first - day) == [False, False, False]
    assert counts(first) == [True, False, False]
    assert counts(last - 61 * day) == [True, False, False]
    assert counts(last - 60 * day) == [True, True, False]
    assert counts(last) == [True, True, False]
    assert counts(last + day) == [False, False, True]


@pytest.mark.parametrize(
    ("now", "word", "tone", "verdict"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), "Approved", "ok", "Approved"),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "Ends in 60 days", "risk", "Approved"),
        (datetime(2027, 1, 19, 12, tzinfo=UTC), "Ends tomorrow", "risk", "Approved"),
        (datetime(2027, 1, 20, 23, 59, tzinfo=UTC), "Ends today", "risk", "Approved"),
        (datetime(2027, 1, 21, 0, 0, tzinfo=UTC), "Expired", "late", "Not approved"),
    ],
)
def test_the_words_follow_the_day(now, word, tone, verdict):
    tool = make_tool()
    tool.clearances.filter(function=LEGAL).update(expires_on=date(2027, 1, 20))

    with clock.fixed_at(now):
        legal, *_ = standings = standings_of(Tool.objects.get(pk=tool.pk))
        assert (legal.word, legal.tone, verdict_of(standings).word) == (word, tone, verdict)


def test_the_verdict_names_what_lacks():
    nobody = make_entry(Tool)
    half = make_entry(Tool)
    make_clearance(half, LEGAL)
    refused = make_tool()
    refused.clearances.filter(function=SECURITY).update(status="refused")

    told = [verdict_of(standings_of(tool)) for tool in (nobody, half, refused)]

    assert [(each.word, each.told) for each in told] == [
        ("Not asked", "nobody was asked yet"),
        ("Not approved", "lacks procurement, security"),
        ("Refused", "by security"),
    ]
