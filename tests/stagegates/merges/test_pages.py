"""The pages and the API of merges: who sees what, and where old links lead."""

import pytest

from portfolio.models import Initiative, Stage
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def body_of(response):
    return " ".join(response.content.decode().split())


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def test_choosing_and_merging(client, worked_on, survivor, funded, chair):
    client.force_login(chair)
    address = f"/initiatives/{worked_on.reference}/merge/"
    assert "See what would move" in body_of(client.get(address))
    page = body_of(client.get(address, {"into": survivor.reference}))
    for text in ("1 decision class", "1 open barrier", "55 k", f"Merge into {survivor.reference}"):
        assert text in page
    assert client.get(address, {"into": "AI-9999"}).status_code == 422
    assert client.get(address, {"into": worked_on.reference}).status_code == 200
    told = {"survivor": survivor.reference, "rationale": ""}
    assert client.post(address, told).status_code == 422
    done = client.post(address, told | {"rationale": "The same thing twice."})
    assert (done.status_code, done.url) == (302, survivor.get_absolute_url())
    worked_on.refresh_from_db()
    assert worked_on.stage == Stage.MERGED


def test_who_may_not_decide_reads_who_does(client, initiative, survivor, stranger):
    client.force_login(stranger)
    address = f"/initiatives/{initiative.reference}/merge/"
    page = body_of(client.get(address, {"into": survivor.reference}))
    assert "decides this, never a party to either" in page
    assert "not shown to you" in page
    told = {"survivor": survivor.reference, "rationale": "x"}
    assert client.post(address, told).status_code == 403


@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), ("barriers/", "barriers/"), ("gates/", "gates/"), ("edit/", ""), ("barriers/77/", "barriers/")],
)
def test_old_links_lead_on(client, merged, office_lead, old, new):
    client.force_login(office_lead)
    answer = client.get(f"{merged.merged.get_absolute_url()}{old}")
    assert answer.status_code == 302
    assert answer.url == f"{merged.survivor.get_absolute_url()}{new}?merged={merged.merged.reference}"
    if new == old:
        assert "was merged into this on" in body_of(client.get(answer.url))


def test_a_chain_leads_to_its_end(client, merged, office_lead, chair):
    from stagegates.actions.merge import merge_into

    last = make_initiative("All of it", stage=Stage.BUILD, risk_tier="moderate")
    merge_into(merged.survivor, actor=chair, survivor=last, rationale="One more.")
    client.force_login(office_lead)
    answer = client.get(merged.merged.get_absolute_url())
    assert answer.url.startswith(last.get_absolute_url())
    page = body_of(client.get(last.get_absolute_url()))
    for each in (merged.merged, merged.survivor):
        assert f"/merged/{each.reference}/" in page


def test_the_survivor_reads_its_family(client, initiative, survivor, funded, chair, office_lead):
    from stagegates.actions.merge import merge_into

    made = merge_into(initiative, actor=chair, survivor=survivor, rationale="The same thing twice.")
    client.force_login(office_lead)
    page = body_of(client.get(survivor.get_absolute_url()))
    for text in ("Merged into this", initiative.name, "released of", "60 k"):
        assert text in page
    address = f"{survivor.get_absolute_url()}merged/{initiative.reference}/"
    page = body_of(client.get(address))
    for text in ("Accuracy holds.", "The same thing twice.", "Money that stayed", "History"):
        assert text in page
    assert "Undo the merge" not in page
    money = body_of(client.get(f"{survivor.get_absolute_url()}funding/"))
    assert initiative.reference in money
    decision = body_of(client.get(made.get_absolute_url()))
    assert survivor.name in decision
    client.force_login(chair)
    assert f"/merges/{made.merge.pk}/undo/" in body_of(client.get(address))
    assert client.get(f"{survivor.get_absolute_url()}merged/{survivor.reference}/").status_code == 404


def test_undoing_on_the_page(client, merged, chair, stranger):
    address = f"/merges/{merged.pk}/undo/"
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(chair)
    assert client.get(address).status_code == 200
    assert client.post(address, {"rationale": ""}).status_code == 422
    assert client.post(address, {"rationale": "They differ."}).status_code == 302
    assert client.post(address, {"rationale": "They differ."}).status_code == 422
    assert client.get(merged.merged.get_absolute_url()).status_code == 200


