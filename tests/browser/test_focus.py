"""After a deed the focus is at what came of it, and a summary of errors stands in sight."""

from playwright.sync_api import Page, expect

from .conftest import Visit, axe_findings
from .test_sign_offs import ground, sign_off_of

given = ground


def in_sight(page: Page, selector: str) -> bool:
    """Whether the element begins below the bar on top."""
    return bool(page.evaluate("(s) => document.querySelector(s).getBoundingClientRect().top >= 48", selector))


def test_a_question_and_an_answer_take_the_focus_and_the_first_line_follows(visit: Visit, given):
    _, review, people = given
    sign_off = sign_off_of(review, "legal")
    page = visit(sign_off.get_absolute_url(), as_=people["legal"])
    page.get_by_text("Ask the owners").first.click()
    page.get_by_label("Question to the owners").fill("Who looks at night?")
    page.get_by_role("button", name="Ask", exact=False).click()
    expect(page.locator(".thread li")).to_be_focused()
    expect(page.locator("#sign-off-head .answer")).to_contain_text("Asked the owners: stopped by a question")
    assert axe_findings(page) == []

    page.locator(".fold", has=page.get_by_label("Reason")).locator("> summary").evaluate(
        "(each) => { each.parentElement.open = true; }"
    )
    page.get_by_label("Object", exact=True).check()
    page.get_by_label("Reason").fill("Clause 7.")
    page.get_by_role("button", name="Record the answer").click()
    expect(page.locator(f"#sign-off-{sign_off.pk}-answer")).to_be_focused()
    expect(page.locator("#sign-off-head .answer")).to_contain_text("Objects")
    expect(page.locator(".thread")).not_to_contain_text("clock stands still")
    assert axe_findings(page) == []


def test_what_a_condition_lacks_is_told_in_sight(visit: Visit, given):
    _, review, people = given
    page = visit(sign_off_of(review, "legal").get_absolute_url(), as_=people["legal"])
    page.get_by_label("Approve with conditions").check()
    expect(page.locator(".for-conditions .room").first).not_to_contain_text("optional")
    page.get_by_label("Reason").fill("With one thing.")
    page.get_by_role("button", name="Record the answer").scroll_into_view_if_needed()
    page.get_by_role("button", name="Record the answer").click()
    expect(page.locator(".errs[role=alert]")).to_be_focused()
    assert in_sight(page, ".errs[role=alert]")
