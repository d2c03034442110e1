"""Reviews, requirements and evidence through the API: the same actions, the same rights."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portfolio.models import Stage
from stagegates.models import Evidence, GateReview

from ..api.conftest import make_api_token
from ..factories import make_ownership, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client):
    """Asks as a person: `api(person).post(address, body)`."""

    class Api:
        def __init__(self, person):
            self.headers = {"Authorization": f"Bearer {make_api_token(person)[1]}"}

        def get(self, address):
            return client.get(f"/api/v1/{address}", headers=self.headers)

        def post(self, address, body=None):
            return client.post(f"/api/v1/{address}", body or {}, content_type="application/json", headers=self.headers)

        def patch(self, address, body):
            return client.patch(f"/api/v1/{address}", body, content_type="application/json", headers=self.headers)

        def upload(self, address, body):
            return client.post(f"/api/v1/{address}", body, headers=self.headers)

    return Api


def test_a_review_from_opening_to_submission(api, initiative, business_owner, office_lead):
    ours, office = api(business_owner), api(office_lead)
    below = f"initiatives/{initiative.reference}"

    coming = ours.get(f"{below}/checklist/").json()
    assert (coming["review"], coming["gates"], coming["refusal"]) == (None, ["data-fit"], "")
    assert [each["is_met"] for each in coming["requirements"]] == [False, False, False]

    opened = ours.post(f"{below}/reviews/", {"ask": "Build it", "amount": "120000"})
    assert opened.status_code == 201
    review = opened.json()
    assert (review["gates"], review["amount"], review["attempt"]) == (["data-fit"], "120000.00", 1)
    assert ours.post(f"{below}/reviews/").status_code == 409

    early = ours.post(f"reviews/{review['id']}/submit/")
    assert early.status_code == 409
    assert "4 requirements are not met" in early.json()["detail"]
    lines = [{"month": "2027-01-01", "kind": kind, "amount": "9"} for kind in ("cashable", "run_cost")]
    assert ours.post(f"{below}/plan/write/", {"lines": lines}).status_code == 200

    link = ours.post(f"{below}/evidence/", {"code": "data-fit/lineage", "link": "https://files.example.org/l"})
    assert link.status_code == 201
    answer = ours.post(f"{below}/evidence/", {"code": "data-fit/data-owners", "text": "Kim owns the logs."})
    assert answer.json()["kind"] == "statement"
    file = SimpleUploadedFile("profile.pdf", b"%PDF profile")
    uploaded = ours.upload(f"{below}/evidence-files/", {"code": "data-fit/production-data", "file": file})
    assert uploaded.status_code == 201
    assert uploaded.json()["file"]["name"] == "profile.pdf"

    withdrawn = ours.post(f"{below}/evidence/{link.json()['id']}/withdraw/", {"reason": "Of another line"})
    assert withdrawn.json()["withdrawn_because"] == "Of another line"
    asked = ours.get(f"reviews/{review['id']}/requirements/").json()["results"]
    lineage = next(each for each in asked if each["code"] == "data-fit/lineage")
    assert not lineage["is_met"]
    waive = f"reviews/{review['id']}/requirements/{lineage['id']}/waive/"
    assert ours.post(waive, {"reason": "Mine"}).status_code == 403
    waived = office.post(waive, {"reason": "One table"}).json()
    assert (waived["is_waived"], waived["waived_by"]["name"]) == (True, "Otto Lead")

    edited = ours.patch(f"reviews/{review['id']}/", {"ask": "Build two lines", "was": {"ask": "Build it"}})
    assert edited.json()["ask"] == "Build two lines"
    assert ours.patch(f"reviews/{review['id']}/", {"ask": "X", "was": {"ask": "Build it"}}).status_code == 409
    assert ours.post(f"reviews/{review['id']}/submit/").json()["submitted_by"]["name"] == "Boris Owen"
    closed = ours.post(f"reviews/{review['id']}/withdraw/", {"reason": "Not now"}).json()
    assert closed["was_withdrawn"]
    assert ours.get("reviews/?state=open").json()["results"] == []
    assert len(ours.get("reviews/?state=closed&gate=data-fit").json()["results"]) == 1
    assert len(ours.get(f"{below}/evidence/?current=true").json()["results"]) == 2
    assert len(ours.get(f"{below}/evidence/").json()["results"]) == 3


def test_asking_again_takes_the_waiver_back(api, review, office_lead):
    office = api(office_lead)
    first = review.requirements.first()
    office.post(f"reviews/{review.pk}/requirements/{first.pk}/waive/", {"reason": "Looked at"})

    again = office.post(f"reviews/{review.pk}/requirements/{first.pk}/ask-again/")

    assert again.json()["is_waived"] is False
    assert office.post(f"reviews/{review.pk}/requirements/{first.pk}/ask-again/").status_code == 409


def test_others_are_refused_and_strangers_find_nothing(api, initiative, review, reviewer):
    theirs = api(reviewer)
    below = f"initiatives/{initiative.reference}"
    evidence = {"code": "data-fit/lineage", "link": "https://files.example.org/l"}

    assert theirs.post(f"{below}/evidence/", evidence).status_code == 403
    assert theirs.post(f"{below}/reviews/").status_code == 403
    assert theirs.post(f"reviews/{review.pk}/submit/").status_code == 403
    assert theirs.patch(f"reviews/{review.pk}/", {"ask": "More"}).status_code == 403
    assert theirs.get(f"reviews/{review.pk}/").status_code == 200
    type(initiative).objects.filter(pk=initiative.pk).update(is_confidential=True)
    for address in (f"reviews/{review.pk}/", f"reviews/{review.pk}/requirements/", f"{below}/evidence/"):
        assert theirs.get(address).status_code == 404
    assert theirs.get("reviews/").json()["results"] == []
    assert not Evidence.objects.exists()


def test_the_money_asked_for_is_withheld(api, review, business_owner, reviewer):
    GateReview.objects.filter(pk=review.pk).update(amount=90_000)

    assert api(business_owner).get(f"reviews/{review.pk}/").json()["amount"] == "90000.00"
    assert api(reviewer).get(f"reviews/{review.pk}/").json()["amount"] is None


def test_a_service_account_never_submits(api, review, initiative):
    account = make_person("Pump Sync", "service_account", is_service_account=True)
    make_ownership(initiative, account, "technical", is_deputy=True)

    assert api(account).post(f"reviews/{review.pk}/submit/").status_code == 403


def test_bad_bodies_are_told(api, owned, business_owner):
    initiative = owned(Stage.DISCOVERY)
    ours = api(business_owner)
    below = f"initiatives/{initiative.reference}"

    assert ours.post(f"{below}/evidence/", {}).status_code == 422
    assert ours.post(f"{below}/evidence/", {"code": "value-fit/improved", "link": "https://e.org"}).status_code == 422
    assert ours.post(f"{below}/evidence/", {"code": "data-fit/lineage", "link": "ftp://e.org"}).status_code == 422
    assert ours.post(f"{below}/reviews/", {"amount": "-1"}).status_code == 422
