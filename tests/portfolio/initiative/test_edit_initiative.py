"""Editing: the whole form, one field in place, and two people at once."""

import pytest

from portfolio.models import Bucket, Initiative, Jurisdiction, Tag
from tests.factories import make_entry, make_initiative, make_unit

from .forms import events, filled_in, htmx, opened

pytestmark = pytest.mark.django_db


def edit(initiative: Initiative, field: str = "", **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{initiative.get_absolute_url()}edit/{f'{field}/' if field else ''}{f'?{asked}' if asked else ''}"


def test_the_whole_form_saves_what_was_changed_and_nothing_else(client, initiative, office_member):
    client.force_login(office_member)
    data = opened(client, edit(initiative))
    tag = make_entry(Tag, "pumps")

    response = client.post(edit(initiative), data | {"summary": "Fewer stops.", "tags": [tag.pk], "reason": "Tidied."})

    assert response.status_code == 302
    initiative.refresh_from_db()
    assert (initiative.summary, [*initiative.tags.all()]) == ("Fewer stops.", [tag])
    assert events("initiative.edited")[0].payload["fields"] == ["summary", "tags"]


def test_a_form_sent_back_unchanged_changes_nothing(client, initiative, office_member):
    client.force_login(office_member)
    initiative.tags.add(make_entry(Tag))
    before = initiative.changed_at

    assert client.post(edit(initiative), opened(client, edit(initiative))).status_code == 302

    initiative.refresh_from_db()
    assert initiative.changed_at == before
    assert events("initiative.edited") == []


def test_owners_change_facts_and_not_who_sees_it(client, initiative, business_owner):
    client.force_login(business_owner)

    form = client.get(edit(initiative)).context["form"]

    assert "summary" in form.fields
    assert not {"unit", "is_confidential", "stage"} & form.fields.keys()
    for field in ("unit", "is_confidential"):
        assert client.get(edit(initiative, field)).status_code == 403
        assert client.post(edit(initiative, field), {field: ""}).status_code == 403


@pytest.mark.parametrize("field", ["stage", "business_owner", "risk_tier", "pk", "nothing"])
def test_what_follows_from_other_rows_is_no_field_to_edit(client, initiative, office_lead, field):
    client.force_login(office_lead)

    assert client.get(edit(initiative, field)).status_code == 404


@pytest.mark.parametrize("who", ["stranger", "auditor", "requester", "executive"])
def test_others_may_not(client, initiative, request, who):
    client.force_login(request.getfixturevalue(who))
    for address in (edit(initiative), edit(initiative, "summary"), edit(initiative, "owners")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"summary": "Mine."}).status_code == 403

    initiative.refresh_from_db()
    assert initiative.summary == ""


def test_one_nobody_sees_is_not_found(client, secret, stranger):
    client.force_login(stranger)

    assert client.post(edit(secret, "summary"), {"summary": "Mine."}).status_code == 404


def test_a_cell_of_the_register_is_edited_where_it_stands(client, initiative, office_member):
    client.force_login(office_member)
    bucket = make_entry(Bucket, "Pumping")
    address = edit(initiative, "bucket", place="cell", column="bucket")

    form = client.get(address, headers=htmx()).content.decode()
    assert 'hx-target="closest td"' in form
    assert "<html" not in form
    answer = client.post(address, {"bucket": bucket.pk, "initial-bucket": ""}, headers=htmx())

    assert answer.status_code == 200
    assert answer.content.decode().startswith('<a class="ed"')
    assert "Pumping" in answer.content.decode()
    assert "undo" in answer.headers["HX-Trigger-After-Swap"]
    initiative.refresh_from_db()
    assert initiative.bucket == bucket


def test_a_fact_comes_back_with_the_first_line_and_the_gaps(client, initiative, office_member):
    client.force_login(office_member)
    address = edit(initiative, "summary", place="fact")

    answer = client.post(address, {"summary": "Fewer stops.", "initial-summary": ""}, headers=htmx()).content.decode()

    assert "Fewer stops." in answer
    assert 'id="answer" hx-swap-oob="true"' in answer
    assert "6 of 6 requirements" in answer
    assert '<b class="b">Summary</b>' not in answer


