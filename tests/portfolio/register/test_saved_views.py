"""Views of the register that people keep for themselves, and the office for everybody."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.save_views import delete_view, save_view
from portfolio.models import SavedView


def test_a_view_keeps_the_address_without_the_place_in_the_list(requester):
    view = save_view(actor=requester, name=" Pilots ", query="stage=pilot&order=name&after=abc&edit=unit")

    assert (view.name, view.query) == ("Pilots", "stage=pilot&order=name")
    assert Event.objects.filter(name="view.saved", actor=requester).exists()


def test_the_same_name_again_replaces_ones_own(requester):
    save_view(actor=requester, name="Mine", query="stage=pilot")
    save_view(actor=requester, name="Mine", query="stage=scale")

    assert [view.query for view in SavedView.objects.all()] == ["stage=scale"]


def test_a_view_needs_a_name(requester):
    with pytest.raises(DomainError, match="name"):
        save_view(actor=requester, name="  ", query="stage=pilot")


def test_only_the_office_shares(requester, office_member):
    with pytest.raises(PermissionDenied):
        save_view(actor=requester, name="For all", query="", is_shared=True)

    assert save_view(actor=office_member, name="For all", query="", is_shared=True).is_shared


def test_ones_own_and_shared_views_are_seen(requester, executive, office_member):
    own = save_view(actor=requester, name="Own", query="stage=pilot")
    shared = save_view(actor=office_member, name="Shared", query="stage=scale", is_shared=True)
    save_view(actor=executive, name="Foreign", query="stage=build")

    assert {*SavedView.objects.visible_to(requester)} == {own, shared}


def test_only_its_owner_deletes_a_view(client, requester, office_member):
    shared = save_view(actor=office_member, name="Shared", query="stage=scale", is_shared=True)
    with pytest.raises(PermissionDenied):
        delete_view(shared, actor=requester)
    client.force_login(requester)
    assert client.post(reverse("portfolio:view_delete", args=[shared.pk])).status_code == 403

    delete_view(shared, actor=office_member)
    assert not SavedView.objects.exists()


def test_saving_from_the_page_opens_the_view_as_a_tab(client, requester):
    client.force_login(requester)

    response = client.post(reverse("portfolio:view_save"), {"name": "Pilots", "query": "stage=pilot"}, follow=True)

    tab = next(tab for tab in response.context["tabs"] if tab.name == "Pilots")
    assert tab.is_open
    assert tab.address == "?stage=pilot"


def test_saving_without_a_name_says_so(client, requester):
    client.force_login(requester)

    response = client.post(reverse("portfolio:view_save"), {"name": "", "query": "stage=pilot"}, follow=True)

    assert "Give the view a name." in response.content.decode()
