import pytest
from django.core.exceptions import PermissionDenied

from aiso.accounts.actions import grant_role, revoke_role
from aiso.accounts.models import Role, RoleAssignment
from aiso.errors import DomainError
from aiso.events.models import Event
from tests.factories import grant, make_person, make_unit

pytestmark = pytest.mark.django_db


def test_a_granted_role_works_at_once_and_leaves_an_event(office_lead, stranger):
    unit = make_unit()
    below = make_unit(parent=unit)
    grant_role(stranger, actor=office_lead, role=Role.OFFICE_MEMBER, unit=unit)

    assert stranger.has_role(Role.OFFICE_MEMBER, unit=below.pk)
    assert not stranger.has_role(Role.OFFICE_MEMBER, unit=make_unit().pk)
    event = Event.objects.get(name="role.granted")
    assert event.payload == {"person": stranger.pk, "role": "office_member", "unit": unit.pk}


def test_a_revoked_role_is_gone_and_leaves_an_event(office_lead, requester):
    assignment = requester.role_assignments.get()
    revoke_role(assignment, actor=office_lead)

    assert not requester.has_role(Role.REQUESTER)
    assert Event.objects.get(name="role.revoked").payload["person"] == requester.pk
    with pytest.raises(DomainError, match="already"):
        revoke_role(assignment, actor=office_lead)


def test_granted_twice_says_so(office_lead, requester):
    with pytest.raises(DomainError, match="whole company already"):
        grant_role(requester, actor=office_lead, role=Role.REQUESTER)
    with pytest.raises(DomainError, match="whole company already"):
        grant_role(requester, actor=office_lead, role=Role.REQUESTER, unit=make_unit())


def test_granted_twice_in_one_unit_says_so(office_lead, stranger):
    unit = make_unit("Claims")
    grant_role(stranger, actor=office_lead, role=Role.REQUESTER, unit=unit)
    with pytest.raises(DomainError, match="in Claims already"):
        grant_role(stranger, actor=office_lead, role=Role.REQUESTER, unit=unit)


def test_nobody_grants_roles_to_themselves(office_lead):
    with pytest.raises(PermissionDenied, match="another office lead"):
        grant_role(office_lead, actor=office_lead, role=Role.FINANCE_CONTROLLER)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SERVICE_ACCOUNT])
def test_a_service_account_never_holds_a_persons_role(office_lead, service_account, role):
    with pytest.raises(DomainError, match="no other role"):
        grant_role(service_account, actor=office_lead, role=role)
    assert [*service_account.role_units] == [Role.SERVICE_ACCOUNT]


def test_a_person_is_no_service_account(office_lead, stranger):
    with pytest.raises(DomainError, match="is a person"):
        grant_role(stranger, actor=office_lead, role=Role.SERVICE_ACCOUNT)


def test_a_service_account_stays_one(office_lead, service_account):
    with pytest.raises(DomainError, match="for good"):
        revoke_role(service_account.role_assignments.get(), actor=office_lead)


def test_an_auditor_holds_no_other_role(office_lead, auditor, requester):
    with pytest.raises(DomainError, match="changes nothing"):
        grant_role(auditor, actor=office_lead, role=Role.OFFICE_MEMBER)
    with pytest.raises(DomainError, match="holds other roles"):
        grant_role(requester, actor=office_lead, role=Role.AUDITOR)


def test_an_auditor_may_audit_several_units(office_lead, stranger):
    for unit in (make_unit(), make_unit()):
        grant_role(stranger, actor=office_lead, role=Role.AUDITOR, unit=unit)
    assert stranger.role_assignments.count() == 2


def test_roles_go_to_active_people_in_units_in_use(office_lead, stranger):
    with pytest.raises(DomainError, match="not active"):
        grant_role(make_person(is_active=False), actor=office_lead, role=Role.REQUESTER)
    with pytest.raises(DomainError, match="retired"):
        grant_role(stranger, actor=office_lead, role=Role.REQUESTER, unit=make_unit(is_active=False))
    with pytest.raises(DomainError, match="no such role"):
        grant_role(stranger, actor=office_lead, role="king")


def test_the_last_lead_for_the_company_keeps_the_role(office_lead):
    second = make_person("Second Lead", Role.OFFICE_LEAD)
    revoke_role(second.role_assignments.get(), actor=office_lead)
    with pytest.raises(DomainError, match="only office lead"):
        revoke_role(office_lead.role_assignments.get(), actor=office_lead)


def test_a_lead_of_one_unit_does_not_count_and_grants_nothing(office_lead, stranger):
    local = make_person("Local Lead", Role.OFFICE_LEAD, role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        grant_role(stranger, actor=local, role=Role.REQUESTER)
    with pytest.raises(DomainError, match="only office lead"):
        revoke_role(office_lead.role_assignments.get(), actor=office_lead)
    revoke_role(local.role_assignments.get(), actor=office_lead)


@pytest.mark.parametrize("role", ["office_member", "auditor", "stranger", "service_account"])
def test_only_office_leads_grant_and_revoke(request, role, requester):
    actor = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        grant_role(requester, actor=actor, role=Role.EXECUTIVE)
    with pytest.raises(PermissionDenied):
        revoke_role(requester.role_assignments.get(), actor=actor)


def test_who_just_lost_the_lead_no_longer_manages(office_lead, stranger):
    second = make_person("Second Lead", Role.OFFICE_LEAD)
    assert second.has_role(Role.OFFICE_LEAD)
    RoleAssignment.objects.filter(person=second).delete()
    # The instance still remembers the role; what is stored decides.
    with pytest.raises(PermissionDenied):
        grant_role(stranger, actor=second, role=Role.REQUESTER)


def test_a_wider_role_comes_beside_a_narrower_one(office_lead, stranger):
    grant(stranger, Role.REQUESTER, unit=make_unit())
    grant_role(stranger, actor=office_lead, role=Role.REQUESTER)
    assert stranger.role_units[Role.REQUESTER] is None
