import json
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.middleware import HtmxMiddleware

from aiso.web.htmx import add_trigger, announce, wants_partial
from aiso.web.middleware import ToastMiddleware

HTMX = {"HX-Request": "true"}


def through_middleware(request, view):
    """What the browser gets of a view, past sessions, messages and toasts."""
    stack: Any = ToastMiddleware(view)
    for layer in (HtmxMiddleware, MessageMiddleware, SessionMiddleware):
        stack = layer(stack)
    return stack(request)


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        (HTMX, True),
        (HTMX | {"HX-Boosted": "true"}, False),
        (HTMX | {"HX-History-Restore-Request": "true"}, False),
    ],
)
def test_who_wants_a_fragment(rf, headers, partial):
    request = rf.get("/", headers=headers)
    HtmxMiddleware(lambda request: HttpResponse())(request)
    assert wants_partial(request) is partial


@pytest.mark.django_db
def test_an_expired_session_leads_the_whole_page_to_sign_in(client):
    headers = HTMX | {"HX-Current-URL": "http://testserver/register/?q=pump"}
    answer = client.get("/", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next=/register/%3Fq%3Dpump"
    assert client.get("/").url == f"{reverse('account_login')}?next=/"


@pytest.mark.django_db
def test_messages_of_a_fragment_become_toasts(rf):
    def view(request):
        announce(request, "Owner changed.", undo="/undo/1/")
        announce(request, "Not all.", level=messages.WARNING)
        return HttpResponse("fragment")

    answer = through_middleware(rf.post("/", headers=HTMX), view)
    assert json.loads(answer.headers["HX-Trigger-After-Swap"]) == {
        "toasts": [
            {"text": "Owner changed.", "level": "success", "undo": "/undo/1/"},
            {"text": "Not all.", "level": "warning", "undo": ""},
        ]
    }


@pytest.mark.django_db
def test_messages_wait_for_the_page_that_follows(rf):
    def view(request):
        announce(request, "Moved.")
        return HttpResponseRedirect("/")

    assert "HX-Trigger-After-Swap" not in through_middleware(rf.post("/", headers=HTMX), view).headers


def test_triggers_add_up():
    response = HttpResponse(headers={"HX-Trigger-After-Swap": "saved"})
    add_trigger(response, "toasts", [])
    assert json.loads(response.headers["HX-Trigger-After-Swap"]) == {"saved": "", "toasts": []}
