"""History as a person reads it: names for ids, words for codes, and who did it why."""

from datetime import date
from decimal import Decimal

import pghistory
import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from aiso.audit.history import History, Told, history_of
from portfolio.actions.assign_owners import assign_owner
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.history import history_of_initiative
from portfolio.models import Bucket, Initiative, OutcomeMetric, Tag, Workflow
from tests.factories import make_comment, make_entry, make_initiative, make_person, make_unit

pytestmark = pytest.mark.django_db


def lines_of(history: History) -> dict[str, list[tuple[str, str, str]]]:
    """Each line by what happened to what, with its changes."""
    return {
        f"{line.what or 'itself'} {line.done}": [(change.label, change.before, change.now) for change in line.changes]
        for entry in history.entries
        for line in entry.lines
    }


def edit(initiative: Initiative, actor, reason="", **wanted):
    changes = {field: Change(getattr(initiative, field), to) for field, to in wanted.items()}
    with pghistory.context(user=actor.pk, url="/initiatives/AI-0001/"):
        edit_initiative(initiative, actor=actor, changes=changes, reason=reason)


def test_a_change_tells_who_when_why_and_both_values_in_words(office_lead):
    old, new = make_entry(Bucket, "Old bucket"), make_entry(Bucket, "New bucket")
    initiative = make_initiative(bucket=old)

    edit(initiative, office_lead, "It moved.", bucket=new, data_sensitivity="special", is_customer_facing=True)

    history = history_of(initiative)
    entry = next(entry for entry in history.entries if entry.person)
    assert (entry.person, entry.reason, entry.path) == (office_lead, "It moved.", "/initiatives/AI-0001/")
    assert lines_of(history)["itself changed"] == [
        ("Bucket", "Old bucket", "New bucket"),
        ("Data sensitivity", "", "Special categories of personal data"),
        ("Customer-facing", "", "Yes"),
    ]


def test_what_hangs_on_an_initiative_is_told_with_it(office_lead, business_owner):
    initiative = make_initiative(tags=[make_entry(Tag, "fraud")], stage="pilot", since=date(2026, 3, 2))
    assign_owner(initiative, actor=office_lead, kind="business", person=business_owner)
    metric = OutcomeMetric.objects.create(initiative=initiative, name="Calls", unit="a week", direction="up")
    metric.target = Decimal("1250.5")
    metric.save()
    initiative.tags.clear()

    told = lines_of(history_of_initiative(initiative))

    assert ("Unit", "", "a week") in told["Outcome metric: Calls added"]
    assert told["Outcome metric: Calls changed"] == [("Target", "", "1,250.5")]
    assert told["Stage: Pilot added"][0] == ("Changed on", "", "2\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2026")
    assert f"Business owner: {business_owner} added" in told
    assert {"Tag: fraud added", "Tag: fraud removed"} <= told.keys()


def test_history_of_a_comment_does_not_repeat_what_was_said(business_owner):
    initiative = make_initiative()
    comment = make_comment(initiative, business_owner, "Do not quote me.")
    comment.text = "Quote me on this."
    comment.save()

    assert f"Comment by {business_owner} added" in lines_of(history_of_initiative(initiative))
    assert "quote me" not in str(history_of_initiative(initiative)).lower()


def test_history_belongs_to_one_thing_only():
    other = make_initiative("Another")
    initiative = make_initiative("This one")
    OutcomeMetric.objects.create(initiative=other, name="Calls", unit="a week", direction="up")

    assert "Another" not in str(history_of_initiative(initiative))
    assert "Calls" not in str(history_of_initiative(initiative))


def test_a_thing_that_is_gone_is_still_told():
    unit = make_unit()
    workflow = make_entry(Workflow, "Intake of claims", unit=unit)
    key = workflow.pk
    workflow.delete()
    unit.delete()
    workflow.pk = key

    name, _, unit_line, _ = lines_of(history_of(workflow))["itself added"]
    assert name == ("Name", "", "Intake of claims")
    assert unit_line[2].endswith("no longer there")


def test_pages_of_history_join_without_gap_or_repetition():
    tag = make_entry(Tag, "0")
    for number in range(1, 12):
        tag.name = str(number)
        tag.save()

    seen, after = [], ""
    for _ in range(10):
        page = history_of(tag, after=after, size=5)
        seen += [change.now for entry in page.entries for line in reversed(entry.lines) for change in line.changes[:1]]
        after = page.after
        if not after:
            break
    assert seen == [str(number) for number in range(11, -1, -1)]


@pytest.mark.parametrize("after", ["nonsense", "2026-01-01T00:00:00~0~1", "2026-99-01T00:00+00:00~0~1", "~~", "1~x~y"])
def test_a_place_that_no_page_gave_is_the_first_page(after):
    assert history_of(make_entry(Tag), after=after).is_first


def test_queries_do_not_grow_with_the_history(office_lead, django_assert_num_queries):
    initiative = make_initiative()
    with CaptureQueriesContext(
        connection,
    ) as few:
        history_of_initiative(initiative)
    for number in range(10):
        person = make_person()
        make_comment(initiative, person)
        assign_owner(initiative, actor=office_lead, kind="risk", person=person)
        initiative.tags.add(make_entry(Tag, f"tag {number}"))
    assert len(few) <= 6
    with CaptureQueriesContext(connection) as many:
        history_of_initiative(initiative)
    # One more for the tags, which nothing named before.
    assert len(many) <= len(few) + 2


def test_the_page_names_the_system_where_nobody_acted():
    html = render_to_string("audit/_history.html", {"history": history_of(make_entry(Tag, "fraud"))})
    assert "The system" in html
    assert "fraud" in html


def test_only_told_rows_are_told():
    initiative = make_initiative(tags=[make_entry(Tag, "fraud")])
    assert "fraud" not in str(history_of(initiative, [Told(OutcomeMetric)]))
