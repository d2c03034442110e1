"""The forms with which reviews are decided, voted on, and what follows is settled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web.forms import DayInput, MoneyField, PersonField
from forums.models import VoteChoice
from portfolio.forms.picking import InitiativeField

from ..actions.decide import OF_REVIEWS, gates_to_send_back_to
from ..actions.ruling import NewCondition
from ..blocks import Block
from ..models import Decision, FastLaneAudit, GateReview
from .closing import CLOSING_ASKED, ClosingFields

RATIONALE_NEEDED = "Say why: every decision has a rationale."
# Rows for conditions that the form offers.
ROWS = 5
OVERRIDE = "override-"
# Which field of the form shows what an action says of a part of the ruling.
SHOWN_AT = {"conditions": "condition-0-text"}
ROW = ("text", "owner", "due_on")
RULING = ("outcome", "rationale", "amount", "release_now", "hold_until", "back_to", "survivor")
# Fields that the choice of an outcome, or of the votes of members, asks for.
ASKED = ("hold_until", "back_to", "closes_on", *CLOSING_ASKED)


def written(amount: Decimal | None) -> str:
    """An amount as people write it, with cents only where there are any."""
    return "" if amount is None else f"{amount:,.2f}".removesuffix(".00")


def _lines(label: str, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=10_000, widget=forms.Textarea({"rows": rows}), **options)


def survivor_field(viewer: User, **options: Any) -> InitiativeField:
    """The initiative in which a merged one goes on, among those that the viewer sees."""
    options.setdefault("required", False)
    field = InitiativeField(viewer, label="Goes on in", help_text="Part of its name, or its reference.", **options)
    field.is_asked = True  # type: ignore[attr-defined]
    return field


class DecisionForm(ClosingFields):
    """One ruling. `blocks` are those that the person’s body may override, each with a field for its reason."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[(each.value, each.label) for each in OF_REVIEWS],
        error_messages={"required": "Choose what is decided."},
    )
    rationale = _lines("Rationale", error_messages={"required": RATIONALE_NEEDED})
    amount = MoneyField(label="Money approved", min_value=0, required=False, help_text="Empty: what was asked for.")
    release_now = MoneyField(
        label="Released now",
        min_value=0,
        required=False,
        help_text="The rest is withheld until the conditions are met. Empty: nothing is released yet.",
    )
    hold_until = forms.DateField(label="Held until", required=False, widget=DayInput)
    back_to = forms.ChoiceField(label="Goes back to", required=False)
    closes_on = forms.DateField(
        label="Votes count until", required=False, widget=DayInput, help_text="For a decision in writing."
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, review: GateReview, blocks: Sequence[Block], data: Any = None, *, viewer: User, seen: int | None = None
    ) -> None:
        initial = {"amount": written(review.amount), "seen": seen}
        self.begin(data, initial | {"condition-0-owner": review.initiative.business_owner}, blocks)
        self.fields["survivor"] = survivor_field(viewer)
        gates = gates_to_send_back_to(review)
        self.fields["back_to"].choices = [("", "Choose a gate"), *gates.items()]  # type: ignore[attr-defined]

    def begin(self, data: Any, initial: dict[str, Any], blocks: Sequence[Block]) -> None:
        """Bind it, with rows for conditions and a field for each block."""
        forms.Form.__init__(self, data, initial=initial)
        for number in range(ROWS):
            self._add_row(number)
        for name, field in self.fields.items():
            field.is_asked = name.startswith("condition-") or name in ASKED  # type: ignore[attr-defined]
        self.blocks = [*blocks]
        for block in self.blocks:
            reason = forms.CharField(label=f"Override: {block.what}", required=False, max_length=2000)
            self.fields[f"{OVERRIDE}{block.key}"] = reason

    @property
    def condition_rows(self) -> list[list[Any]]:
        return [[self[f"condition-{number}-{name}"] for name in ROW] for number in range(ROWS)]

    @property
    def filled_rows(self) -> int:
        """How many rows are shown unfolded: those that hold something, and one more."""
        filled = [number for number in range(ROWS) if self._is_begun(number)]
        return max(filled, default=-1) + 2

    def _is_begun(self, number: int) -> bool:
        """Whether more stands there than the owner that is proposed."""
        return any(
            bound.value() for bound in self.condition_rows[number] if number or not bound.name.endswith("-owner")
        )

    @property
    def override_fields(self) -> list[Any]:
        return [self[f"{OVERRIDE}{block.key}"] for block in self.blocks]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(ROWS):
            given = {name: cleaned.get(f"condition-{number}-{name}") for name in ROW}
            if (number == 0 or any(given.values())) and cleaned.get("outcome") == Decision.Outcome.CONDITIONS:
                self._check_row(number, given)
        self.check_closing(cleaned.get("outcome"))
        return cleaned

    def ruling(self) -> dict[str, Any]:
        """What the actions take."""
        cleaned = self.cleaned_data
        kept = {name: cleaned[name] for name in RULING if name in cleaned}
        if kept["outcome"] != Decision.Outcome.CONDITIONS:
            kept["release_now"] = None
        reasons = {block.key: cleaned[f"{OVERRIDE}{block.key}"] for block in self.blocks}
        overrides = {key: reason for key, reason in reasons.items() if reason}
        more = {"conditions": [*self.conditions()], "overrides": overrides}
        return kept | more | ({"closing": closing} if (closing := self.closing()) else {})

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(SHOWN_AT.get(field or "", field), error)

    def conditions(self) -> Iterable[NewCondition]:
        for number in range(ROWS):
            text, owner, due_on = (self.cleaned_data.get(f"condition-{number}-{name}") for name in ROW)
            if text and isinstance(owner, User) and isinstance(due_on, date):
                yield NewCondition(text, owner, due_on)

    def _add_row(self, number: int) -> None:
        label = f"Condition {number + 1}"
        self.fields[f"condition-{number}-text"] = forms.CharField(label=label, required=False, max_length=2000)
        self.fields[f"condition-{number}-owner"] = PersonField(label="Seen to by", required=False)
        self.fields[f"condition-{number}-due_on"] = forms.DateField(label="By", required=False, widget=DayInput)

    def _check_row(self, number: int, given: Mapping[str, Any]) -> None:
        lacking = {"text": "Say what it demands.", "owner": "Say who sees to it.", "due_on": "Say by when."}
        for name, told in lacking.items():
            field = f"condition-{number}-{name}"
            if not given[name] and field not in self.errors:
                self.add_error(field, told)


