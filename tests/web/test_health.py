import pytest
from django.db import DatabaseError
from kombu.exceptions import OperationalError

from aiso.web.views import health


def test_alive_asks_nobody(client):
    answer = client.get("/healthz")  # no database here: this test has no `db`
    assert answer.status_code == 200
    assert answer.json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_when_all_parts_answer(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "broker": "ok", "migrations": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("database", DatabaseError("password of app is secret-word")),
        ("broker", OperationalError("secret-word")),
        ("migrations", health.NotReadyError("secret-word")),
    ],
)
def test_not_ready_names_the_part_and_nothing_more(client, monkeypatch, part, error):
    def fails():
        raise error

    monkeypatch.setitem(health.CHECKS, part, fails)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, state in answer.json()["checks"].items() if state == "failed"] == [part]
    assert "secret-word" not in answer.content.decode()


@pytest.mark.django_db
def test_answers_are_not_cached(client):
    assert "no-store" in client.get("/readyz").headers["Cache-Control"]
