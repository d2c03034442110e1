"""The pages of reviews: what they say, who may do what on them, and how many queries they take."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portfolio.models import Lane, Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.give_evidence import give_evidence
from stagegates.actions.open_review import open_review
from stagegates.actions.waive_requirement import waive_requirement
from stagegates.lines import key_of
from stagegates.models import Evidence, GateReview
from stagegates.overview import next_gate_of
from stagegates.review_page import ReviewPage

from ..factories import make_initiative

pytestmark = pytest.mark.django_db

GIVE = "evidence/give/data-fit/lineage/"


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_first_line_says_what_stands(review, initiative, business_owner, office_lead):
    give_evidence(initiative, actor=business_owner, code="data-fit/data-owners", text="Kim owns the logs.")
    waive_requirement(review.requirements.get(code="data-fit/lineage"), actor=office_lead, reason="One table")

    assert ReviewPage(review, business_owner).answer == (
        "1 of 3 requirements is met, 1 is waived; 0 of 1 sign-off is given."
    )


def test_the_review_shows_each_requirement_with_what_to_do(review, initiative, business_owner, signed_in):
    give_evidence(initiative, actor=business_owner, code="data-fit/lineage", link="https://files.example.org/l")

    page = text_of(signed_in(business_owner).get(review.get_absolute_url()))

    assert "1 of 3 requirements is met" in page
    assert "Every data set has an owner who agreed to its use" in page
    assert "https://files.example.org/l" in page
    assert "every case at this gate, version 1" in page
    assert "/administration/configuration/gates/versions/1/" in page
    assert "Submit for decision" not in page


def test_whoever_only_reads_is_offered_nothing(review, reviewer, signed_in):
    page = text_of(signed_in(reviewer).get(review.get_absolute_url())).partition("<main")[2].partition("</main>")[0]

    for verb in ("Withdraw", "Edit", "Waive", "evidence/give"):
        assert verb not in page


def test_a_confidential_review_is_hidden_with_its_files(review, initiative, business_owner, reviewer, signed_in):
    evidence = give_evidence(
        initiative, actor=business_owner, code="data-fit/lineage", file=SimpleUploadedFile("lineage.pdf", b"%PDF")
    )
    type(initiative).objects.filter(pk=initiative.pk).update(is_confidential=True)
    download = reverse("portfolio:file_download", args=[initiative.reference, evidence.attachment_id])

    client = signed_in(reviewer)
    for address in (review.get_absolute_url(), download, f"{initiative.get_absolute_url()}gates/"):
        assert client.get(address).status_code == 404
    assert initiative.name not in text_of(client.get("/reviews/"))
    assert initiative.name not in b"".join(client.get("/reviews/export/?format=csv").streaming_content).decode()

    served = signed_in(business_owner).get(download)
    assert served["Content-Disposition"] == 'attachment; filename="lineage.pdf"'


def test_opening_shows_what_will_be_asked_and_opens(initiative, business_owner, signed_in):
    client = signed_in(business_owner)
    address = f"{initiative.get_absolute_url()}reviews/open/"

    page = text_of(client.get(address))
    assert "Open the review of data fit" in page
    assert "0 of 3 requirements are met; 1 function signs off. Approval leads to build." in page

    response = client.post(address, {"ask": "Build it", "amount": "120k"})
    review = GateReview.objects.get()
    assert response.url == review.get_absolute_url()
    assert review.amount == 120_000

    again = client.post(address, {"ask": "Twice"})
    assert again.status_code == 422
    assert "A review is open already" in text_of(again)


def test_opening_is_for_owners_and_the_office(initiative, reviewer, signed_in):
    assert signed_in(reviewer).get(f"{initiative.get_absolute_url()}reviews/open/").status_code == 403


def test_what_cannot_be_opened_says_what_comes_first(owned, business_owner, signed_in):
    initiative = owned(tier="")

    page = text_of(signed_in(business_owner).get(f"{initiative.get_absolute_url()}reviews/open/"))

    assert "Answer the questions on the risk tier first" in page


def test_evidence_is_given_in_place(review, initiative, business_owner, signed_in):
    client = signed_in(business_owner)
    address = f"{initiative.get_absolute_url()}{GIVE}"
    htmx = {"HX-Request": "true", "HX-Target": "give-data-fit-lineage"}

    form = client.get(address, headers=htmx)
    assert form.content.lstrip().startswith(b"<form")

    wrong = client.post(address, {"link": "ftp://files.example.org"}, headers=htmx)
    assert wrong.status_code == 422
    assert wrong.content.lstrip().startswith(b"<form")

    given = client.post(address, {"link": "https://files.example.org/l"}, headers=htmx)
    assert given.url == review.get_absolute_url()
    page = client.get(given.url, headers=htmx)
    assert page["HX-Retarget"] == "#main"
    assert Evidence.objects.get().given_by == business_owner


def test_evidence_takes_the_right_and_what_is_asked(review, initiative, business_owner, reviewer, signed_in):
    assert signed_in(reviewer).get(f"{initiative.get_absolute_url()}{GIVE}").status_code == 403
    unasked = f"{initiative.get_absolute_url()}evidence/give/value-fit/improved/"
    assert signed_in(business_owner).get(unasked).status_code == 404


def test_evidence_is_withdrawn_with_a_reason(review, initiative, business_owner, signed_in):
    evidence = give_evidence(initiative, actor=business_owner, code="data-fit/lineage", link="https://e.example.org")
    client = signed_in(business_owner)
    address = reverse("stagegates:evidence_withdraw", args=[initiative.reference, evidence.pk])

    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Of another line"}).url == review.get_absolute_url()
    assert "Of another line" in text_of(client.get(f"{initiative.get_absolute_url()}gates/"))


def test_submitting_too_early_says_what_lacks(review, business_owner, signed_in):
    response = signed_in(business_owner).post(f"{review.get_absolute_url()}submit/")

    assert response.status_code == 422
    assert "3 requirements are not met" in text_of(response)


def test_a_review_is_waived_submitted_and_withdrawn_on_its_page(review, business_owner, office_lead, signed_in):
    for requirement in review.requirements.all():
        address = reverse("stagegates:requirement_waive", args=[review.pk, requirement.pk])
        assert signed_in(business_owner).get(address).status_code == 403
        row = f"{review.get_absolute_url()}#{key_of(requirement.code)}"
        assert signed_in(office_lead).post(address, {"reason": "Looked at"}).url == row
    first = review.requirements.first()
    again = reverse("stagegates:requirement_ask_again", args=[review.pk, first.pk])
    assert signed_in(office_lead).post(again).url == f"{review.get_absolute_url()}#data-fit-production-data"
    assert signed_in(office_lead).post(again).status_code == 422
    signed_in(office_lead).post(
        reverse("stagegates:requirement_waive", args=[review.pk, first.pk]), {"reason": "Looked at again"}
    )

    assert signed_in(business_owner).post(f"{review.get_absolute_url()}submit/").status_code == 302
    review.refresh_from_db()
    assert review.is_ready
    assert signed_in(business_owner).get(f"{review.get_absolute_url()}edit/").status_code == 403
    signed_in(business_owner).post(f"{review.get_absolute_url()}withdraw/", {"reason": "Not now"})
    page = text_of(signed_in(business_owner).get(review.get_absolute_url()))
    assert "Withdrawn on" in page


def test_the_money_is_for_those_who_see_money(review, business_owner, reviewer, signed_in):
    GateReview.objects.filter(pk=review.pk).update(amount=120_000)

    assert "120" in text_of(signed_in(business_owner).get(review.get_absolute_url()))
    page = text_of(signed_in(reviewer).get(review.get_absolute_url()))
    assert "Not shown to you" in page
    assert "120" not in page.split("What is asked")[1].split("Opened")[0]
    exported = b"".join(signed_in(reviewer).get("/reviews/export/?format=csv").streaming_content).decode()
    assert "120000" not in exported


def test_the_tab_shows_the_next_gate_or_the_open_review(initiative, business_owner, signed_in):
    client = signed_in(business_owner)
    address = f"{initiative.get_absolute_url()}gates/"

    assert "Next: data fit" in text_of(client.get(address))
    open_review(initiative, actor=business_owner)
    assert "Open review: data fit" in text_of(client.get(address))


def test_the_overview_says_what_the_next_gate_lacks(initiative, business_owner, signed_in):
    page = text_of(signed_in(business_owner).get(initiative.get_absolute_url()))

    assert ">3 of 3 requirements</a> for" in page
    assert "3 missing" in page
    assert "Enough clean production data for each decision class" in page


def test_what_the_next_gate_lacks_is_read_anew_after_a_change(initiative, business_owner):
    assert next_gate_of(initiative).missing == 3

    give_evidence(initiative, actor=business_owner, code="data-fit/lineage", link="https://files.example.org/l")
    initiative.refresh_from_db()

    assert next_gate_of(initiative).missing == 2


def test_my_work_lists_reviews_that_lack_something(review, business_owner, signed_in):
    page = text_of(signed_in(business_owner).get("/"))

    assert "3 requirements of data fit missing for" in page


def test_the_list_filters_and_counts(owned, business_owner, signed_in):
    first = open_review(owned(Stage.DISCOVERY, name="Pumps"), actor=business_owner)
    open_review(owned(Stage.PILOT, name="Claims"), actor=business_owner)
    fast = make_initiative("Letters", owner=business_owner, risk_tier=RiskTier.LOW, lane=Lane.FAST)
    open_review(fast, actor=business_owner)
    GateReview.objects.filter(pk=first.pk).update(submitted_at=first.opened_at)
    client = signed_in(business_owner)

    def found(query):
        page = text_of(client.get(f"/reviews/{query}"))
        return [name for name in ("Pumps", "Claims", "Letters") if name in page]

    assert found("") == ["Pumps", "Claims", "Letters"]
    assert found("?gate=data-fit") == ["Pumps", "Letters"]
    assert found("?stage=pilot") == ["Claims"]
    assert found("?state=submitted") == ["Pumps"]
    assert found("?state=gathering") == ["Claims", "Letters"]
    assert found("?state=closed") == []
    assert found("?gate=nonsense") == ["Pumps", "Claims", "Letters"]


def test_pages_take_a_fixed_number_of_queries(
    owned, business_owner, signed_in, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(business_owner)
    initiative = owned(Stage.PILOT, RiskTier.CRITICAL)
    review = open_review(initiative, actor=business_owner)
    codes = ("production-fit/audit-logs", "document/independent-review-of-the-evaluation")

    def give(number):
        for code in codes:
            give_evidence(initiative, actor=business_owner, code=code, link=f"https://e.example.org/{number}")

    give(0)
    client.get(review.get_absolute_url())
    with django_assert_max_num_queries(55) as few:
        client.get(review.get_absolute_url())
    for number in range(1, 6):
        give(number)
    with django_assert_num_queries(len(few)):
        client.get(review.get_absolute_url())

    client.get("/reviews/")
    with django_assert_max_num_queries(32) as one:
        client.get("/reviews/")
    for _ in range(6):
        open_review(owned(Stage.PILOT, RiskTier.CRITICAL), actor=business_owner)
    with django_assert_num_queries(len(one)):
        client.get("/reviews/")


def test_the_history_of_the_initiative_tells_of_reviews(review, initiative, business_owner, signed_in):
    give_evidence(initiative, actor=business_owner, code="data-fit/lineage", link="https://files.example.org/l")

    page = text_of(signed_in(business_owner).get(f"{initiative.get_absolute_url()}history/"))

    assert "Review of data fit, attempt 1" in page
    assert "Evidence: https://files.example.org/l, version 1" in page


def test_before_it_opens_a_row_names_only_functions_that_will_sign_off(initiative, business_owner, signed_in):
    """Privacy looks at owners of data, too, but nothing asks it to sign off here."""
    page = text_of(signed_in(business_owner).get(f"{initiative.get_absolute_url()}reviews/open/"))

    rows = page.partition("<main")[2]
    assert '<span class="req-f">Data</span>' in rows
    assert '<span class="req-f">Privacy</span>' not in rows


def test_an_answer_that_is_mended_begins_with_what_stands(review, initiative, business_owner, signed_in):
    give_evidence(initiative, actor=business_owner, code="data-fit/data-owners", text="Kim owns the logs.")

    page = text_of(signed_in(business_owner).get(f"{initiative.get_absolute_url()}evidence/give/data-fit/data-owners/"))

    assert "Kim owns the logs." in page.partition("<textarea")[2].partition("</textarea>")[0]


def test_a_review_is_told_by_the_names_of_its_gates(review):
    assert str(review) == f"{review.initiative.reference}, Data fit, attempt 1"
