"""Notes and results: by a decider or in words, and of two who record the same item one wins."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from aiso.errors import ConflictError, DomainError
from forums import deciding
from forums.actions.live import record_item, settle_item, write_note
from forums.deciding import Decider, register_decider

from .conftest import NINE, events, meeting_with, seated


@pytest.fixture
def decider(monkeypatch, pumps):
    """Decides what comes from the source `ready`, and remembers what it was asked."""
    asked = []

    def record(item, *, actor, data):
        if not data.get("outcome"):
            raise DomainError("Choose an outcome.")
        asked.append((item.pk, actor.pk, data["outcome"]))
        return f"Decided: {data['outcome']}"

    monkeypatch.setattr(deciding, "_deciders", {})
    drawn = "<input name=outcome>"
    register_decider(Decider("ready", lambda item, person, data: drawn, record, lambda item, actor, data: "Yes"))
    type(pumps).objects.filter(pk=pumps.pk).update(source="ready")
    pumps.refresh_from_db()
    return asked


@pytest.mark.django_db
class TestOne:
    pytestmark = pytest.mark.usefixtures("at_nine")

    def test_a_result_in_words_settles_it(self, running, pumps, secretary):
        record_item(pumps, actor=secretary, data={"result": "  Two more   weeks "})
        pumps.refresh_from_db()
        assert (pumps.state, pumps.result, pumps.settled_by, pumps.settled_at) == (
            *("done", "Two more weeks", secretary),
            NINE,
        )
        assert events("meeting.item_settled")[0]["item"] == pumps.pk

    @pytest.mark.parametrize(("result", "told"), [("", "few words"), ("x" * 201, "at most 200")])
    def test_a_result_has_words_and_not_too_many(self, pumps, chair, result, told):
        with pytest.raises(DomainError, match=told):
            record_item(pumps, actor=chair, data={"result": result})

    def test_a_decider_decides_and_says_what_came_of_it(self, pumps, chair, decider):
        with pytest.raises(DomainError, match="outcome"):
            record_item(pumps, actor=chair, data={})
        record_item(pumps, actor=chair, data={"outcome": "approve"})
        pumps.refresh_from_db()
        assert (pumps.result, decider) == ("Decided: approve", [(pumps.pk, chair.pk, "approve")])

    def test_who_is_second_reads_who_was_first(self, pumps, chair, secretary, decider):
        record_item(pumps, actor=chair, data={"outcome": "approve"})
        with pytest.raises(DomainError, match="Carla Chair was first, at 09:00: Decided: approve"):
            record_item(pumps, actor=secretary, data={"outcome": "hold"})
        assert len(decider) == 1

    def test_only_who_leads_writes(self, pumps, member, auditor):
        for actor in (member, auditor):
            with pytest.raises(PermissionDenied):
                settle_item(pumps, actor=actor, result="Mine")
            with pytest.raises(PermissionDenied):
                write_note(pumps, actor=actor, note="Mine")

    def test_two_who_note_see_each_other(self, pumps, chair, secretary):
        write_note(pumps, actor=chair, note="First", seen={"note": ""})
        with pytest.raises(ConflictError):
            write_note(pumps, actor=secretary, note="Second", seen={"note": ""})
        write_note(pumps, actor=secretary, note="Both", seen={"note": "First"})
        pumps.refresh_from_db()
        assert (pumps.note, len(events("meeting.noted"))) == ("Both", 2)

    def test_not_before_it_begins(self, meeting, chair):
        with pytest.raises(DomainError, match="not in progress: open"):
            settle_item(meeting.items.first(), actor=chair, result="Early")


def test_of_two_who_settle_at_once_one_wins(transactional_db, at_nine):
    people = [seated("Carla Chair", "chair"), seated("Sina Scribe", "secretary")]
    meeting = meeting_with("Pumps")
    meeting.state, meeting.started_at = "in_progress", NINE
    meeting.save(update_fields=["state", "started_at"])
    item, told, ready = meeting.items.get(), [], threading.Barrier(2)

    def settle(person):
        ready.wait()
        try:
            told.append(settle_item(item, actor=person, result=f"By {person}").result)
        except DomainError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=settle, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    item.refresh_from_db()
    winner = str(item.settled_by)
    won, lost = sorted(told)
    assert won == f"By {winner}"
    assert lost.startswith(f"{winner} was first, at ")
    assert lost.endswith(f": By {winner}.")
    assert len(events("meeting.item_settled")) == 1
