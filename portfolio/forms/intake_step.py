"""One step of the intake: a form that is bound to the answers of a draft, and lets it lack what it lacks."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict

from ..models import Question


class StepForm(forms.Form):
    """One step. It is bound to the draft's answers; what is missing counts only when the request is submitted."""

    slug: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str] = ""
    use_required_attribute = False

    def __init__(self, answers: Mapping[str, Any], *, asked: Iterable[Question] = ()) -> None:
        super().__init__(MultiValueDict({name: _listed(value) for name, value in answers.items()}))

    def freeze(self, names: Iterable[str]) -> None:
        """Show some answers as ones that cannot be changed here any more."""
        for name in {*names} & {*self.fields}:
            self.fields[name].widget.attrs["disabled"] = True

    def leave_out(self, names: Iterable[str]) -> None:
        """Ask some questions no more: who reads the answers is not told them."""
        for name in {*names} & {*self.fields}:
            del self.fields[name]

    def is_begun(self, answers: Mapping[str, Any]) -> bool:
        """Whether any question of the step was sent, if only to stay empty."""
        return not answers.keys().isdisjoint(self.fields)

    @property
    def mistakes(self) -> dict[str, list[str]]:
        """What was answered and cannot be right, by field; empty answers are none."""
        told = {}
        for name, errors in self.errors.as_data().items():
            if wrong := [error for error in errors if error.code != "required"]:
                told[name] = [str(message) for error in wrong for message in error.messages]
        return told

    def only_mistakes(self) -> "StepForm":
        """The same form that says nothing of empty answers: the draft may have them."""
        mistakes = self.mistakes
        for name in [*self.errors]:
            if name in mistakes:
                self.errors[name] = self.error_class(mistakes[name])
            else:
                del self.errors[name]
        return self


def _listed(value: Any) -> list[str]:
    """An answer as a form receives it."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return ["" if value is None else str(value)]
