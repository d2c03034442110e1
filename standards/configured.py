"""What a standard says is a kind of configuration of its own: drafted, compared, published with a reason, kept."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.db.models import Count

from aiso.configuration.kinds import Family, Kind, register_family
from aiso.configuration.shape import Content, Rows, Shape
from aiso.web import figures
from portfolio.models.risk import RiskTier

from .checklist import THRESHOLD, TIERS, YES_NO_WORDS, AnswerType, checklist_of, lines_of
from .models import BEGINNING, ChecklistAnswer, ChecklistCompletion, Standard
from .prefill import source_choices, source_of

TEXT = 300
ICON = "checklist"
# After the rules that every initiative is judged by.
ORDER = 200


class LinesField(forms.CharField):
    """A text of lines, whichever way the browser breaks them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return "\n".join(lines_of(str(super().to_python(value) or "")))


class ChecklistForm(forms.Form):
    """The top of a checklist."""

    holds_for = forms.IntegerField(
        label="Holds for", help_text="Months after which it is completed anew. Empty: always.", required=False,
        min_value=1, max_value=120,
    )  # fmt: skip

    def clean_holds_for(self) -> str:
        """Figures stand in the content as texts."""
        months = self.cleaned_data.get("holds_for")
        return str(months) if months else ""


class ItemForm(forms.Form):
    """One question."""

    section = forms.CharField(max_length=80)
    text = forms.CharField(label="Question", max_length=TEXT)
    help_text = LinesField(label="Help", max_length=600, required=False, widget=forms.Textarea({"rows": 2}))
    answer_type = forms.ChoiceField(label="Answer", choices=[("", "Choose"), *AnswerType.choices])
    options = LinesField(
        label="Options", help_text="One a line, for one of a list.", required=False,
        widget=forms.Textarea({"rows": 3}), max_length=2000,
    )  # fmt: skip
    unit = forms.CharField(help_text="Of a number.", max_length=40, required=False)
    asked_from = forms.ChoiceField(
        label="Asked from",
        choices=[("", "Choose"), *((tier.value, tier.label) for tier in TIERS)],
        help_text="The lowest risk tier that is asked. While an initiative has no tier, all is asked.",
    )
    is_optional = forms.BooleanField(label="May stay empty", required=False)
    satisfactory = LinesField(
        label="Settled by",
        help_text="Answers that settle it, one a line; of a number “at least 90” or “at most 5”. Others need a note.",
        required=False, widget=forms.Textarea({"rows": 2}), max_length=2000,
    )  # fmt: skip
    prefilled_from = forms.ChoiceField(label="Known from", choices=source_choices, required=False)
    evidence = forms.CharField(
        label="Evidence wanted", help_text="What to link or name beside the answer.", max_length=200, required=False
    )

    def clean(self) -> dict[str, Any]:
        kind = self.cleaned_data.get("answer_type", "")
        options = lines_of(self.cleaned_data.get("options", ""))
        if kind == AnswerType.CHOICE and len({*options}) < max(2, len(options)):
            self.add_error("options", "One of a list needs at least two options, each once.")
        elif kind and kind != AnswerType.CHOICE and options:
            self.add_error("options", "Only one of a list has options.")
        self._check_settled(kind, options)
        self._check_source(kind, options)
        return self.cleaned_data

    def _check_settled(self, kind: str, options: tuple[str, ...]) -> None:
        lines = lines_of(self.cleaned_data.get("satisfactory", ""))
        if kind == AnswerType.NUMBER:
            if lines and (len(lines) > 1 or not THRESHOLD.fullmatch(lines[0].casefold())):
                self.add_error("satisfactory", "Write “at least” or “at most” and a figure, e.g. at least 90.")
            return
        possible = options if kind == AnswerType.CHOICE else tuple(YES_NO_WORDS.values())
        if lines and kind not in (AnswerType.CHOICE, AnswerType.YES_NO):
            self.add_error("satisfactory", "Any answer settles a text, a date or a link; leave this empty.")
        elif strange := [line for line in lines if line not in possible]:
            self.add_error("satisfactory", f"“{strange[0]}” is no answer to it. Possible: {', '.join(possible)}.")

    def _check_source(self, kind: str, options: tuple[str, ...]) -> None:
        source = source_of(self.cleaned_data.get("prefilled_from", ""))
        if source is None:
            return
        if source.answer_type != kind:
            self.add_error("prefilled_from", f"This is known as: {source.answer_type.label.lower()}.")
        elif missing := [option for option in source.options if option not in options]:
            self.add_error("prefilled_from", f"This can be “{missing[0]}”, which is not among the options.")


class SectionForm(forms.Form):
    """One part of a standard that people read."""

    title = forms.CharField(max_length=200)
    text = LinesField(max_length=20_000, widget=forms.Textarea({"rows": 6}))


ITEMS = Rows("items", "question", "questions", ItemForm, called_by="text")
CHECKLIST = Shape(ChecklistForm, ITEMS)
# What is not answered is read.
DOCUMENT = Shape(rows=Rows("sections", "section", "sections", SectionForm, called_by="title"))


def kind_for(standard: Standard) -> Kind:
    about = f"{standard.get_kind_display()}. {standard.about}"
    told = partial(Kind, standard.configuration, standard.title, about, ICON, order=ORDER)
    if standard.kind != Standard.Kind.CHECKLIST:
        return told(DOCUMENT)
    return told(CHECKLIST, consequences=partial(foresee, standard))


def foresee(standard: Standard, old: Content, new: Content) -> list[str]:
    """What publishing a checklist does: how many are asked what anew."""
    before, after = checklist_of(old).by_code, checklist_of(new).by_code
    anew = [code for code, item in after.items() if code in before and item.fingerprint != before[code].fingerprint]
    gone = [code for code in before if code not in after]
    added = [item for code, item in after.items() if code not in before and item.is_required]
    told = []
    if lost := _answers(standard, [*anew, *gone]):
        told.append(
            f"{figures.plural(lost, 'answer')} to questions that are reworded or gone count no more; "
            "reworded questions are asked anew."
        )
    if anew or added:
        standing = ChecklistCompletion.objects.standing().filter(standard=standard).count()
        asked = [*(after[code] for code in anew), *added]
        lowest = min((item.asked_from for item in asked), key=_rank)
        told.append(
            f"{figures.plural(standing, 'completed checklist')} {'is' if standing == 1 else 'are'} open again where "
            f"the risk tier is asked more, from {RiskTier(lowest).label.lower()} on."
        )
    return told or ["All answers stay, and what is completed stays completed."]


def standard_kind_of(slug: str) -> Kind | None:
    standard = Standard.objects.filter(slug=slug.removeprefix(BEGINNING)).first()
    return kind_for(standard) if standard else None


def standard_kinds() -> Iterable[Kind]:
    return [kind_for(standard) for standard in Standard.objects.all()]


def register_standards() -> None:
    register_family(Family(BEGINNING, standard_kind_of, standard_kinds))


def _answers(standard: Standard, codes: list[str]) -> int:
    found = ChecklistAnswer.objects.filter(standard=standard, item__in=codes).aggregate(n=Count("pk"))
    return int(found["n"])


def _rank(tier: str) -> int:
    return TIERS.index(RiskTier(tier)) if tier in TIERS else 0
