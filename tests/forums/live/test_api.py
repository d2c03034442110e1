"""A meeting is run by programs that people wrote for themselves, by the same actions as on the pages."""

import pytest
from rest_framework.test import APIClient

from tests.factories import make_initiative, make_person

from .conftest import add_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]


def api(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_a_whole_meeting(meeting, chair, member, other, secretary):
    lead, root = api(chair), f"/api/v1/meetings/{meeting.pk}"
    told = lead.post(f"{root}/live/start/").json()
    assert (told["state"], told["able"]) == ("in_progress", 1)
    first = told["current"]
    there = api(member).post(f"{root}/live/arrive/", {}, "json").json()["attendance"]
    assert [row["person"]["id"] for row in there] == [chair.pk, member.pk]
    given = {"giver": other.pk, "holder": member.pk}
    proxy = api(secretary).post(f"{root}/proxies/", given, "json")
    assert proxy.status_code == 201, proxy.json()
    question = {"result": "Repair them"}
    assert api(member).post(f"{root}/items/{first}/put-to-vote/", question, "json").status_code == 403
    assert lead.post(f"{root}/items/{first}/put-to-vote/", question, "json").json()["motion"] == "Repair them"
    late = {"choice": "for", "motion": 9}
    assert api(member).post(f"{root}/items/{first}/votes/", late, "json").status_code == 409
    votes = api(member).post(f"{root}/items/{first}/votes/", {"choice": "for"}, "json")
    assert votes.json()["agree"] == 1
    for_other = {"choice": "for", "person": other.pk}
    assert api(member).post(f"{root}/items/{first}/votes/", for_other, "json").json()["agree"] == 2
    assert api(make_person()).get(f"{root}/items/{first}/votes/").json()["agree"] == 2
    assert lead.post(f"{root}/items/{first}/note/", {"note": "Said", "was": ""}, "json").json()["note"] == "Said"
    assert lead.post(f"{root}/items/{first}/note/", {"note": "No", "was": ""}, "json").status_code == 409
    assert lead.post(f"{root}/items/{first}/record/", {"result": "Yes"}, "json").json()["result"] == "Yes"
    assert api(secretary).post(f"{root}/items/{first}/record/", {"result": "No"}, "json").status_code == 409
    assert lead.post(f"{root}/live/next/").json()["current"] != first
    assert lead.post(f"{root}/live/previous/").json()["current"] == first
    assert lead.post(f"{root}/live/break/").json()["paused_at"]
    assert lead.post(f"{root}/live/resume/").json()["paused_at"] is None
    assert api(secretary).delete(f"{root}/proxies/{proxy.json()['id']}/").status_code == 204
    assert api(member).post(f"{root}/live/leave/", {}, "json").json()["able"] == 1
    last = meeting.items.get(title="Routes")
    assert lead.post(f"{root}/items/{last.pk}/show/").json()["began_at"]
    assert lead.post(f"{root}/items/{last.pk}/defer/").json()["state"] == "deferred"


def test_others_may_not_and_do_not_see(running, pumps, member, chair):
    root = f"/api/v1/meetings/{running.pk}"
    for path, body in (("live/next/", {}), (f"items/{pumps.pk}/record/", {"result": "Mine"})):
        assert api(member).post(f"{root}/{path}", body, "json").status_code == 403
    secret = add_item(running, "Hidden", 9, initiative=make_initiative("Hidden", is_confidential=True))
    assert api(make_person()).get(f"{root}/items/{secret.pk}/votes/").status_code == 404
    assert api(chair).post(f"{root}/items/{secret.pk}/show/").status_code == 200
    assert api(make_person()).get(f"{root}/live/").json()["current"] is None
    assert api(chair).get(f"{root}/live/").json()["current"] == secret.pk
    assert api(chair).post(f"{root}/items/{pumps.pk}/votes/", {"choice": "maybe"}, "json").status_code == 422
