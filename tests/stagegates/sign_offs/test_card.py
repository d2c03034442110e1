"""The card of a sign-off: what it rests on can be opened, its first line follows each deed, and the focus too."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aiso.web.markup import linked
from stagegates.actions.ask_question import ask_question
from stagegates.actions.give_evidence import give_evidence
from stagegates.models import Requirement

from .factories import RULE, answered, make_review, sign_off_of

pytestmark = pytest.mark.django_db

CONTRACT = "production-fit/contract"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def review(initiative, office_member):
    contract = Requirement(
        code=CONTRACT,
        gate="production-fit",
        text="Contract with the supplier",
        evidence=Requirement.Evidence.DOCUMENT,
        functions=["legal"],
        asked_by=[RULE.stored()],
    )
    return make_review(initiative, office_member, "legal", requirements=(contract,))


@pytest.fixture
def legal(client, review, initiative, business_owner, legal_reviewer):
    """The sign-off of legal, once a link is given; legal looks at it."""
    give_evidence(initiative, actor=business_owner, code=CONTRACT, link="https://files.example.org/contract")
    client.force_login(legal_reviewer)
    return sign_off_of(review, "legal")


def page_of(client, legal, where="", **headers):
    return client.get(legal.get_absolute_url() + where, headers=headers).content.decode()


@pytest.mark.parametrize("where", ["", "?in=drawer"])
def test_a_link_that_it_rests_on_opens(client, legal, where):
    page = page_of(client, legal, where, **(HTMX if where else {}))
    address = "https://files.example.org/contract"
    assert f'<a href="{address}" rel="nofollow noopener noreferrer">{address}</a>' in page


def test_a_file_that_it_rests_on_is_the_guarded_download(client, legal, initiative, business_owner):
    file = SimpleUploadedFile("contract.pdf", b"%PDF contract")
    given = give_evidence(initiative, actor=business_owner, code=CONTRACT, file=file)
    page = page_of(client, legal)
    assert f"/{given.attachment_id}/" in page
    assert "Download contract.pdf" in page
    assert "https://files.example.org/contract" not in page


def test_only_addresses_of_the_web_become_links():
    assert linked("javascript:alert(1) data:x file:///etc") == "javascript:alert(1) data:x file:///etc"
    assert linked("See (https://example.org/a?b=1&c=2).") == (
        'See (<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">'
        "https://example.org/a?b=1&amp;c=2</a>)."
    )
    assert linked('<b>"https://example.org/"><script>') == (
        '&lt;b&gt;&quot;<a href="https://example.org/" rel="nofollow noopener noreferrer">'
        "https://example.org/</a>&quot;&gt;&lt;script&gt;"
    )


def test_headings_go_down_one_by_one_before_and_after_a_deed(client, legal):
    assert "<h4" not in page_of(client, legal)
    assert '<h3 class="facts-h">' in page_of(client, legal)
    asked = client.post(f"/sign-offs/{legal.pk}/ask/?in=page", {f"ask-{legal.pk}-text": "Who?"}, headers=HTMX)
    card = asked.content.decode()
    assert "<h4" not in card
    assert '<h2 class="h3"' in card
    assert "Who?" in card.partition("data-focus>")[2][:200]


def test_asked_the_owners_is_what_its_mark_says(client, legal, legal_reviewer):
    ask_question(legal, actor=legal_reviewer, text="Who?")
    head = {"HX-Target": "sign-off-head"} | HTMX
    page = page_of(client, legal, **head)
    assert "Asked the owners: stopped by a question." in page.partition('id="sign-off-head"')[2]


def test_an_answer_leaves_no_question_that_waits(client, legal, review, legal_reviewer):
    ask_question(legal, actor=legal_reviewer, text="Who?")
    answered(review, "legal", legal_reviewer, verdict="object", reason="Clause 7.")
    page = page_of(client, legal)
    assert "the clock stands still" not in page
    assert "answered without one" in page


def test_the_fields_of_a_condition_are_asked_for_with_the_owner_proposed(client, legal, business_owner):
    page = page_of(client, legal)
    room = page.partition('class="for-conditions"')[2].partition("</fieldset>")[0]
    assert "optional" not in room
    assert business_owner.email in room

    sent = {"verdict": "conditions", "reason": "Fine with one thing.", "text_1": "Change clause 7."}
    data = {f"answer-{legal.pk}-{name}": value for name, value in sent.items()}
    told = client.post(f"/sign-offs/{legal.pk}/answer/", data).content.decode()
    assert f'<a href="#id_answer-{legal.pk}-due_1">By: Say by when.</a>' in told
    assert "Say what it demands." not in told
