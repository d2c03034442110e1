"""Making accounts. Nobody signs up alone."""

from django.db import transaction

from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import BusinessUnit, Role, RoleAssignment, User
from .office_leads import check_may_manage


@transaction.atomic
def invite_person(*, actor: User, email: str, name: str, job_title: str = "", unit: BusinessUnit | None = None) -> User:
    """Make an account without a password; the mail that follows lets its owner choose one.

    Raises PermissionDenied when `actor` may not, ValidationError for an address that is taken or none.
    """
    check_may_manage(actor)
    person = User(email=email.strip().lower(), name=name.strip(), job_title=job_title.strip(), unit=unit)
    person.set_unusable_password()
    person.full_clean()
    person.save()
    publish("person.invited", actor=actor, person=person)
    return person


@transaction.atomic
def invite_again(person: User, *, actor: User) -> None:
    """Send the mail once more, e.g. when its link grew too old. Raises DomainError when there is no use for it."""
    check_may_manage(actor)
    person = User.objects.select_for_update(of=["self"]).get(pk=person.pk)
    if person.is_service_account:
        raise DomainError("A service account does not sign in, so it gets no mail.")
    if not person.is_active:
        raise DomainError(f"{person} is not active. Activate the account first.")
    if person.has_usable_password():
        raise DomainError(f"{person} has a password, and can ask for a new one on the sign-in page.")
    publish("person.invited", actor=actor, person=person)


@transaction.atomic
def add_service_account(*, actor: User, email: str, name: str, unit: BusinessUnit | None = None) -> User:
    """Make an account for a program. It never signs in with a password, and has one role for good.

    `email` is where its keeper is reached.
    """
    check_may_manage(actor)
    account = User(email=email.strip().lower(), name=name.strip(), unit=unit, is_service_account=True)
    account.set_unusable_password()
    account.full_clean()
    account.save()
    RoleAssignment.objects.create(person=account, role=Role.SERVICE_ACCOUNT)
    publish("person.service_account_added", actor=actor, person=account)
    return account
