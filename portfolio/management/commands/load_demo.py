from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction

from aiso.accounts.models import User
from aiso.events.models import Event
from aiso.events.outbox import publish
from portfolio.demo import requests, staff, stories, tell_more
from portfolio.demo.confidential import keep_confidential
from portfolio.models import Initiative, Tag

SAMPLE = Path(__file__).resolve().parents[2] / "sample" / "omb-2024.csv"
# The event that says that the stories are told.
TOLD = "demo.told"


class Command(BaseCommand):
    help = "Fill an installation for a demonstration: invented people, a real portfolio. Repeating it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("A demonstration has sign-ins that everybody knows, so production takes none.")
        if not staff.are_hired() and User.objects.exists():
            raise CommandError(
                "This installation has people of its own, and a demonstration would let others in. "
                "Choose another folder for it, e.g. AISO_VAR=var-demo make demo"
            )
        staff.hire()
        if Event.objects.filter(name=TOLD).exists():
            return
        self.stdout.write("Loading the demo portfolio")
        call_command("import_initiatives", SAMPLE, preset="omb-2024", by=staff.MEMBER.email, stdout=self.stdout)
        # Units came with the portfolio.
        staff.hire()
        self._tell_stories()

    @transaction.atomic
    def _tell_stories(self) -> None:
        member = User.objects.get(email=staff.MEMBER.email)
        told = {"user": member.pk, "reason": stories.NO_REASON}
        with pghistory.context(**told):
            count = stories.tell_stories()
            requests.make_requests(staff.hired(), Tag.objects.get(name=stories.DEMO))
            keep_confidential(staff.hired(), Tag.objects.get(name=stories.DEMO))
        tell_more(staff.hired(), **told)
        publish(TOLD, actor=member, initiatives=count)
        total = Initiative.objects.count()
        self.stdout.write(
            f"{count:,} of {total:,} initiatives have invented owners, priorities, metrics and remarks; "
            f"they carry the tag “{stories.DEMO}”."
        )
