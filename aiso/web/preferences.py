"""How a person wants the pages: theme (a cookie of the browser) and single-key shortcuts (with the person)."""

from django.http import HttpRequest, HttpResponseBase

from aiso.accounts.models import User

THEMES = {"light": "Light", "dark": "Dark", "auto": "System"}
THEME_COOKIE = "theme"
THEME_KEPT_SECONDS = 60 * 60 * 24 * 365


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def remember_theme(response: HttpResponseBase, theme: str, *, secure: bool) -> None:
    response.set_cookie(THEME_COOKIE, theme, max_age=THEME_KEPT_SECONDS, samesite="Lax", httponly=True, secure=secure)


def switch_shortcuts(person: User, *, on: bool) -> None:
    person.single_key_shortcuts = on
    person.save(update_fields=["single_key_shortcuts"])
