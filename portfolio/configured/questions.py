"""The questions that set tier and class, and the prohibited uses that every initiative is screened for."""

from functools import partial
from typing import Any

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content, Rows, Shape

from ..actions.answer_questions import UNSUSPECTED
from ..actions.bring_in_questions import add_question_set, bring_in
from ..actions.whole_register import is_long
from ..models import QuestionSet
from ..models.risk import AiActClass, RiskTier
from .foreseen import foresee

TEXT = 300
# The answers to whether a use is a prohibited one.
SCREENING = [
    {"code": UNSUSPECTED, "text": "No", "sets": ""},
    {"code": "not-sure", "text": "Not sure", "sets": ""},
    {"code": "yes", "text": "Yes", "sets": RiskTier.PROHIBITED.value},
]


class QuestionForm(forms.Form):
    text = forms.CharField(label="Question", max_length=TEXT)
    help_text = forms.CharField(label="Help", max_length=TEXT, required=False)


class UseForm(forms.Form):
    text = forms.CharField(label="Use", max_length=TEXT)
    help_text = forms.CharField(
        label="What it means", max_length=TEXT, required=False, widget=forms.Textarea({"rows": 2})
    )


class TierOptionForm(forms.Form):
    text = forms.CharField(label="Answer", max_length=200)
    sets = forms.ChoiceField(label="Sets", choices=[("", "Choose"), *RiskTier.choices])


class ActOptionForm(forms.Form):
    text = forms.CharField(label="Answer", max_length=200)
    sets = forms.ChoiceField(label="Sets", choices=[("", "Choose"), *AiActClass.choices])


def _questions(option: type[forms.Form]) -> Shape:
    options = Rows("options", "answer", "answers", option, called_by="text", least=2)
    return Shape(rows=Rows("questions", "question", "questions", QuestionForm, called_by="text", rows=options))


def _asked(content: Content) -> list[dict[str, Any]]:
    return list(content["questions"])


def _screened(content: Content) -> list[dict[str, Any]]:
    return [{**use, "options": SCREENING} for use in content["uses"]]


def _kind(slug: str, kind: QuestionSet.Kind, shape: Shape, title: str, about: str, order: int) -> Kind:
    questions = _screened if kind == QuestionSet.Kind.PROHIBITED_USE else _asked

    def apply(version: ConfigurationVersion) -> None:
        assert version.number is not None
        add_question_set(kind, version.number, questions(version.content))

    def follow(version: ConfigurationVersion) -> None:
        bring_in(kind)

    def consequences(old: Content, new: Content) -> list[str]:
        return foresee(kind, questions(old), questions(new))

    icon = "ban" if kind == QuestionSet.Kind.PROHIBITED_USE else "shield-question"
    follows = partial(Kind, apply=apply, follow=follow, takes_long=is_long, consequences=consequences)
    return follows(slug, title, about, icon, shape, order=order)


TIER = _kind(
    "risk-tier-questions",
    QuestionSet.Kind.RISK_TIER,
    _questions(TierOptionForm),
    "Risk tier questions",
    "The highest answer sets an initiative’s risk tier.",
    10,
)
PROHIBITED = _kind(
    "prohibited-uses",
    QuestionSet.Kind.PROHIBITED_USE,
    Shape(rows=Rows("uses", "use", "uses", UseForm, called_by="text")),
    "Prohibited uses",
    "What the company does not do with AI. Every initiative is screened for each, with reasons.",
    20,
)
ACT = _kind(
    "ai-act-questions",
    QuestionSet.Kind.AI_ACT,
    _questions(ActOptionForm),
    "EU AI Act questions",
    "The highest answer sets the class under Regulation (EU) 2024/1689.",
    30,
)
KINDS = (TIER, PROHIBITED, ACT)
# Which configuration the questions of a kind come from.
SLUGS = {
    QuestionSet.Kind.RISK_TIER: TIER.slug,
    QuestionSet.Kind.PROHIBITED_USE: PROHIBITED.slug,
    QuestionSet.Kind.AI_ACT: ACT.slug,
}
