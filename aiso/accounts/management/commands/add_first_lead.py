"""`manage.py add_first_lead EMAIL NAME`: the first person of a new installation, an office lead."""

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aiso.errors import DomainError

from ...actions.first_lead import add_first_lead


class Command(BaseCommand):
    """Asks for the password, so that it stands in no shell history."""

    help = "Make the first office lead, who invites everybody else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        password = getpass("Password (12 characters or more): ")
        try:
            validate_password(password)
            person = add_first_lead(email=email, name=name, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{person} can sign in as {person.email} and invite the others under Administration.")
