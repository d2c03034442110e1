"""What base.html needs on each page, worked out only when a template asks."""

from functools import cached_property

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from aiso.accounts.models import User

from . import navigation, preferences


class Shell:
    """The page around the page, for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def person(self) -> User | None:
        """Nobody on pages that the middleware never reached, such as an error of a broken request."""
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) and user.is_authenticated else None

    @property
    def layout(self) -> str:
        """What error pages extend: the whole shell for whoever is signed in, else a card."""
        return "base.html" if self.person else "entrance.html"

    @cached_property
    def theme(self) -> str:
        return preferences.theme_of(self.request)

    @property
    def themes(self) -> dict[str, str]:
        return preferences.THEMES

    @cached_property
    def side(self) -> SafeString:
        if self.person is None:
            return mark_safe("")
        return navigation.side_html(navigation.shown_on(self.request, self.person, *navigation.SECTIONS))

    @cached_property
    def bell(self) -> navigation.Shown | None:
        return navigation.bell_for(self.person) if self.person else None

    @property
    def counts_are_old(self) -> bool:
        return self.person is not None and navigation.kept_counts(self.person) is None

    @cached_property
    def account_pages(self) -> tuple[navigation.Shown, ...]:
        return navigation.shown_on(self.request, self.person, "account") if self.person else ()

    @cached_property
    def administration_pages(self) -> tuple[navigation.Shown, ...]:
        return navigation.shown_on(self.request, self.person, "administration") if self.person else ()


def shell(request: HttpRequest) -> dict[str, Shell]:
    return {"shell": Shell(request)}
