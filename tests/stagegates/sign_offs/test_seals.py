"""A seal is the hash of a readable copy; what changed is named by its facts."""

from stagegates.seals import Fact, canonical, changes_between, copy_of, is_intact, seal_of

TIER = Fact("case/tier", "Risk tier", "High")
PLACES = Fact("case/jurisdictions", "Jurisdictions", "EU, UK", "1,2")


def test_the_seal_is_that_of_the_canonical_text():
    copy = copy_of([TIER])

    assert canonical(copy) == '[{"key":"case/tier","label":"Risk tier","value":"High"}]'
    assert seal_of(copy) == "defb188501933ad776aa4f03cb1aab0a726240af9c891d7a77693e0e6b7f3263"


def test_the_order_of_members_is_no_difference_but_that_of_facts_is():
    copy = copy_of([TIER, PLACES])

    assert seal_of([dict(reversed(fact.items())) for fact in copy]) == seal_of(copy)
    assert seal_of([*reversed(copy)]) != seal_of(copy)


def test_a_copy_that_was_tampered_with_does_not_verify():
    copy = copy_of([TIER, PLACES])
    seal = seal_of(copy)
    assert is_intact(copy, seal)

    copy[0]["value"] = "Low"

    assert not is_intact(copy, seal)


def test_another_value_is_named_with_what_it_was_and_is():
    (changed,) = changes_between(copy_of([TIER, PLACES]), copy_of([Fact("case/tier", "Tier", "Low"), PLACES]))

    assert changed.stored() == {"key": "case/tier", "label": "Tier", "was": "High", "now": "Low"}


def test_what_is_added_or_gone_is_a_change_and_what_is_empty_is_not():
    then, now = copy_of([TIER, Fact("case/summary", "Summary", "")]), copy_of([PLACES])

    assert [(each.key, each.was, each.now) for each in changes_between(then, now)] == [
        ("case/tier", "High", ""),
        ("case/jurisdictions", "", "EU, UK"),
    ]


def test_other_words_for_the_same_entries_or_labels_change_nothing():
    renamed = [
        Fact("case/tier", "Tier of risk", "High"),
        Fact("case/jurisdictions", "Places", "European Union, UK", "1,2"),
    ]

    assert changes_between(copy_of([TIER, PLACES]), copy_of(renamed)) == []
