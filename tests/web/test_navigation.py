from datetime import timedelta

import pytest
from django.urls import reverse

from aiso.web import navigation
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import WorkItem, by_due, register_work, work_of


@pytest.fixture(autouse=True)
def _registries_apart(monkeypatch):
    """What a test registers is gone afterwards."""
    monkeypatch.setattr(navigation, "_entries", [*navigation._entries])
    monkeypatch.setattr("aiso.web.work._sources", {})
    navigation.side_html.cache_clear()


def test_only_those_who_may_see_an_entry(client, requester, auditor):
    register_entry(Entry("Hidden page", "eye", "web:search", "portfolio", may_see=lambda person: person == auditor))
    client.force_login(requester)
    assert "Hidden page" not in client.get("/").content.decode()
    client.force_login(auditor)
    assert "Hidden page" in client.get("/").content.decode()


def test_the_nearest_entry_is_current(rf, requester):
    register_entry(Entry("Wide", "eye", "web:search", "portfolio", also=("/somewhere/",)))
    shown = navigation.shown_on(rf.get("/somewhere/below/"), requester, "portfolio")
    assert [each.entry.label for each in shown if each.current] == ["Wide"]
    shown = navigation.shown_on(rf.get("/nowhere/"), requester, "work", "portfolio")
    assert not any(each.current for each in shown)


def test_a_section_must_exist():
    with pytest.raises(ValueError, match="No section"):
        register_entry(Entry("Lost", "eye", "web:home", "nowhere"))


def test_pages_do_not_wait_for_counts(client, requester):
    asked = []

    def count(person):
        asked.append(person)
        return 1757

    register_entry(Entry("Counted", "eye", "web:search", "portfolio", count=count))
    client.force_login(requester)
    page = client.get(reverse("mfa_index")).content.decode()
    assert not asked
    assert reverse("web:counts_show") in page

    answer = client.get(reverse("web:counts_show")).content.decode()
    assert "1,757" in answer
    page = client.get(reverse("mfa_index")).content.decode()
    assert len(asked) == 1
    assert "1,757" in page
    assert reverse("web:counts_show") not in page


def test_home_groups_what_waits_by_due_date(client, requester, today):
    register_work(
        "things",
        lambda person: [item(today, -1, "Late thing"), item(today, 3, "Soon thing"), item(None, 0, "Some time")],
    )
    client.force_login(requester)
    page = client.get("/").content.decode()
    assert "<b>3 things</b> wait for you" in page
    assert page.index("Late thing") < page.index("Soon thing") < page.index("Some time")


def test_home_says_when_nothing_waits(client, requester):
    client.force_login(requester)
    assert "Nothing waits for you." in client.get("/").content.decode()


def test_the_most_urgent_comes_first(requester, today):
    register_work("later", lambda person: [item(today, 9, "Later")])
    register_work("sooner", lambda person: [item(today, 1, "Sooner"), item(None, 0, "Never")])
    items = work_of(requester)
    assert [each.what for each in items] == ["Sooner", "Later", "Never"]
    assert [group.title for group in by_due(items, today)] == ["Due within a week", "Later", "No date"]


def test_administration_is_closed_to_others(client, requester):
    client.force_login(requester)
    answer = client.get(reverse("web:administration"))
    assert answer.status_code == 403
    assert "Administration is for the office" in answer.content.decode()


def item(today, days, what):
    return WorkItem(what, "/", "Do it", due=today + timedelta(days=days) if today else None)
