"""Whether a criterion is met: the rule, for every figure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.releases import Verdict, latest_standing, latest_standings, standing_of, verdict_of
from tests.factories import make_criterion, make_initiative, make_release

figures = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
LEAST, MOST, YES = "at_least", "at_most", "yes"


@given(threshold=figures, result=figures)
def test_a_figure_meets_exactly_one_side_or_both_at_the_threshold(threshold: Decimal, result: Decimal):
    least = verdict_of(LEAST, threshold=threshold, result=result) == Verdict.MET
    most = verdict_of(MOST, threshold=threshold, result=result) == Verdict.MET

    assert least or most
    assert (least and most) == (result == threshold)


@given(threshold=figures, result=figures, more=st.decimals(min_value=0, max_value=1000, places=4))
def test_a_better_figure_never_loses(threshold: Decimal, result: Decimal, more: Decimal):
    for demand, better in ((LEAST, result + more), (MOST, result - more)):
        if verdict_of(demand, threshold=threshold, result=result) == Verdict.MET:
            assert verdict_of(demand, threshold=threshold, result=better) == Verdict.MET


@given(demand=st.sampled_from([LEAST, MOST]), threshold=figures, answer=st.none() | st.booleans())
def test_what_was_not_measured_is_neither(demand: str, threshold: Decimal, answer: bool | None):
    assert verdict_of(demand, threshold=threshold, answer=answer) == Verdict.NOT_MEASURED


@pytest.mark.parametrize(
    ("answer", "verdict"), [(True, Verdict.MET), (False, Verdict.NOT_MET), (None, Verdict.NOT_MEASURED)]
)
def test_a_yes_is_met_by_a_yes(answer: bool | None, verdict: Verdict):
    assert verdict_of(YES, threshold=None, answer=answer) == verdict


@pytest.mark.django_db
def test_only_required_criteria_stop_a_release_and_none_shows_nothing(office_member):
    release = make_release(make_initiative(), office_member)
    assert not standing_of(release).is_met
    assert standing_of(release).stopping == []

    make_criterion(release, result=95)
    make_criterion(release, result=80, is_required=False)
    assert standing_of(release).is_met
    make_criterion(release, "Attacks withstood", demand="yes", threshold=None, unit="", answer=False)
    make_criterion(release, "Equal treatment")

    standing = standing_of(release)
    assert (standing.met, standing.not_met, standing.not_measured) == (1, 2, 1)
    assert {line.criterion.name for line in standing.stopping} == {"Attacks withstood", "Equal treatment"}


@pytest.mark.django_db
def test_the_latest_of_many_costs_two_queries(office_member, django_assert_num_queries):
    initiatives = [make_initiative() for _ in range(4)]
    for initiative in initiatives[:3]:
        make_criterion(make_release(initiative, office_member, "1"), result=1)
        make_criterion(make_release(initiative, office_member, "2"), result=99)

    with django_assert_num_queries(2):
        found = latest_standings(initiatives)
        assert [found[each.pk].is_met for each in initiatives[:3]] == [True] * 3
    assert {standing.release.name for standing in found.values()} == {"2"}
    assert latest_standing(initiatives[3]) is None
    assert latest_standing(initiatives[0]) == found[initiatives[0].pk]
