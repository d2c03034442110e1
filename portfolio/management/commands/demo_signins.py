from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aiso.accounts.models import Role, User
from portfolio.demo import staff


class Command(BaseCommand):
    help = "Print the sign-ins of the demonstration, at least one a role."

    def handle(self, *args: Any, **options: Any) -> None:
        if not staff.are_hired():
            raise CommandError("There is no demonstration here: load it with manage.py load_demo, or run make demo.")
        password, _ = staff.demo_password()
        active = {*User.objects.active().values_list("email", flat=True)}
        shown = [invented for invented in staff.STAFF if invented.email in active]
        width = max(len(invented.email) for invented in shown)
        self.stdout.write(f"\nSign in as one of these, with the password {password}\n")
        for invented in shown:
            reach = f" of the {invented.unit}" if invented.unit else ""
            self.stdout.write(f"  {invented.email:{width}}  {Role(invented.role).label}{reach}, {invented.name}")