def test_nobody_learns_of_a_confidential_one(client, initiative, survivor, funded, chair, finance_controller):
    """Finance sees the survivor and its money, and not what came into it."""
    from stagegates.actions.merge import merge_into

    made = merge_into(initiative, actor=chair, survivor=survivor, rationale="The same thing twice.")
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    client.force_login(finance_controller)
    tranche = survivor.tranches.first()
    pages = (
        survivor.get_absolute_url(),
        f"{survivor.get_absolute_url()}funding/",
        f"{survivor.get_absolute_url()}history/",
        f"{survivor.get_absolute_url()}gates/",
        f"/funding/tranches/{tranche.pk}/",
        f"/funding/envelopes/{tranche.envelope_id}/",
        "/decisions/",
    )
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        for trace in (initiative.reference, initiative.name, "Merged", "was merged", made.get_absolute_url()):
            assert trace not in body_of(answer), (address, trace)
    for address in (initiative.get_absolute_url(), made.get_absolute_url(), f"/merges/{made.merge.pk}/undo/"):
        assert client.get(address).status_code == 404
    finance = script(finance_controller)
    assert finance.get("merges/").json()["results"] == []
    told = finance.get(f"tranches/{tranche.pk}/").json()
    assert told["decision"] is None
    entries = finance.get("funding-entries/", {"tranche": tranche.pk}).json()["results"]
    assert {each["decision"] for each in entries} == {None}


def test_who_sees_the_merged_one_alone_is_told_no_name(client, merged, stranger):
    Initiative.objects.filter(pk=merged.survivor_id).update(is_confidential=True)
    client.force_login(stranger)
    answer = client.get(merged.merged.get_absolute_url())
    assert answer.status_code == 200
    assert merged.survivor.name not in body_of(answer)
    decision = body_of(client.get(merged.decision.get_absolute_url()))
    assert merged.survivor.name not in decision
    assert script(stranger).get(f"initiatives/{merged.merged.reference}/").json()["merged_into"] is None


def test_the_picker(client, survivor, merged, stranger):
    hidden = make_initiative("Predict secrets", stage=Stage.BUILD, is_confidential=True)
    client.force_login(stranger)
    found = client.get("/initiatives/find/", {"q": survivor.reference}).json()["results"]
    assert [each["value"] for each in found] == [str(survivor)]
    for nothing in ("", hidden.reference, merged.merged.reference):
        assert client.get("/initiatives/find/", {"q": nothing}).json()["results"] == []


# API


def test_over_the_api(initiative, survivor, funded, chair, stranger, office_lead):
    address = f"initiatives/{initiative.reference}/merge/"
    look = script(stranger).get(address, {"survivor": survivor.reference}).json()
    assert (look["may_decide"], look["refusal"], look["money"]) == (False, "", None)
    look = script(chair).get(address, {"survivor": survivor.reference}).json()
    assert look["money"] == {"withheld": "40000.00", "unspent": "15000.00", "spent": "5000.00"}
    body = {"survivor": survivor.reference, "rationale": "The same thing twice."}
    assert script(stranger).post(address, body).status_code == 403
    assert script(chair).post(address, {"rationale": "x"}).status_code == 422
    made = script(chair).post(address, body)
    assert (made.status_code, made.json()["outcome"]) == (201, "merge")
    assert script(chair).post(address, body).status_code == 409
    told = script(stranger).get(f"initiatives/{initiative.reference}/").json()
    assert (told["stage"], told["merged_into"]) == ("merged", survivor.reference)
    [listed] = script(stranger).get("merges/").json()["results"]
    assert (listed["merged"], listed["survivor"], listed["why_not_undo"]) == (
        initiative.reference, survivor.reference, "",
    )  # fmt: skip
    undoing = f"merges/{listed['id']}/undo/"
    assert script(stranger).post(undoing, {"rationale": "x"}).status_code == 403
    undone = script(chair).post(undoing, {"rationale": "They differ."})
    assert (undone.status_code, undone.json()["supersedes"]) == (201, made.json()["id"])
    assert script(chair).post(undoing, {"rationale": "Again."}).status_code == 409


def test_a_list_of_merges_costs_the_same(chair, survivor, office_lead, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from stagegates.actions.merge import merge_into

    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert script(office_lead).get("merges/").status_code == 200
        return len(asked)

    for count in range(4):
        one = make_initiative(f"One {count}", stage=Stage.BUILD, risk_tier="moderate")
        merge_into(one, actor=chair, survivor=survivor, rationale="Again the same.")
        few = ask() if count == 0 else few  # noqa: F821
    assert ask() == few


def test_a_review_is_decided_as_a_merge(client, review, survivor, chair):
    client.force_login(chair)
    address = f"/reviews/{review.pk}/decide/"
    assert "goes on in another initiative" in body_of(client.get(address))
    told = {"outcome": "merge", "rationale": "Twice.", "how": "alone"}
    assert "Choose the initiative in which it goes on" in body_of(client.post(address, told))
    done = client.post(address, told | {"survivor": str(survivor)})
    assert done.status_code == 302
    review.initiative.refresh_from_db()
    assert review.initiative.stage == Stage.MERGED
    writing = script(chair).post("decisions/", {"review": review.pk, "outcome": "merge", "rationale": "x"})
    assert writing.status_code == 409
