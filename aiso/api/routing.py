"""How a noun's methods become addresses."""

from rest_framework.routers import SimpleRouter

from .nouns import Noun


class Nouns(SimpleRouter):
    """DRF's router with path converters, so that a noun can stand below another: `initiatives/<reference:initiative>`.

    list and create answer to the address itself, retrieve, partial_update and destroy to one thing below it,
    and what is marked `@action` to a word below that.
    """

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)

    def add(self, address: str, noun: type[Noun], name: str) -> None:
        self.register(address, noun, basename=name)
