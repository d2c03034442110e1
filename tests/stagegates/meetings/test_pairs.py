"""Two that are likely the same, settled in the live meeting."""

import pytest
from django.http import QueryDict

from aiso.errors import DomainError
from forums.actions.live import record_item
from portfolio.models import Initiative, Stage
from stagegates.actions.decide import decide_initiative
from stagegates.agenda.alike import DUPLICATES
from stagegates.agenda.merging import draw_pair
from stagegates.models import Decision
from tests.factories import make_initiative, make_person

from .conftest import make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(meeting):
    one, other = (make_initiative(stage=Stage.PILOT, owner=make_person(), risk_tier="moderate") for _ in range(2))
    return make_item(meeting, initiative=other, source=DUPLICATES, key=f"alike-{one.pk}-{other.pk}")


def sent(**fields):
    data = QueryDict(mutable=True)
    data.update({"settled": "merge", "rationale": "The same desk.", "by_consent": "on", "seen": ""} | fields)
    return data


def test_that_both_go_on_is_told_in_the_letters_that_a_result_has(pair, chair):
    settled = record_item(pair, actor=chair, data=sent(settled="apart", rationale="Other desks. " * 40))
    assert (settled.result[:24], len(settled.result)) == ("Both go on: Other desks.", 200)
    assert not Decision.objects.exists()


def test_what_was_decided_meanwhile_is_told_to_a_stale_form(pair, chair, secretary):
    survivor = Initiative.objects.exclude(pk=pair.initiative_id).get().reference
    decided = decide_initiative(pair.initiative, actor=chair, outcome="pause", rationale="Its owner is away.")
    with pytest.raises(DomainError, match=r"Carla Chair decided this on .*owner is away"):
        record_item(pair, actor=secretary, data=sent(survivor=survivor))
    assert f'name="seen" value="{decided.pk}"' in draw_pair(pair, secretary, None)
    settled = record_item(pair, actor=secretary, data=sent(survivor=survivor, seen=str(decided.pk)))
    assert settled.result.startswith("Merged")
