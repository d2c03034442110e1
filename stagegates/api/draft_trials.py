from collections.abc import Iterable
from typing import Annotated, Any, TypedDict

from django.http import Http404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import unit_field
from aiso.api.nouns import Noun, wrong_parameters
from aiso.api.operations import PageQuery, Query, answers, answers_page
from aiso.api.shapes import Named, named
from aiso.configuration.models import ConfigurationVersion
from aiso.web.keyset import AS_MADE
from portfolio.models import Initiative, Stage
from portfolio.models.risk import RiskTier
from portfolio.models.stage import PATH

from ..duties import LABELS
from ..trying import GAIN, LOSE, Change, Group, Trial, changed_rules, draft_to_try, narrowed, open_reviews, trial_of
from .duties import AskingRuleShape, rule_drawn


class TrialChangeShape(TypedDict):
    """One duty that comes or goes."""

    what: Annotated[str, {"enum": [*LABELS]}]
    id: Annotated[str, "The same in every version of the rules."]
    text: str
    gate: Annotated[str, "Empty for what is asked once it is in use."]
    rules: Annotated[list[AskingRuleShape], "That ask for it, or no longer do. Version 0: the draft."]


class TouchedShape(TypedDict):
    """An initiative that gains or loses duties."""

    reference: str
    name: str
    stage: Annotated[str, Stage]
    risk_tier: Annotated[str | None, RiskTier]
    unit: Named | None
    gains: list[TrialChangeShape]
    losses: list[TrialChangeShape]


class CountedShape(TypedDict):
    """A duty, and how many initiatives it comes to or goes from."""

    text: str
    initiatives: int


class ChangedRuleShape(TypedDict):
    """A rule of the matrix that the draft changes, adds or removes."""

    code: str
    name: str


class TrialShape(TypedDict):
    """What the draft would change, in figures."""

    gaining: int
    losing: int
    gained: Annotated[list[CountedShape], "The most first."]
    lost: Annotated[list[CountedShape], "The most first."]
    changed_rules: Annotated[list[ChangedRuleShape], "Of a matrix; each can be tried alone."]
    open_reviews: Annotated[list[str], "Which version they keep, in sentences."]


class _Narrowing(serializers.Serializer[Any]):
    rule = serializers.CharField(
        required=False, max_length=100, help_text="The code of a changed rule of the matrix, to try it alone."
    )
    stage = serializers.ChoiceField([each.value for each in PATH], required=False)
    unit = unit_field(required=False, help_text="With those below it, by its id.")


class TrialQuery(_Narrowing, Query):
    pass


class TouchedQuery(_Narrowing, PageQuery):
    effect = serializers.ChoiceField([GAIN, LOSE], required=False, help_text="Without it, both.")


class DraftTrial(Noun):
    """What a draft of the gates or of the governance matrix would change."""

    tag = "Configuration"

    @answers_page(TouchedShape, query=TouchedQuery)
    def list(self, request: Request, rules: str) -> Response:
        """Which initiatives gain or lose which duties, and by which rule. For the office and auditors."""
        trial = self._trial(rules, self._draft(rules))
        rows = Initiative.objects.filter(pk__in=trial.touched(self.asked.get("effect", ""))).select_related("unit")
        shown = rows.only("name", "stage", "risk_tier", "unit__name", "unit__short_name")
        return self.page(shown, AS_MADE, lambda row: touched(row, trial.of[row.pk]))

    @action(detail=False, methods=["get"])
    @answers(TrialShape, query=TrialQuery)
    def summary(self, request: Request, rules: str) -> Response:
        """The same in figures. For the office and auditors."""
        draft = self._draft(rules)
        trial = self._trial(rules, draft)
        told: TrialShape = {
            "gaining": trial.gaining,
            "losing": trial.losing,
            "gained": _counted(trial.counts(gains=True)),
            "lost": _counted(trial.counts(gains=False)),
            "changed_rules": [{"code": code, "name": name} for code, name in _changed(draft)],
            "open_reviews": [*open_reviews(rules)],
        }
        return self.answer(told)

    def _draft(self, kind: str) -> ConfigurationVersion:
        draft = draft_to_try(kind, reader=self.person)
        if draft is None:
            raise Http404("There is no draft to try.")
        return draft

    def _trial(self, kind: str, draft: ConfigurationVersion) -> Trial:
        asked = self.asked
        rule = asked.get("rule", "")
        if rule and rule not in dict(_changed(draft)):
            raise wrong_parameters({"rule": ["The draft changes no rule with this code."]})
        visible = Initiative.objects.visible_to(self.person)
        rows = narrowed(visible, stage=asked.get("stage", ""), unit=asked.get("unit"))
        return trial_of(kind, draft.content, rows, rule)


def touched(row: Initiative, group: Group) -> TouchedShape:
    return {
        "reference": row.reference,
        "name": row.name,
        "stage": row.stage,
        "risk_tier": row.risk_tier or None,
        "unit": named(row.unit),
        "gains": [_change(each) for each in group.gains],
        "losses": [_change(each) for each in group.losses],
    }


def _change(change: Change) -> TrialChangeShape:
    return {
        "what": change.item.what,
        "id": change.item.key,
        "text": change.text,
        "gate": change.gate,
        "rules": [rule_drawn(rule) for rule in change.rules],
    }


def _counted(counts: Iterable[tuple[str, int]]) -> list[CountedShape]:
    return [{"text": text, "initiatives": count} for text, count in counts]


def _changed(draft: ConfigurationVersion) -> list[tuple[str, str]]:
    return changed_rules(draft, ConfigurationVersion.objects.all_latest().filter(kind=draft.kind).first())
