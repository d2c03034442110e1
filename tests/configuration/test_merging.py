"""What two people did to one content, and what a content of rows may say."""

import pytest
from django.core.exceptions import ValidationError

from aiso.configuration.differences import differences
from aiso.configuration.merging import asked, merged, taken_over
from aiso.configuration.rearranging import rearranged
from aiso.errors import ConflictError
from portfolio.configured.questions import TIER
from stagegates.configured.matrix import KIND as MATRIX

SHAPE = TIER.shape


def question(code, text="", *options):
    listed = options or (("no", "No", "low"), ("yes", "Yes", "high"))
    return {
        "code": code,
        "text": text or code.capitalize(),
        "help_text": "",
        "options": [dict(zip(("code", "text", "sets"), each, strict=True)) for each in listed],
    }


def content(*questions):
    return {"questions": [*questions]}


A, B, C = question("a"), question("b"), question("c")


def merge(seen, present, wanted):
    return merged(SHAPE, seen=seen, present=present, wanted=wanted)


def conflicts(seen, present, wanted):
    with pytest.raises(ConflictError) as conflict:
        merge(seen, present, wanted)
    return [*conflict.value.changes]


def codes(told):
    return [each["code"] for each in told["questions"]]


def test_what_only_one_changed_comes_together():
    assert codes(merge(content(A, B), content(A, B, C), content(B, A))) == ["b", "a", "c"]
    assert codes(merge(content(A, B), content(A), content(A, B))) == ["a"]
    assert codes(merge(content(A, B), content(A, B), content(B))) == ["b"]
    assert codes(merge(content(A), content(A, B), content(A, C))) == ["a", "c", "b"]


def test_the_same_change_by_both_is_no_conflict():
    other = question("a", "Otherwise")
    assert merge(content(A), content(other), content(other)) == content(other)


def test_boxes_in_another_order_are_no_change():
    old, sent, added = (
        {"rules": [{"code": "high", "name": "High", "functions": functions}]}
        for functions in (["legal", "risk"], ["risk", "legal"], ["risk", "legal", "data"])
    )
    told = [
        merged(MATRIX.shape, seen=old, present=old, wanted=each)["rules"][0]["functions"] for each in (old, sent, added)
    ]
    assert told == [["legal", "risk"], ["legal", "risk"], ["risk", "legal", "data"]]


def test_both_changed_one_field():
    assert conflicts(content(A), content(question("a", "X")), content(question("a", "Y"))) == ["questions.a.text"]


def test_an_option_inside_a_question():
    theirs = question("a", "", ("no", "No", "low"), ("yes", "Yes", "critical"))
    mine = question("a", "", ("no", "No", "low"), ("yes", "Yes", "moderate"))
    assert conflicts(content(A), content(theirs), content(mine)) == ["questions.a.options.yes.sets"]


def test_one_removed_what_the_other_changed():
    changed = question("a", "Otherwise")
    assert conflicts(content(A, B), content(B), content(changed, B)) == ["questions.a"]
    assert conflicts(content(A, B), content(changed, B), content(B)) == ["questions.a"]


def test_both_moved_rows_elsewhere():
    assert conflicts(content(A, B, C), content(B, A, C), content(C, A, B)) == ["questions"]


def test_theirs_are_taken_over_where_chosen():
    theirs, mine = content(question("b", "Theirs"), A), content(A, question("b", "Mine"), C)
    taken = taken_over(SHAPE, mine, theirs, {"questions.b.text", "questions"})
    assert [(each["code"], each["text"]) for each in taken["questions"]] == [("b", "Theirs"), ("a", "A"), ("c", "C")]
    assert codes(taken_over(SHAPE, mine, content(A), {"questions.b"})) == ["a", "c"]
    assert codes(taken_over(SHAPE, content(A), theirs, {"questions.b"})) == ["a", "b"]


