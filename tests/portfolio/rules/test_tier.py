"""The tier: the highest answer, and the first question that gave it."""

from itertools import product

import pytest

from portfolio.classes import highest
from portfolio.models.risk import AiActClass, RiskTier


@pytest.mark.parametrize("order", [[*RiskTier], [*AiActClass]])
def test_every_combination_of_three_answers(order):
    for answers in product(order, repeat=3):
        given = [(tier, number) for number, tier in enumerate(answers)]
        tier, question = highest(given, order)
        ranks = [order.index(each) for each in answers]
        assert tier == order[max(ranks)]
        assert question == ranks.index(max(ranks))


def test_no_answer_gives_no_tier():
    assert highest([], [*RiskTier]) == ("", None)


def test_prohibited_is_above_all():
    assert highest([("critical", "a"), ("prohibited", "b"), ("low", "c")], [*RiskTier]) == ("prohibited", "b")