def test_the_outcome_is_edited_where_it_stands_and_told_in_history(client, initiative, office_member):
    client.force_login(office_member)
    address = edit(initiative, "outcome", place="fact")
    page = client.get(initiative.get_absolute_url()).content.decode()
    assert "What gets better" in page
    assert f'href="{address}"' in page

    answer = client.post(address, {"outcome": "Two stops fewer a month.", "initial-outcome": ""}, headers=htmx())

    assert "Two stops fewer a month." in answer.content.decode()
    assert "Two stops fewer a month." in client.get(initiative.get_absolute_url()).content.decode()
    history = client.get(f"{initiative.get_absolute_url()}history/").content.decode()
    assert "Outcome" in history
    assert "Two stops fewer a month." in history


def test_an_empty_outcome_is_asked_of_those_who_may_say_it(client, initiative, requester):
    client.force_login(requester)

    assert "What gets better" not in client.get(initiative.get_absolute_url()).content.decode()


def test_cancelling_shows_the_value_again(client, initiative, office_member):
    client.force_login(office_member)
    address = edit(initiative, "data_sensitivity", place="fact", show="1")

    answer = client.get(address, headers=htmx()).content.decode()

    assert "Not answered" in answer
    assert "<form" not in answer


def test_without_script_one_field_is_a_page_and_a_redirect(client, initiative, office_member):
    client.force_login(office_member)
    address = edit(initiative, "is_customer_facing")

    assert "<html" in client.get(address).content.decode()
    response = client.post(address, {"is_customer_facing": "true", "initial-is_customer_facing": ""})

    assert response.headers["Location"] == initiative.get_absolute_url()
    initiative.refresh_from_db()
    assert initiative.is_customer_facing is True


@pytest.mark.parametrize("headers", [{}, htmx()])
def test_a_value_that_the_field_refuses_is_told_beside_it(client, initiative, office_member, headers):
    client.force_login(office_member)

    response = client.post(edit(initiative, "name", place="cell"), {"name": "", "initial-name": ""}, headers=headers)

    assert response.status_code == 422
    assert "This field is required." in response.content.decode()
    response = client.post(edit(initiative, "bucket"), {"bucket": "99999", "initial-bucket": ""}, headers=headers)
    assert response.status_code == 422


def test_priority_parts_are_edited_together_with_their_score(client, initiative, office_member):
    client.force_login(office_member)
    address = edit(initiative, "priority", place="fact")
    parts = ("value", "feasibility", "data_readiness", "strategic_fit", "governance_complexity")

    assert "once all five parts are rated" in client.get(address, headers=htmx()).content.decode()
    answer = client.post(address, opened(client, address, **htmx()) | dict.fromkeys(parts, "4"), headers=htmx())

    initiative.refresh_from_db()
    assert float(initiative.priority) == 3.6
    assert "3.6" in answer.content.decode()
    assert "Score 3.60" in client.get(address, headers=htmx()).content.decode()
    client.post(address, opened(client, address, **htmx()) | {"value": ""}, headers=htmx())
    initiative.refresh_from_db()
    assert (initiative.value, initiative.feasibility, initiative.priority) == (None, 4, None)


def test_several_fields_that_are_missing_are_asked_for_together(client, initiative, business_owner):
    client.force_login(business_owner)

    form = client.get(edit(initiative, fields="bucket,workflow,unit,stage")).context["form"]

    assert [*form.fields] == ["bucket", "workflow"]


def test_a_retired_entry_that_it_has_can_stay(client, initiative, office_member):
    bucket = make_entry(Bucket, "Old", is_active=False)
    Initiative.objects.filter(pk=initiative.pk).update(bucket=bucket)
    client.force_login(office_member)

    choices = client.get(edit(initiative, "bucket")).context["form"].fields["bucket"].queryset
    assert bucket in choices
    assert client.post(edit(initiative), opened(client, edit(initiative))).status_code == 302
    assert bucket not in client.get(edit(make_initiative(), "bucket")).context["form"].fields["bucket"].queryset


def test_the_office_moves_it_to_another_unit(client, initiative, office_member):
    client.force_login(office_member)
    unit = make_unit("Elsewhere")

    client.post(edit(initiative, "unit"), {"unit": unit.pk, "initial-unit": initiative.unit_id})

    initiative.refresh_from_db()
    assert initiative.unit == unit


# Two people at once.


