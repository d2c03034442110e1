"""The governance matrix: all rules that match apply, the strictest cadence and body win (DESIGN §4)."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiso.configuration.models import ConfigurationVersion
from stagegates.matrix import Duties, Situation, duties_of, matches
from stagegates.rules import Matrix, MatrixRule

VERSION = ConfigurationVersion(kind="governance-matrix", number=3)
RANKS = {"delegate": 1, "review": 2, "sponsor": 3}
TYPES, TIERS, PLACES, LEVELS = ("1", "2"), ("low", "high"), ("EU", "US", "UK"), ("surface", "delegate")
GATES = ("data-fit", "production-fit")
EMPTY: frozenset[str] = frozenset()


def rule(code: str = "one", **told) -> MatrixRule:
    conditions = ("use_case_types", "tiers", "jurisdictions", "autonomy", "gates")
    plain = {"name": code.capitalize(), "about": "", "monitoring_months": None, "body": ""}
    lists = {"assessments": (), "documents": (), "functions": ()}
    given = {name: frozenset(value) if name in conditions else value for name, value in told.items()}
    return MatrixRule(**{"code": code, **plain, **lists, **dict.fromkeys(conditions, EMPTY), **given})


def duties(*rules: MatrixRule, situation: Situation | None = None, gates=None) -> Duties:
    return duties_of(Matrix(VERSION, rules), situation or Situation(), gates, RANKS)


def asked(found: Duties) -> dict[str, object]:
    """What is required and by whom, without the order of anything."""
    return {
        "assessments": {name: {each.code for each in by} for name, by in found.assessments.items()},
        "documents": {name: {each.code for each in by} for name, by in found.documents.items()},
        "functions": {name: {each.code for each in by} for name, by in found.functions.items()},
        "monitoring": found.monitoring_months,
        "body": found.body,
    }


# Conditions of one rule, a situation, and whether they meet.
TABLE = [
    ({}, Situation(), True),
    ({}, Situation("1", "high", frozenset({"EU"}), "delegate"), True),
    ({"tiers": ["high"]}, Situation(tier="high"), True),
    ({"tiers": ["high"]}, Situation(tier="low"), False),
    ({"tiers": ["high"]}, Situation(), False),
    ({"tiers": ["high"]}, Situation(tier="prohibited"), False),
    ({"tiers": ["low", "high"]}, Situation(tier="low"), True),
    ({"jurisdictions": ["EU"]}, Situation(jurisdictions=frozenset({"EU", "US"})), True),
    ({"jurisdictions": ["EU", "UK"]}, Situation(jurisdictions=frozenset({"US"})), False),
    ({"jurisdictions": ["EU"]}, Situation(), False),
    ({"autonomy": ["delegate"]}, Situation(autonomy="delegate"), True),
    ({"autonomy": ["delegate"]}, Situation(autonomy="surface"), False),
    ({"autonomy": ["delegate"]}, Situation(), False),
    ({"use_case_types": ["1"]}, Situation(use_case_type="1"), True),
    ({"use_case_types": ["1"]}, Situation(use_case_type="99"), False),
    ({"use_case_types": ["1"]}, Situation(), False),
    ({"tiers": ["high"], "jurisdictions": ["EU"]}, Situation(tier="high", jurisdictions=frozenset({"EU"})), True),
    ({"tiers": ["high"], "jurisdictions": ["EU"]}, Situation(tier="high", jurisdictions=frozenset({"US"})), False),
    ({"tiers": ["high"], "autonomy": ["delegate"]}, Situation(tier="low", autonomy="delegate"), False),
]


@pytest.mark.parametrize(("conditions", "situation", "meets"), TABLE)
def test_every_condition_must_hold_and_what_is_not_known_meets_none(conditions, situation, meets):
    assert matches(rule(**conditions), situation) is meets


def test_a_rule_matches_exactly_where_all_four_conditions_do():
    """Every combination of one value or none in each condition with every situation."""
    for wanted in product(*(("", *values) for values in (TYPES, TIERS, PLACES, LEVELS))):
        names = ("use_case_types", "tiers", "jurisdictions", "autonomy")
        one = rule(**{name: [value] for name, value in zip(names, wanted, strict=True) if value})
        for there in product(TYPES, TIERS, PLACES, LEVELS):
            situation = Situation(there[0], there[1], frozenset({there[2]}), there[3])
            expected = all(want in ("", is_there) for want, is_there in zip(wanted, there, strict=True))
            assert matches(one, situation) is expected


def test_what_several_rules_ask_stands_once_with_all_of_them():
    one = rule("one", assessments=("privacy", "impact"), functions=("legal",), documents=("Plan",))
    two = rule("two", assessments=("impact",), functions=("legal", "risk"), documents=("Plan", "Report"))
    found = duties(one, two)
    assert asked(found) == {
        "assessments": {"privacy": {"one"}, "impact": {"one", "two"}},
        "documents": {"Plan": {"one", "two"}, "Report": {"two"}},
        "functions": {"legal": {"one", "two"}, "risk": {"two"}},
        "monitoring": None,
        "body": "",
    }
    by = found.functions["legal"][0]
    assert by.stored() == {"kind": "governance-matrix", "code": "one", "name": "One", "version": 3}


@pytest.mark.parametrize(
    ("months", "expected", "asks"),
    [
        ([None, None], None, None),
        ([12, None], 12, "r0"),
        ([12, 3, 6], 3, "r1"),
        ([1, 12], 1, "r0"),
        ([3, 3], 3, "r0"),
        ([1200], 1200, "r0"),
    ],
)
def test_the_most_frequent_monitoring_wins(months, expected, asks):
    found = duties(*(rule(f"r{place}", monitoring_months=each) for place, each in enumerate(months)))
    assert found.monitoring_months == expected
    assert (found.monitoring_asked_by and found.monitoring_asked_by.code) == asks


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        (["", ""], ""),
        (["delegate", ""], "delegate"),
        (["delegate", "sponsor", "review"], "sponsor"),
        (["gone", "delegate"], "delegate"),
        (["gone"], "gone"),
    ],
)
def test_the_highest_body_wins(bodies, expected):
    found = duties(*(rule(f"r{place}", body=each) for place, each in enumerate(bodies)))
    assert found.body == expected


@pytest.mark.parametrize(
    ("of_rule", "at", "applies"),
    [
        ([], ["data-fit"], True),
        (["data-fit"], ["data-fit"], True),
        (["data-fit"], ["production-fit"], False),
        (["data-fit"], ["data-fit", "production-fit"], True),
        (["data-fit"], None, True),
        (["data-fit"], [], False),
        ([], [], True),
    ],
)
def test_a_rule_asks_at_its_gates(of_rule, at, applies):
    found = duties(rule(gates=of_rule, functions=("legal",)), gates=at)
    assert bool(found.functions) is applies


def some(values) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


def several(values) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


RULES = st.lists(
    st.builds(
        MatrixRule,
        code=st.uuids().map(str),
        name=st.just("Rule"),
        about=st.just(""),
        use_case_types=some(TYPES),
        tiers=some(TIERS),
        jurisdictions=some(PLACES),
        autonomy=some(LEVELS),
        gates=some(GATES),
        assessments=several(("impact", "privacy")),
        documents=several(("Plan", "Report")),
        functions=several(("legal", "risk")),
        monitoring_months=st.sampled_from((None, 1, 3, 12)),
        body=st.sampled_from(("", *RANKS)),
    ),
    max_size=6,
)
SITUATIONS = st.builds(
    Situation,
    use_case_type=st.sampled_from(("", "gone", *TYPES)),
    tier=st.sampled_from(("", "prohibited", *TIERS)),
    jurisdictions=st.frozensets(st.sampled_from((*PLACES, "gone"))),
    autonomy=st.sampled_from(("", *LEVELS)),
)
AT = st.one_of(st.none(), st.frozensets(st.sampled_from(GATES)))


@given(rules=RULES, situation=SITUATIONS, at=AT, data=st.data())
def test_the_order_of_rules_does_not_matter(rules, situation, at, data):
    other = data.draw(st.permutations(rules))
    assert asked(duties(*rules, situation=situation, gates=at)) == asked(duties(*other, situation=situation, gates=at))


@given(rules=RULES, more=RULES, situation=SITUATIONS, at=AT)
def test_another_rule_never_takes_a_duty_away_nor_loosens_one(rules, more, situation, at):
    before = duties(*rules, situation=situation, gates=at)
    after = duties(*rules, *more, situation=situation, gates=at)
    for part in ("assessments", "documents", "functions"):
        for name, by in getattr(before, part).items():
            assert set(by) <= set(getattr(after, part)[name])
    assert (after.monitoring_months or 1200) <= (before.monitoring_months or 1200)
    assert RANKS.get(after.body, 0) >= RANKS.get(before.body, 0)


@given(rules=RULES, situation=SITUATIONS)
def test_a_duty_has_a_rule_that_matches_and_every_such_rule_is_named(rules, situation):
    found = duties(*rules, situation=situation)
    for name in ("legal", "risk"):
        expected = {each.code for each in rules if name in each.functions and matches(each, situation)}
        assert {by.code for by in found.functions.get(name, [])} == expected


@given(rules=RULES, situation=SITUATIONS)
def test_a_rule_without_conditions_asks_everywhere(rules, situation):
    everywhere = rule("everywhere", functions=("finance",), monitoring_months=6)
    found = duties(*rules, everywhere, situation=situation)
    assert [by.code for by in found.functions["finance"]] == ["everywhere"]
    assert found.monitoring_months is not None


@given(rules=RULES, situation=SITUATIONS, place=st.sampled_from(PLACES))
def test_one_more_jurisdiction_never_takes_a_duty_away(rules, situation, place):
    wider = replace(situation, jurisdictions=situation.jurisdictions | {place})
    before, after = (asked(duties(*rules, situation=each)) for each in (situation, wider))
    assert set(before["functions"]) <= set(after["functions"])
