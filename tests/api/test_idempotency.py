"""A POST that comes twice is done once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from aiso import clock
from aiso.api.models import KeptAnswer
from aiso.api.tasks import KEPT_FOR, forget_answers
from portfolio.models import Comment
from tests.factories import make_unit

from .conftest import Script, kind, make_api_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def comments(initiative) -> str:
    return f"initiatives/{initiative.reference}/comments/"


def test_the_first_answer_is_given_again(office, comments):
    first = office.post(comments, {"text": "Once."}, idempotency_key="k-1")
    again = office.post(comments, {"text": "Once."}, idempotency_key="k-1")
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert [again.headers[name] for name in ("Location", "ETag")] == [first.headers[n] for n in ("Location", "ETag")]
    assert Comment.objects.count() == 1
    office.post(comments, {"text": "Once."}, idempotency_key="k-2")
    assert Comment.objects.count() == 2


def test_the_order_and_the_spaces_of_a_body_do_not_matter(office, initiative):
    unit = make_unit().pk
    sent = [f'{{"name": "x", "unit": {unit}}}', f'{{ "unit":{unit},"name":"x" }}']
    answers = [
        office.client.post("/api/v1/initiatives/", body, "application/json", headers={"Idempotency-Key": "k"})
        for body in sent
    ]
    assert answers[0].json() == answers[1].json()


def test_a_key_stands_for_one_request(office, comments):
    office.post(comments, {"text": "Once."}, idempotency_key="k")
    assert kind(office.post(comments, {"text": "Other."}, idempotency_key="k"), 422) == "key-reused"
    assert kind(office.post("units/", {"text": "Once."}, idempotency_key="k"), 422) == "key-reused"


def test_each_person_has_their_own_keys(office, nobody, comments):
    office.post(comments, {"text": "Hi."}, idempotency_key="k")
    theirs = nobody.post(comments, {"text": "Hi."}, idempotency_key="k")
    assert "Idempotency-Replayed" not in theirs.headers
    assert Comment.objects.count() == 2


def test_what_was_refused_may_be_sent_anew(office, comments):
    assert office.post(comments, {"text": ""}, idempotency_key="k").status_code == 422
    assert not KeptAnswer.objects.exists()
    assert office.post(comments, {"text": "Now."}, idempotency_key="k").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é", "\x7f"])
def test_odd_keys_are_refused(office, comments, key):
    assert kind(office.post(comments, {"text": "Hi."}, idempotency_key=key), 400) == "malformed"


def test_answers_are_forgotten_after_a_day(office, comments):
    office.post(comments, {"text": "Hi."}, idempotency_key="k")
    with clock.fixed_at(clock.now() + KEPT_FOR - timedelta(minutes=1)):
        forget_answers()
        assert KeptAnswer.objects.exists()
    with clock.fixed_at(clock.now() + KEPT_FOR + timedelta(minutes=1)):
        forget_answers()
        forget_answers()
    assert not KeptAnswer.objects.exists()


def test_two_at_once_are_done_once(transactional_db, request):
    initiative, person = request.getfixturevalue("initiative"), request.getfixturevalue("office_member")
    _, secret = make_api_token(person)
    together, answers = threading.Barrier(2), []

    def send() -> None:
        script = Script(secret)
        together.wait()
        try:
            answers.append(
                script.post(f"initiatives/{initiative.reference}/comments/", {"text": "Hi."}, idempotency_key="k")
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert sorted(answer.headers.get("Idempotency-Replayed", "") for answer in answers) == ["", "true"]
    assert Comment.objects.count() == 1
