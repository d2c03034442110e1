"""The discussion: remarks, mentions, and Markdown that does no harm."""

import pytest

from aiso.events.models import Event, Notification
from portfolio.actions.discuss import add_comment, withdraw_comment
from portfolio.models import Comment
from portfolio.remarks import LATEST, markdown_html
from portfolio.tasks import notify_mentioned
from tests.factories import make_comment, make_initiative

from .forms import events, htmx

pytestmark = pytest.mark.django_db


def talk(initiative, rest: str = "") -> str:
    return f"{initiative.get_absolute_url()}discussion/{rest}"


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_anybody_who_sees_it_joins_in(client, initiative, stranger, business_owner, headers):
    client.force_login(stranger)

    response = client.post(talk(initiative, "new/"), {"text": "Well **done** @boris.owen."}, headers=headers)

    comment = initiative.comments.get()
    assert response.headers["Location"] == talk(initiative, f"#comment-{comment.pk}")
    assert (comment.author, [*comment.mentions.all()]) == (stranger, [business_owner])
    assert events("comment.added")[0].payload["comment"] == comment.pk
    page = client.get(talk(initiative)).content.decode()
    assert f'id="comment-{comment.pk}"' in page
    assert 'Well <strong>done</strong> <span class="at-person">@Boris Owen</span>.' in page


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_nothing_is_no_remark(client, initiative, stranger, headers):
    client.force_login(stranger)
    for text in ("", "   ", "x" * 10_001):
        response = client.post(talk(initiative, "new/"), {"text": text}, headers=headers)
        assert response.status_code == 422
        assert 'class="err"' in response.content.decode()

    assert not Comment.objects.exists()


def test_one_corrects_ones_own_words(client, initiative, stranger, business_owner):
    comment = make_comment(initiative, stranger, "Frist")
    client.force_login(stranger)
    address = talk(initiative, f"{comment.pk}/")

    assert "Frist" in client.get(address, headers=htmx("tab")).content.decode()
    assert client.post(address, {"text": ""}).status_code == 422
    client.post(address, {"text": "First, @boris.owen"})

    comment.refresh_from_db()
    assert (comment.text, [*comment.mentions.all()]) == ("First, @boris.owen", [business_owner])
    assert "edited" in client.get(talk(initiative)).content.decode()


def test_a_withdrawn_remark_leaves_only_that_there_was_one(client, initiative, stranger):
    comment = make_comment(initiative, stranger, "Never mind")
    client.force_login(stranger)

    assert client.post(talk(initiative, f"{comment.pk}/withdraw/")).status_code == 302

    page = client.get(talk(initiative)).content.decode()
    assert "Never mind" not in page
    assert "Withdrawn" in page
    assert client.post(talk(initiative, f"{comment.pk}/withdraw/")).status_code == 409
    assert client.post(talk(initiative, f"{comment.pk}/"), {"text": "Again"}).status_code == 409
    assert len(events("comment.withdrawn")) == 1


def test_only_the_author_changes_it(client, initiative, stranger, office_lead):
    comment = make_comment(initiative, stranger, "Mine")
    client.force_login(office_lead)

    assert client.get(talk(initiative, f"{comment.pk}/")).status_code == 403
    assert client.post(talk(initiative, f"{comment.pk}/"), {"text": "Ours"}).status_code == 403
    assert client.post(talk(initiative, f"{comment.pk}/withdraw/")).status_code == 403
    assert "Withdraw" not in client.get(talk(initiative)).content.decode()


def test_auditors_read_and_do_not_join(client, initiative, auditor):
    make_comment(initiative, auditor, "From before")
    client.force_login(auditor)

    assert client.post(talk(initiative, "new/"), {"text": "Hm."}).status_code == 403
    page = client.get(talk(initiative)).content.decode()
    assert "From before" in page
    assert "<textarea" not in page


def test_who_does_not_see_it_finds_nothing(client, secret, stranger):
    comment = make_comment(secret, stranger)
    client.force_login(stranger)

    assert client.post(talk(secret, "new/"), {"text": "Hm."}).status_code == 404
    assert client.post(talk(secret, f"{comment.pk}/withdraw/")).status_code == 404


def test_a_remark_is_found_on_its_own_initiative_only(client, initiative, stranger):
    comment = make_comment(make_initiative(), stranger)
    client.force_login(stranger)

    assert client.get(talk(initiative, f"{comment.pk}/")).status_code == 404


def test_a_long_discussion_begins_with_its_latest(client, initiative, stranger):
    Comment.objects.bulk_create(
        Comment(initiative=initiative, author=stranger, text=f"Remark {number}") for number in range(LATEST + 5)
    )
    client.force_login(stranger)

    shown = client.get(talk(initiative)).context["remarks"]
    assert (len(shown.shown), shown.earlier, shown.shown[-1].comment.text) == (LATEST, 5, f"Remark {LATEST + 4}")
    assert len(client.get(talk(initiative, "?earlier")).context["remarks"].shown) == LATEST + 5


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='x' onclick='alert(1)'>x</a>",
        "![x](https://elsewhere.example/pixel.png)",
        "![x](javascript:alert(1))",
        "<svg/onload=alert(1)>",
        "<style>*{display:none}</style>",
        "<iframe src=https://elsewhere.example></iframe>",
        '[x](https://example.org "><script>alert(1)</script>")',
        "`<script>`\n\n```html\n<script>alert(1)</script>\n```",
        '@"><script>alert(1)</script>',
        "<form action=/x><button>",
        "[ref]: javascript:alert(1)\n\n[ref]",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    ],
)
def test_hostile_words_stay_words(text):
    html = str(markdown_html(text, (('"><script>', "<script>"),))).lower()

    assert not any(
        tag in html for tag in ("<script", "<img", "<svg", "<style", "<iframe", "<form", "<button", "<math", "<input")
    )
    assert not any(
        f"{word}=" in html.replace("&quot;", "").split("<a")[-1].split(">")[0] for word in ("onerror", "onclick")
    )
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_links_leave_without_a_trace():
    html = markdown_html("[plan](https://example.org/plan)")

    assert '<a href="https://example.org/plan" rel="nofollow noopener noreferrer">plan</a>' in html


def test_names_stand_for_addresses_but_not_in_code_and_not_for_strangers():
    people = (("anna.berg@example.org", "Anna <Berg>"), ("anna.berg", "Anna <Berg>"))

    html = markdown_html("@anna.berg. `@anna.berg` @Anna.Berg@example.org @nobody mail@anna.berg", people)

    assert html.count('<span class="at-person">@Anna &lt;Berg&gt;</span>') == 2
    assert "<code>@anna.berg</code>" in html
    assert "@nobody" in html


def test_a_withdrawn_remark_calls_nobody_any_more(initiative, stranger, office_lead):
    comment = add_comment(initiative, actor=stranger, text=f"Look here, @{office_lead.email}")
    notify_mentioned(Event.objects.get(name="comment.added").pk)
    assert Notification.objects.visible_to(office_lead).unread().count() == 1

    withdraw_comment(comment, actor=stranger)

    assert not Notification.objects.visible_to(office_lead).exists()