class ConsentForm(forms.Form):
    """What a body ruled in its meeting: nobody has to vote where all consent. `seen` is what had been decided before on
    the same when the form was drawn.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    by_consent = forms.BooleanField(
        label="By general consent of those present",
        required=False,
        help_text="Where nobody voted, and nobody present objects. It is recorded as that, with the quorum.",
    )


class MeetingDecisionForm(ConsentForm, DecisionForm):
    """A ruling of a meeting on a review: nobody votes in writing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["closes_on"]


def show_refusal(form: forms.Form, error: DomainError) -> None:
    """Put what an action refused beside the field it concerns, else on top."""
    field = SHOWN_AT.get(error.field or "", error.field or "")
    form.add_error(field if field in form.fields else None, str(error))


class StandingForm(ClosingFields):
    """A decision on an initiative without a review."""

    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    rationale = _lines("Rationale", error_messages={"required": RATIONALE_NEEDED})

    def __init__(self, outcomes: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data)
        labels = dict(Decision.Outcome.choices)
        choices = [(each, f"{labels[each]}: {leads_to}") for each, leads_to in outcomes.items()]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        for name in CLOSING_ASKED:
            self.fields[name].is_asked = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_closing(cleaned.get("outcome"))
        return cleaned

    def ruling(self) -> dict[str, Any]:
        """What the action takes."""
        kept = {name: self.cleaned_data[name] for name in ("outcome", "rationale")}
        return kept | {"closing": self.closing()}


class MeetingStandingForm(ConsentForm, StandingForm):
    """What came of an item about an initiative without a review: in words, unless the meeting decided on it."""

    WORDS = "words"
    result = forms.CharField(
        label="What came of it",
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="In a few words: it stands on the agenda and in the minutes.",
    )

    def __init__(self, outcomes: Mapping[str, str], data: Any = None) -> None:
        super().__init__(outcomes, data)
        self.initial = {"outcome": self.WORDS}
        self.fields["outcome"].choices = [(self.WORDS, "In words"), *self.fields["outcome"].choices]  # type: ignore[attr-defined]
        self.fields["rationale"].required = False

    def clean(self) -> dict[str, Any]:
        """Words are asked where they are the outcome, a rationale for every other."""
        cleaned = super().clean() or {}
        name = "result" if cleaned.get("outcome") == self.WORDS else "rationale"
        if "outcome" in cleaned and not cleaned.get(name) and name not in self.errors:
            told = "Say in a few words what came of it." if name == "result" else RATIONALE_NEEDED
            self.add_error(name, told)
        return cleaned


class VoteForm(forms.Form):
    choice = forms.ChoiceField(label="Your vote", choices=VoteChoice.choices, widget=forms.RadioSelect)
    reason = _lines("Reason", 2, required=False, help_text="Needed against, and when you are recused.")


class ReasonedForm(forms.Form):
    reason = _lines("Why")


class MeetForm(forms.Form):
    note = _lines("How it was met")


class TierForm(forms.Form):
    note = _lines("Note", 2, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DeciderForm(forms.Form):
    person = PersonField(label="Who decides")
    reason = _lines("Why this person", 2)


class AuditForm(forms.Form):
    finding = forms.ChoiceField(label="Finding", choices=FastLaneAudit.Finding.choices, widget=forms.RadioSelect)
    note = _lines("What you found", required=False, help_text="Needed unless all is in order.")
