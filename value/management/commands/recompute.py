import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aiso.web.figures import plural
from value.kept.recompute import check_kept, recompute_all, recompute_marked


class Command(BaseCommand):
    help = "Count what changed, so that the dashboard tells it. Repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="compare all kept rows with the facts, and mend them")
        parser.add_argument(
            "--check", action="store_true", help="compare only: exits with 1 and names rows where any differs"
        )

    def handle(self, *args: Any, full: bool, check: bool, **options: Any) -> None:
        began = time.monotonic()
        if check:
            self._check()
            told = "No kept row differs from the facts."
        else:
            changed = recompute_all() if full else recompute_marked()
            told = f"{plural(sum(changed.values()), 'kept row')} changed."
        self.stdout.write(f"{told} {time.monotonic() - began:.1f} s.")

    def _check(self) -> None:
        count, found = check_kept()
        if count:
            rows = "\n".join(str(each) for each in found)
            raise CommandError(f"{plural(count, 'kept row')} differ from the facts:\n{rows}")
