"""The score against people's judgement, on the sample portfolio.

Pairs of rows of the sample, numbered from 1, judged by reading both. Those that are not the same were picked among the
closest look-alikes, so real drafts fare better than the precision here.
"""

import csv
import random
from pathlib import Path

import pytest

from aiso.accounts.models import User
from portfolio.duplicates import likely_duplicates
from portfolio.likeness import LEAST
from portfolio.models import Initiative, SearchWord
from tests.factories import make_unit

pytestmark = pytest.mark.django_db
SAMPLE = Path("portfolio/sample/omb-2024.csv")
SAME = """
    66-1754 68-1741 501-1288 602-603 214-560 898-902 1343-1344 535-686 1311-1398 916-1294 566-1648 184-529 1378-1395
    259-597 1740-1757 70-1740 163-174 1161-1164 128-156 24-299 1385-1408 618-1385 440-485 923-1476 597-968 505-522
    524-554 1405-1419 422-449 1286-1484 1503-1600 502-1717 85-962 565-1748 659-1448 330-1455 48-1288 618-666
"""
# The last six share little but a phrase that their publisher repeats.
OTHER = """
    1336-1337 1362-1363 1326-1329 848-849 1697-1703 488-489 82-83 1248-1249 860-866 1457-1462 541-542 1694-1696 72-73
    1593-1599 721-1397 986-1738 1332-1334 94-116 1134-1136 1124-1287 562-1484 1388-1561 954-994 121-1209 171-172
    1684-1708 896-893 1470-1471 465-474 1719-1738 112-1384 300-677 1586-1610 1588-1616 1595-1687 1613-1684
"""


@pytest.fixture
def sample() -> list[Initiative]:
    unit = make_unit()
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            Initiative(name=row["2_use_case_name"][:300], summary=row["11_purpose_benefits"], unit=unit)
            for row in csv.DictReader(file)
        ]
    made = Initiative.objects.bulk_create(rows)
    SearchWord.objects.refresh()
    return made


def scores(person: User, sample: list[Initiative], pairs: str) -> list[float]:
    """How like the first of each pair finds the second, 0 where it is not told."""
    found = []
    for pair in pairs.split():
        draft, other = (sample[int(number) - 1] for number in pair.split("-"))
        likenesses = likely_duplicates(person, name=draft.name, summary=draft.summary, besides=draft, most=40)
        found.append(next((each.score for each in likenesses if each.initiative == other), 0.0))
    return found


def test_most_of_the_same_are_told_and_the_likest_are_mostly_the_same(sample, requester):
    same, other = scores(requester, sample, SAME), scores(requester, sample, OTHER)

    assert sum(score >= LEAST for score in same) >= 35  # of 38
    alike = [sum(score >= 0.5 for score in scored) for scored in (same, other)]
    assert alike[0] >= 24
    assert alike[0] / sum(alike) > 0.6
    assert max(other) < 0.8
    assert other[-6:] == [0] * 6


def test_a_reworded_draft_finds_its_original(sample, requester):
    lot = random.Random(7)
    drafts = lot.sample([each for each in sample if len(each.name.split()) > 2 and each.summary], 40)

    first = [likely_duplicates(requester, **_reworded(draft, lot))[:1] for draft in drafts]

    hits = [bool(found) and found[0].initiative.name == draft.name for draft, found in zip(drafts, first, strict=True)]
    assert sum(hits) >= 38


def _reworded(draft: Initiative, lot: random.Random) -> dict[str, str]:
    """Two letters of a word of the name swapped, its order turned, a third of the text's words left out."""
    words = draft.name.split()
    place = max(range(len(words)), key=lambda number: len(words[number]))
    word = words[place]
    words[place] = word[:2] + word[3:4] + word[2:3] + word[4:]
    text = [each for each in draft.summary.split() if lot.random() > 1 / 3]
    return {"name": " ".join(reversed(words)), "summary": " ".join(text)}
