import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.kinds import kind_of
from aiso.errors import ConflictError
from aiso.events.models import Event
from standards.actions.keep_standards import add_standard, edit_standard
from standards.models import Standard
from tests.factories import grant, make_initiative, make_person, make_unit

from .conftest import answered

pytestmark = pytest.mark.django_db
PLAYBOOK = {"title": "From pilot to rollout", "kind": "playbook", "about": "What to do when.", "review_every": 6}


def test_the_office_adds_a_standard_and_publishes_what_it_says(client, office_lead):
    client.force_login(office_lead)
    response = client.post("/standards/new/", PLAYBOOK)
    assert response["Location"] == "/standards/from-pilot-to-rollout/"
    standard = Standard.objects.get(slug="from-pilot-to-rollout")
    assert Event.objects.get(name="standard.added").payload == {"standard": standard.slug}
    assert "Nothing published yet" in client.get(response["Location"]).content.decode()
    kind = kind_of(standard.configuration)
    draft = start_draft(kind, actor=office_lead)
    edit_draft(draft, actor=office_lead, content={"sections": [{"title": "First", "text": "Ask the users."}]})
    publish_draft(draft, actor=office_lead, reason="Asked for by the teams.")
    page = client.get(response["Location"]).content.decode()
    assert "Ask the users." in page
    assert "Asked for by the teams." in page


def test_a_title_stands_once_and_a_word_in_addresses_is_free(office_lead):
    add_standard(actor=office_lead, **PLAYBOOK)
    with pytest.raises(ValidationError):
        add_standard(actor=office_lead, **PLAYBOOK)
    assert add_standard(actor=office_lead, **PLAYBOOK | {"title": "From pilot: to rollout!"}).slug.endswith("-2")
    assert add_standard(actor=office_lead, **PLAYBOOK | {"title": "New"}).slug == "new-2"


def test_only_the_office_for_the_whole_company_keeps_standards(client, privacy, auditor, stranger):
    local = make_person("Local")
    grant(local, "office_lead", unit=make_unit())
    for person in (local, auditor, stranger):
        with pytest.raises(PermissionDenied):
            add_standard(actor=person, **PLAYBOOK)
        with pytest.raises(PermissionDenied):
            edit_standard(privacy, actor=person, about="Mine.")
        client.force_login(person)
        assert client.get("/standards/").status_code == 200
        assert client.get("/standards/new/").status_code == 403


def test_two_people_who_edit_one_standard_both_decide(privacy, office_lead, office_member):
    seen = {"about": privacy.about}
    edit_standard(privacy, actor=office_lead, seen=seen, about="Shorter.")
    with pytest.raises(ConflictError):
        edit_standard(privacy, actor=office_member, seen=seen, about="Longer.")
    assert Event.objects.filter(name="standard.edited").count() == 1


def test_a_standard_is_edited_and_taken_out_of_use(client, privacy, office_member):
    client.force_login(office_member)
    body = {"title": privacy.title, "about": "Shorter.", "review_every": 6}
    opened = {f"initial-{name}": getattr(privacy, name) for name in ("title", "about", "review_every", "is_active")}
    response = client.post(f"/standards/{privacy.slug}/edit/", body | opened)
    assert response.status_code == 302
    privacy.refresh_from_db()
    assert (privacy.about, privacy.is_active) == ("Shorter.", False)
    assert "1 standard out of use" in client.get("/standards/").content.decode()


def test_the_library_counts_what_one_may_see(client, django_assert_num_queries, privacy, business_owner, stranger):
    answered(make_initiative("Open", owner=business_owner), privacy, business_owner, {"in-prompts": "no"})
    hidden = make_initiative("Hidden", owner=business_owner, is_confidential=True)
    answered(hidden, privacy, business_owner, {"in-prompts": "no"})
    for person, count in ((business_owner, 2), (stranger, 1)):
        client.force_login(person)
        client.get("/standards/")
        with django_assert_num_queries(4):
            response = client.get("/standards/")
        answering = {entry.standard.slug: entry.standard.answering for entry in response.context["active"]}
        assert answering[privacy.slug] == count


def test_everybody_reads_what_a_standard_asks(client, privacy, stranger):
    client.force_login(stranger)
    page = client.get(privacy.get_absolute_url()).content.decode()
    assert "Does it use personal data?" in page
    assert "Shipped with the product." in page
    assert "Versions and draft" not in page
    assert client.get("/standards/nothing/").status_code == 404


def test_each_standard_is_drafted_on_its_page(client, privacy, office_lead):
    client.force_login(office_lead)
    assert client.get(f"/administration/configuration/{privacy.configuration}/").status_code == 200
    client.post(f"/administration/configuration/{privacy.configuration}/start/")
    page = client.get(f"/administration/configuration/{privacy.configuration}/draft/").content.decode()
    assert "Settled by" in page
    assert "Data sensitivity" in page
