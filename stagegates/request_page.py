"""Money or an expansion asked for outside a gate, as one person sees it and may decide it."""

from functools import cached_property
from typing import Any

from aiso.accounts.models import User
from aiso.errors import DomainError
from forums.models import Forum

from .actions.ask_funding import decide_request
from .asked_money import Asked, blocks_of_request, body_of_request, can_decide_request
from .blocks import Block
from .deciding import alone_in
from .forms.decisions import show_refusal
from .forms.funding import RequestDecisionForm
from .models import Decision
from .permissions import can_ask_money
from .request_outcomes import outcomes_of_request


class RequestPage:
    def __init__(self, asked: Asked, person: User) -> None:
        self.asked, self.person = asked, person

    @cached_property
    def may_decide(self) -> bool:
        return self.asked.is_open and can_decide_request(self.person, self.asked)

    @cached_property
    def may_withdraw(self) -> bool:
        return self.asked.is_open and can_ask_money(self.person, self.asked.initiative)

    @cached_property
    def body(self) -> Forum | None:
        return body_of_request(self.asked)

    @cached_property
    def alone(self) -> Forum | None:
        """The body for which the person decides it alone."""
        return alone_in(self.person, self.body) if self.body and self.may_decide else None

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of_request(self.asked) if self.asked.is_open else []

    @cached_property
    def to_override(self) -> list[Block]:
        """What the person may override: only a higher body does."""
        is_higher = self.alone and self.body and self.alone.rank > self.body.rank
        return [each for each in self.blocks if each.can_be_overridden] if is_higher else []

    @property
    def rulings(self) -> list[Decision]:
        return [each.decision for each in self.asked.rulings.all()]

    def decide(self, form: RequestDecisionForm) -> str:
        """The outcome in words; empty when it was refused, with the refusal on the form."""
        ruling = {name: value for name, value in form.ruling().items() if name != "back_to"}
        try:
            decision = decide_request(self.asked, actor=self.person, **ruling)
        except DomainError as error:
            show_refusal(form, error)
            return ""
        return decision.get_outcome_display().lower()

    def drawn_with(self, form: RequestDecisionForm) -> dict[str, Any]:
        """What both pages show."""
        outcomes = outcomes_of_request(self.asked, self.blocks, form["outcome"].value())
        told = {name: getattr(self, name) for name in ("asked", "rulings", "body", "alone", "blocks", "may_withdraw")}
        return told | {"form": form, "panel": {"outcomes": outcomes, "form": form}}
