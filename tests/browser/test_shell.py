import pytest
from playwright.sync_api import expect

from aiso.accounts.models import Role
from tests.factories import make_person

from .conftest import LOOKS, axe_findings, overflow

PASSWORD = "correct horse battery"


@pytest.fixture
def person(transactional_db):
    return make_person("Olga Member", Role.OFFICE_MEMBER, password=PASSWORD)


@pytest.mark.parametrize("script", [True, False])
def test_sign_in(visit, person, script):
    page = visit("/", script=script)
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".errs")).to_contain_text("One answer needs another look")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()

    page.locator("summary", has_text=person.name).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(("on", "theme"), LOOKS)
@pytest.mark.parametrize("path", ["/", "/nowhere/", "/accounts/password/change/", "/accounts/2fa/"])
def test_pages_of_the_shell(visit, person, path, on, theme):
    page = visit(path, as_=person, on=on, theme=theme)
    assert axe_findings(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/nowhere/"])
def test_pages_of_the_entrance(visit, path, theme):
    page = visit(path, on="phone", theme=theme)
    assert axe_findings(page) == []
    assert overflow(page) == 0


def test_keys(visit, person):
    page = visit("/", as_=person)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    assert sheet.is_hidden()
    page.keyboard.press("/")
    assert page.locator("#q").evaluate("field => field === document.activeElement")
    page.keyboard.type("?/")
    assert page.locator("#q").input_value() == "?/"


def test_single_keys_can_be_off_but_control_k_stays(visit, person):
    page = visit("/", as_=person)
    page.locator("summary", has_text=person.name).click()
    page.get_by_role("button", name="Switch off").click()
    page.wait_for_selector("html[data-single-keys=off]")
    page.keyboard.press("/")
    assert not page.locator("#q").evaluate("field => field === document.activeElement")
    page.keyboard.press("Control+k")
    assert page.locator("#q").evaluate("field => field === document.activeElement")


# Without the empty places of counts, which only a page has whose counts are still to come.
COLOURS = """() => [...document.querySelectorAll(".app, .app *:not(span:empty)")].map((each) => {
    const style = getComputedStyle(each);
    return [each.tagName, style.color, style.backgroundColor, style.borderTopColor, style.boxShadow].join(" ");
})"""


def test_dark_by_choice_is_dark_by_the_system(visit, person):
    by_system = visit("/accounts/password/change/", as_=person, theme="dark").evaluate(COLOURS)
    page = visit("/accounts/password/change/", as_=person, theme="light")
    light = page.evaluate(COLOURS)
    page.locator("summary", has_text=person.name).click()
    page.get_by_role("button", name="Dark").click()
    # The whole page, not only the beginning of it that says which theme it has.
    page.wait_for_function(
        "() => document.documentElement.dataset.bsTheme === 'dark' && document.readyState === 'complete'"
    )
    chosen = page.evaluate(COLOURS)
    # The button of the chosen theme itself is marked, in the one as in the other.
    differing = [pair for pair in zip(by_system, chosen, strict=True) if pair[0] != pair[1]]
    assert {pair[0].split()[0] for pair in differing} <= {"BUTTON"}
    assert len(differing) <= 2
    assert light != by_system


def test_an_expired_session_leads_to_sign_in_and_back(visit, person):
    page = visit("/accounts/2fa/", as_=person)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="sessionid")
    page.evaluate("() => window.htmx.ajax('GET', '/counts/', '#main')")
    page.wait_for_url("**/accounts/login/?next=/accounts/2fa/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/accounts/2fa/")


def test_the_menu_of_a_narrow_window(visit, person):
    page = visit("/accounts/2fa/", as_=person, on="phone")
    page.locator("summary", has_text="Menu").click()
    page.get_by_label("Menu").get_by_role("link", name="My work").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
