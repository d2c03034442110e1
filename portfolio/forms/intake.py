"""The intake's questions, a form a step, in words for somebody who is no AI expert."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aiso import clock
from aiso.accounts.forms import UnitField
from aiso.web.forms import DayInput, LongSelect, MoneyField, PersonField, TagSelect

from ..actions.answer_questions import UNSUSPECTED
from ..models import Bucket, Initiative, Jurisdiction, Objective, OutcomeMetric, Question, QuestionSet, Tool, Workflow
from ..models.plan import BENEFITS
from .intake_decisions import DecisionsForm
from .intake_step import StepForm
from .plan import MonthField
from .seen import EntriesField

YES_NO = [("yes", "Yes"), ("no", "No")]
# Characters of a long answer, and of the name of a tool; tools that one request may add to the list.
LONGEST, LONGEST_NAME, MOST_TOOLS = 10_000, 200, 10
TIER, USE, REASON = "tier-", "use-", "-reason"
# The questions that ask for each kind of benefit, a year.
BENEFITS_ASKED = {kind: f"benefit_{kind.value}" for kind in BENEFITS}
# Facts of the initiative that a risk question asks, too: where it is in force, one answer does for both.
SAME_AS = {"is_rights_impacting": "decides-about-people", "is_safety_impacting": "safety"}


def written(rows: int = 4) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class CaseForm(StepForm):
    slug, title = "case", "Business case"
    about = "What is the problem, and what would AI do about it?"

    name = forms.CharField(
        label="What do you want to call it?", max_length=300, help_text="A few words that colleagues will understand."
    )
    business_case = forms.CharField(
        label="What is the problem, and what does it cost today?",
        max_length=LONGEST,
        widget=written(),
        help_text="Time, money, errors or complaints; a rough figure is better than none.",
    )
    summary = forms.CharField(
        label="What would the AI do?",
        max_length=LONGEST,
        widget=written(),
        help_text="One paragraph: what goes in, what comes out, and who uses it.",
    )
    unit = UnitField(label="Which business unit is it for?", required=True, empty_label="Choose a unit")
    objective = forms.ModelChoiceField(
        Objective.objects.active(),
        label="Which company goal does it serve?",
        required=False,
        empty_label="None of these, or not sure",
        widget=LongSelect,
    )
    bucket = forms.ModelChoiceField(
        Bucket.objects.active(), label="What kind of work does it change?", required=False, empty_label="Not sure"
    )
    business_owner = PersonField(
        label="Who answers for the outcome?", help_text="The business owner, in the unit that wants it. Often you."
    )
    is_confidential = forms.BooleanField(
        label="Keep it confidential",
        required=False,
        help_text="Then only its owners, the office and auditors see it, not the whole company.",
    )


class OutcomeForm(StepForm):
    slug, title = "outcome", "Outcome"
    about = "What gets better, and how will we know?"

    outcome = forms.CharField(
        label="What gets better, and for whom?",
        max_length=LONGEST,
        widget=written(),
        help_text="E.g. Service customers get a delivery date on the same day instead of after three.",
    )
    metric_name = forms.CharField(
        label="How would you measure it?", required=False, max_length=200, help_text="E.g. days until an answer."
    )
    metric_unit = forms.CharField(label="In what unit?", required=False, max_length=40, help_text="E.g. days, %, €.")
    metric_direction = forms.ChoiceField(
        label="Which way is better?",
        choices=OutcomeMetric.Direction.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    baseline = forms.DecimalField(label="What is it today?", required=False, max_digits=18, decimal_places=4)
    baseline_on = forms.DateField(label="Measured on", required=False, widget=DayInput)
    baseline_source = forms.CharField(
        label="Where does that figure come from?",
        required=False,
        max_length=300,
        help_text="A report, a system, a count.",
    )
    target = forms.DecimalField(label="What should it be?", required=False, max_digits=18, decimal_places=4)
    horizon_on = forms.DateField(label="By when?", required=False, widget=DayInput)

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        follow = {
            "metric_name": any(told.get(name) not in (None, "") for name in ("metric_unit", "baseline", "target")),
            "metric_unit": bool(told.get("metric_name")),
            "metric_direction": bool(told.get("metric_name")),
            "baseline_on": told.get("baseline") is not None,
            "baseline_source": told.get("baseline") is not None,
        }
        for name, needed in follow.items():
            if needed and not told.get(name) and name not in self.errors:
                self.add_error(name, ValidationError("Needed with the answers beside it.", code="required"))
        self._check_figures(told)
        return told

    def _check_figures(self, told: Mapping[str, Any]) -> None:
        """A target is better than today, and follows it."""
        baseline, target, better = told.get("baseline"), told.get("target"), told.get("metric_direction")
        if baseline is not None and target is not None and better:
            is_better = target > baseline if better == OutcomeMetric.Direction.UP else target < baseline
            if not is_better:
                self.add_error("target", "This is not better than today, going by which way is better.")
        measured_on, due_on = told.get("baseline_on"), told.get("horizon_on")
        if measured_on and measured_on > clock.today():
            self.add_error("baseline_on", "This day is still to come.")
        if measured_on and due_on and due_on <= measured_on:
            self.add_error("horizon_on", "This is not after the day of today’s figure.")


class WorkForm(StepForm):
    slug, title = "work", "Users and workflow"
    about = "Whose work changes, and who sees the result?"

    workflow = forms.ModelChoiceField(
        Workflow.objects.active(),
        label="Which business process does it change?",
        required=False,
        empty_label="None of these, or not sure",
        widget=LongSelect,
    )
    users = forms.CharField(
        label="Who would use it, and how many are they?",
        max_length=LONGEST,
        widget=written(2),
        help_text="E.g. 40 clerks in customer service, every day.",
    )
    is_customer_facing = forms.ChoiceField(
        label="Will customers or the public see what it produces?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text="An answer that a person reads and sends still counts.",
    )
    employee_effect = forms.ChoiceField(
        label="What does it do to the work of employees?",
        choices=Initiative.EmployeeEffect.choices,
        widget=forms.RadioSelect,
    )
    jurisdictions = EntriesField(
        Jurisdiction.objects.active(),
        label="Where would it be used?",
        widget=TagSelect,
        help_text="As far as the law differs.",
    )


class DataForm(StepForm):
    slug, title = "data", "Data"
    about = "What does it read, and how delicate is that?"

    data_sources = forms.CharField(
        label="Which data does it need, and from where?",
        max_length=LONGEST,
        widget=written(),
        help_text="Systems, files, mailboxes; one a line.",
    )
    data_sensitivity = forms.ChoiceField(
        label="What is the most delicate kind of data it reads?",
        choices=Initiative.DataSensitivity.choices,
        widget=forms.RadioSelect,
        help_text="Names, addresses and anything a customer marked confidential count, also inside free text.",
    )


class RiskForm(StepForm):
    slug, title = "risk", "Risk"
    about = "What could go wrong, and for whom?"

    is_rights_impacting = forms.ChoiceField(
        label="Does it influence decisions on people’s rights or chances?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text="Jobs, credit, benefits, education, access to services.",
    )
    is_safety_impacting = forms.ChoiceField(
        label="Could an error hurt somebody or damage something?", choices=YES_NO, widget=forms.RadioSelect
    )

    def __init__(self, answers: Mapping[str, Any], *, asked: Iterable[Question] = ()) -> None:
        super().__init__(answers)
        questions = [*asked]
        codes = {question.code for question in questions}
        for name in [name for name, code in SAME_AS.items() if code in codes]:
            del self.fields[name]
        for question in questions:
            if question.question_set.kind == QuestionSet.Kind.PROHIBITED_USE:
                self._ask_use(question)
            else:
                self.fields[f"{TIER}{question.code}"] = _choice(question)

    def _ask_use(self, question: Question) -> None:
        name = f"{USE}{question.code}"
        self.fields[name] = _choice(question)
        self.fields[f"{name}{REASON}"] = forms.CharField(
            label="Why?", required=False, max_length=1000, help_text="Say why, in a sentence."
        )

    def clean(self) -> dict[str, Any]:
        for name in [name for name in self.fields if name.endswith(REASON)]:
            answer = self.cleaned_data.get(name.removesuffix(REASON))
            if answer and answer != UNSUSPECTED and not self.cleaned_data.get(name):
                self.add_error(name, ValidationError("Say why, in a sentence.", code="required"))
        return self.cleaned_data


class ToolsForm(StepForm):
    slug, title = "tools", "Tools"
    about = "What would it be built with, and what must it connect to?"

    tools = EntriesField(
        Tool.objects.active(),
        label="Which tools or models would it use?",
        required=False,
        widget=TagSelect,
        help_text="Approved tools need no procurement review.",
    )
    no_tools = forms.BooleanField(label="It needs no tool", required=False)
    other_tools = forms.CharField(
        label="Does it need a tool that the list lacks?",
        required=False,
        max_length=1000,
        widget=written(2),
        help_text="One a line. It comes onto the list as not approved yet, which takes the full lane.",
    )
    integrations = forms.CharField(
        label="Which systems would it be connected to?",
        required=False,
        max_length=LONGEST,
        widget=written(2),
    )

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if not (told.get("tools") or told.get("other_tools") or told.get("no_tools") or "other_tools" in self.errors):
            self.add_error(
                "tools", ValidationError("Choose a tool, name one, or say that it needs none.", code="required")
            )
        return told

    def clean_other_tools(self) -> list[str]:
        """The names, one a line."""
        lines = str(self.cleaned_data["other_tools"]).splitlines()
        names = list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
        if len(names) > MOST_TOOLS or any(len(name) > LONGEST_NAME for name in names):
            raise ValidationError(f"At most {MOST_TOOLS} tools, each with a name of up to {LONGEST_NAME} characters.")
        return names


def _sum(label: str, help_text: str) -> MoneyField:
    return MoneyField(label=label, required=False, min_value=0, help_text=help_text)


class MoneyForm(StepForm):
    slug, title = "money", "Timeline and money"
    about = "When, and for how much?"

    starts_on = forms.DateField(label="When could it begin?", required=False, widget=DayInput)
    wanted_on = forms.DateField(label="When do you need it in use?", required=False, widget=DayInput)
    requested_amount = MoneyField(
        label="How much money do you ask for now?",
        min_value=0,
        help_text="Until the first decision, e.g. for a trial. 0 if none. You can write 60k.",
    )
    money_for = forms.CharField(label="What would it pay for?", required=False, max_length=LONGEST, widget=written(2))
    benefit_from = MonthField(
        label="From which month would it bring a benefit?",
        required=False,
        help_text="What you write here and below is the first version of its plan; it is refined later.",
    )
    benefit_cashable = _sum("Money that the company would no longer spend, a year", "Cashable: a budget gets smaller.")
    benefit_capacity = _sum("Working time it would free, in money a year", "Capacity: people get other work done.")
    benefit_cost_avoidance = _sum("Cost that would not arise, a year", "Cost avoidance: e.g. fines, outages, hires.")
    benefit_revenue = _sum("More revenue, a year", "What customers would pay on top.")
    build_cost = _sum("What would it cost to build, all in all?", "Until it is in use. A rough figure is enough.")
    run_cost = _sum("What would it cost to run, a year?", "Licences, computing, support.")

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        starts, wanted = told.get("starts_on"), told.get("wanted_on")
        if starts and wanted and wanted < starts:
            self.add_error("wanted_on", "This is before it begins.")
        yearly = any(told.get(name) for name in (*BENEFITS_ASKED.values(), "run_cost"))
        if yearly and not told.get("benefit_from") and "benefit_from" not in self.errors:
            self.add_error("benefit_from", ValidationError("Needed with the sums below it.", code="required"))
        return told


STEPS: tuple[type[StepForm], ...] = (
    CaseForm,
    OutcomeForm,
    WorkForm,
    DecisionsForm,
    DataForm,
    RiskForm,
    ToolsForm,
    MoneyForm,
)


def _choice(question: Question) -> forms.ChoiceField:
    options = [(option.code, option.text) for option in question.options.all()]
    return forms.ChoiceField(
        label=question.text, choices=options, widget=forms.RadioSelect, help_text=question.help_text
    )
