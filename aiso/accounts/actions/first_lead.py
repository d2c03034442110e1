from django.db import transaction

from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import Role, RoleAssignment, User
from .office_leads import has_lead


@transaction.atomic
def add_first_lead(*, email: str, name: str, password: str) -> User:
    """Make the account from which all others follow. For whoever runs the server, at its shell.

    Raises DomainError when the office has a lead already, who then invites the others; ValidationError
    for an address that is none.
    """
    if has_lead():
        raise DomainError("The office has a lead already. They invite people under Administration.")
    person = User(email=email.strip().lower(), name=name.strip())
    person.set_password(password)
    person.full_clean()
    person.save()
    RoleAssignment.objects.create(person=person, role=Role.OFFICE_LEAD)
    publish("person.first_lead_added", actor=None, person=person)
    return person