def test_a_conflict_is_asked_in_words():
    theirs, mine = content(question("a", "Theirs")), content(question("a", "Mine"))
    told = asked(SHAPE, "questions.a.text", mine, theirs)
    assert (told.what, told.theirs, told.yours) == ("Question “Theirs”: Question", "Theirs", "Mine")
    removed = asked(SHAPE, "questions.a", mine, content())
    assert (removed.theirs, removed.yours) == ("Removed", "Kept. Answers: No → Low; Yes → High")
    for nowhere in ("", "nothing", "questions.z", "questions.a.z", "questions.a.options.z.text", "a.b.c.d"):
        assert asked(SHAPE, nowhere, mine, theirs) is None


def test_differences_are_told_by_name():
    new = content(question("c", "New"), question("a", "A, anew", ("no", "No", "moderate"), ("maybe", "Perhaps", "low")))
    lines = [(line.sign, line.what, line.was, line.now) for line in differences(SHAPE, content(A, B), new)]
    assert lines == [
        ("added", "Question “New”", "", "Answers: No → Low; Yes → High"),
        ("changed", "Question “A”: question", "A", "A, anew"),
        ("changed", "Question “A”: answer “No”: sets", "Low", "Moderate"),
        ("added", "Question “A”: answer “Perhaps”", "", "Low"),
        ("removed", "Question “A”: answer “Yes”", "", ""),
        ("removed", "Question “B”", "", ""),
    ]
    moved = differences(SHAPE, content(A, B, C), content(B, C, A))
    assert [(line.sign, line.what, line.was, line.now) for line in moved] == [
        ("moved", "Question “A”", "place 1", "place 3")
    ]


@pytest.mark.parametrize(
    ("deed", "order", "place"),
    [
        ("up questions-1", ["b", "a"], "questions-0"),
        ("down questions-0", ["b", "a"], "questions-1"),
        ("up questions-0", ["a", "b"], "questions-0"),
        ("remove questions-0", ["b"], ""),
        ("add questions", ["a", "b", ""], "questions-2"),
        ("remove questions-9", ["a", "b"], ""),
        ("remove questions", ["a", "b"], ""),
        ("up nothing-1", ["a", "b"], ""),
        ("up questions-x", ["a", "b"], ""),
        ("fly", ["a", "b"], ""),
    ],
)
def test_rows_are_rearranged(deed, order, place):
    told, where = rearranged(SHAPE, content(question("a"), question("b")), deed)
    assert (codes(told), where) == (order, place)


def test_inner_rows_are_rearranged():
    told, where = rearranged(SHAPE, content(question("a")), "add questions-0-options")
    assert (where, len(told["questions"][0]["options"])) == ("questions-0-options-2", 3)
    told, _ = rearranged(SHAPE, told, "up questions-0-options-1")
    assert [each["code"] for each in told["questions"][0]["options"]] == ["yes", "no", ""]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (content(A, question("b", " a ")), "stands here more than once"),
        (content(question("a", "A", ("no", "No", "low"))), "At least 2 answers"),
        (content(question("a", "A", ("no", "No", "low"), ("yes", "no", "high"))), "stands here more than once"),
        (content(question("a", "A", ("no", "No", "low"), ("yes", "Yes", "extreme"))), "extreme"),
        (content(question("a", "x" * 301)), "at most 300 characters"),
        (content(question("a", "A", ("no", "", "low"), ("yes", "Yes", "high"))), "required"),
    ],
)
def test_what_a_content_may_not_say(broken, told):
    with pytest.raises(ValidationError, match=told):
        TIER.cleaned(broken)


def test_codes_come_from_the_text_and_stay():
    cleaned = TIER.cleaned(
        content(question("", "Is it safe?"), question("is-it-safe", "Is it?"), question("", "Ätsch!!"))
    )
    assert codes(cleaned) == ["is-it-safe-2", "is-it-safe", "atsch"]
    assert codes(TIER.cleaned(content(question("a", "One"), question("a", "Two")))) == ["a", "two"]


def test_rows_left_empty_are_dropped():
    empty = {"code": "", "text": " ", "help_text": "", "options": [{"code": "", "text": "", "sets": ""}]}
    assert codes(TIER.cleaned(content(A, empty))) == ["a"]