@pytest.mark.parametrize("headers", [{}, htmx()])
@pytest.mark.parametrize("place", ["", "cell", "fact", "dialog"])
def test_the_second_person_sees_both_values_and_nothing_is_saved(
    client, initiative, office_member, business_owner, headers, place
):
    old, hers, his = (make_entry(Bucket, name) for name in ("Old one", "Her choice", "His choice"))
    Initiative.objects.filter(pk=initiative.pk).update(bucket=old)
    address = edit(initiative, "bucket", place=place)
    client.force_login(office_member)
    client.post(address, {"bucket": hers.pk, "initial-bucket": old.pk})
    client.force_login(business_owner)

    response = client.post(address, {"bucket": his.pk, "initial-bucket": old.pk}, headers=headers)

    shown = response.content.decode()
    assert response.status_code == 409
    assert all(part in shown for part in ("Keep theirs", "Her choice", "Take yours", "His choice", "Olga Member"))
    initiative.refresh_from_db()
    assert initiative.bucket == hers


@pytest.mark.parametrize(("choice", "stays"), [("theirs", "Hers"), ("mine", "His"), ("", "Hers")])
def test_the_second_person_chooses_and_keeps_what_did_not_conflict(client, initiative, office_member, choice, stays):
    client.force_login(office_member)
    data = opened(client, edit(initiative))
    client.post(edit(initiative, "summary"), {"summary": "Hers", "initial-summary": ""})
    sent = data | {"summary": "His", "notes": "Only his"}
    conflict = client.post(edit(initiative), sent)
    assert conflict.status_code == 409
    assert "Only his" in conflict.content.decode()
    again = filled_in(conflict.content.decode())

    response = client.post(edit(initiative), again | ({"choice-summary": choice} if choice else {}))

    initiative.refresh_from_db()
    assert response.status_code == (302 if choice else 422)
    assert (initiative.summary, initiative.notes) == (stays, "Only his" if choice else "")


def test_a_third_change_asks_again(client, initiative, office_member):
    client.force_login(office_member)
    address = edit(initiative, "summary")
    Initiative.objects.filter(pk=initiative.pk).update(summary="Second")
    conflict = client.post(address, {"summary": "Mine", "initial-summary": ""})
    assert conflict.context["form"].data["initial-summary"] == "Second"
    Initiative.objects.filter(pk=initiative.pk).update(summary="Third")

    sent = {"summary": "Mine", "initial-summary": "Second", "conflict": "summary", "choice-summary": "mine"}
    response = client.post(address, sent)

    assert response.status_code == 409
    assert "Third" in response.content.decode()


def test_two_who_want_the_same_do_not_quarrel(client, initiative, office_member):
    client.force_login(office_member)
    eu, uk = make_entry(Jurisdiction, "Here"), make_entry(Jurisdiction, "There")
    initiative.jurisdictions.set([eu, uk])

    sent = {"jurisdictions": [uk.pk, eu.pk], "initial-jurisdictions": ""}
    assert client.post(edit(initiative, "jurisdictions"), sent).status_code == 302


def test_sets_conflict_too_and_an_empty_one_is_remembered(client, initiative, office_member):
    client.force_login(office_member)
    first, second = make_entry(Tag, "first"), make_entry(Tag, "second")
    data = opened(client, edit(initiative, "tags"))
    assert data["initial-tags"] == ""
    initiative.tags.set([first])

    response = client.post(edit(initiative, "tags"), {"tags": [second.pk], "initial-tags": ""})

    assert response.status_code == 409
    assert response.context["form"].data["initial-tags"] == str(first.pk)
    assert [*initiative.tags.all()] == [first]


def test_nonsense_in_the_hidden_values_is_no_error_of_ours(client, initiative, office_member):
    client.force_login(office_member)
    data = opened(client, edit(initiative))
    hidden = {name: "nonsense 99999999999999999999" for name in data if name.startswith("initial-")}

    response = client.post(edit(initiative), data | hidden | {"conflict": ["nothing", "name"]})

    assert response.status_code in (302, 409, 422)


@pytest.mark.parametrize("field", ["summary", "name", "bucket", "owners", "tags"])
def test_characters_that_no_database_keeps_are_refused_or_dropped(client, initiative, office_member, field):
    client.force_login(office_member)
    names = ("business_owner", "technical_owner", "risk_owner") if field == "owners" else (field,)
    sent = dict.fromkeys(names, "a\x00<b\x00@example.org>")
    hidden = {f"initial-{name}": "c\0<d\0@example.org>" for name in names}

    response = client.post(edit(initiative, field), sent | hidden | {"reason": "Be\0cause."})

    assert response.status_code in (302, 409, 422)
