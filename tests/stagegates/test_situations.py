"""What the matrix looks at, read for many initiatives at once."""

import pytest

from portfolio.models import Jurisdiction, UseCaseType
from stagegates.matrix import Situation
from stagegates.situations import situations_of
from tests.factories import make_decision, make_initiative

pytestmark = pytest.mark.django_db


def test_nothing_known_is_an_empty_situation():
    initiative = make_initiative()
    assert situations_of([initiative]) == {initiative.pk: Situation()}


def test_the_boldest_decision_class_and_all_jurisdictions_count():
    initiative = make_initiative(risk_tier="high", use_case_type=UseCaseType.objects.get(name="Autonomous agent"))
    places = Jurisdiction.objects.filter(name__in=["EU", "US"])
    initiative.jurisdictions.set(places)
    make_decision(initiative, autonomy="keep_human")
    make_decision(initiative, autonomy="delegate_with_audit")
    make_decision(initiative, autonomy="surface")

    assert situations_of([initiative])[initiative.pk] == Situation(
        use_case_type=str(initiative.use_case_type_id),
        tier="high",
        jurisdictions=frozenset(str(place.pk) for place in places),
        autonomy="delegate_with_audit",
    )


def test_many_are_read_in_one_query(django_assert_num_queries):
    initiatives = [make_initiative() for _ in range(3)]
    make_decision(initiatives[1], autonomy="delegate")
    with django_assert_num_queries(1):
        found = situations_of([initiatives[0], initiatives[1].pk, initiatives[2]])
    assert [found[each.pk].autonomy for each in initiatives] == ["", "delegate", ""]
