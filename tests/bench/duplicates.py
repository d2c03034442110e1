"""The check for likely duplicates, as the intake form asks it on each pause in typing."""

import csv
import random
from collections.abc import Iterator

from django.http import HttpResponse

from aiso.accounts.models import User
from portfolio.duplicates import likely_duplicates

from .measure import ROUNDS, WARM_UP, Ask
from .seed import SAMPLE


def duplicate_asks() -> dict[str, Ask]:
    """A name alone, with a sentence, and with a whole text, each draft once; the last also by an ordinary person."""
    office = User.objects.get(email="office@example.org")
    owner = User.objects.get(email="person7@example.org")
    drafts = [*_drafts(ROUNDS + WARM_UP)]
    return {
        "likely duplicates, name": _ask(office, [(name, "") for name, _ in drafts]),
        "likely duplicates, name and sentence": _ask(office, [(name, _begin(text)) for name, text in drafts]),
        "likely duplicates, name and text": _ask(office, drafts),
        "likely duplicates, name and text, as an owner": _ask(owner, drafts),
    }


def _ask(person: User, drafts: list[tuple[str, str]]) -> Ask:
    def check(number: int) -> HttpResponse:
        name, text = drafts[number]
        # As in a request, what the person may is read anew.
        person.__dict__.pop("role_units", None)
        found = likely_duplicates(person, name=name, summary=text)
        return HttpResponse(", ".join(str(each.initiative) for each in found))

    return check


def _drafts(count: int) -> Iterator[tuple[str, str]]:
    """Names of the sample with a slip, and their texts without every fourth word or so."""
    lot = random.Random(count)
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = lot.sample([*csv.DictReader(file)], count)
    for row in rows:
        words = row["2_use_case_name"][:280].split()
        place = lot.randrange(len(words))
        words[place] = _slip(words[place], lot)
        yield " ".join(words), " ".join(word for word in row["11_purpose_benefits"].split() if lot.random() > 0.25)


def _slip(word: str, lot: random.Random) -> str:
    """The word with two neighbouring letters swapped."""
    if len(word) < 5:
        return word
    place = lot.randrange(1, len(word) - 2)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _begin(text: str) -> str:
    return " ".join(text.split()[:15])
