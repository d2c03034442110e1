"""What comes next for an initiative without an open review: its gates, what they ask, and whether one can be opened."""

from dataclasses import dataclass
from functools import cached_property

from aiso.web import figures
from portfolio.models import Initiative, Stage

from .actions.open_review import why_not_open
from .askings import gates_ahead_of, is_shown_again, told_of_passing
from .lines import Line, Mark, Part, lines_of, names_of_functions, parts_of, versions_of
from .models import GateReview
from .rules import Gate, joined
from .standing import next_asked


@dataclass(frozen=True)
class Opening:
    """The next gate of one initiative, or none. `refusal` tells why no review of it can be opened now."""

    initiative: Initiative
    gates: tuple[Gate, ...]
    lines: list[Line]
    sign_offs: list[Mark]
    refusal: str

    @property
    def parts(self) -> list[Part]:
        return parts_of(self.lines, {gate.code: gate.name for gate in self.gates})

    @property
    def title(self) -> str:
        return joined([gate.name for gate in self.gates])

    @property
    def leads_to(self) -> str:
        return str(Stage(self.gates[-1].moves_to).label) if self.gates else ""

    @property
    def is_shown_again(self) -> bool:
        return is_shown_again(self.initiative, self.gates)

    @cached_property
    def passed(self) -> str:
        """How it came where the last gate leads."""
        return told_of_passing(self.initiative, self.gates)

    @property
    def lacks_tier(self) -> bool:
        """Whether its risk questions are what keeps a review from being opened."""
        stands = self.is_shown_again or self.initiative.stage == Stage.PAUSED
        return bool(self.gates and self.refusal) and not stands

    @property
    def met(self) -> int:
        return sum(1 for line in self.lines if line.standing.is_met)

    @property
    def missing(self) -> list[Line]:
        return [line for line in self.lines if not line.standing.is_met]

    @cached_property
    def says(self) -> str:
        """What is there already, in a sentence."""
        if not self.gates:
            return self.refusal
        known = f"{self.met} of {figures.plural(len(self.lines), 'requirement')} {'is' if self.met == 1 else 'are'} met"
        if self.is_shown_again:
            return f"{self.passed}. {known}."
        signing = f"; {figures.plural(len(self.sign_offs), 'function signs', 'functions sign')} off"
        return f"{known}{signing if self.sign_offs else ''}. Approval leads to {self.leads_to.lower()}."


def opening_of(initiative: Initiative) -> Opening:
    """A fixed number of queries."""
    gates = gates_ahead_of([initiative])[initiative.pk]
    standings, sign_offs = next_asked(initiative)
    versions = versions_of(initiative.pk, (each.requirement.code for each in standings))
    marks = names_of_functions(sign_offs)
    lines = lines_of(standings, marks, versions)
    signing = [marks[slug] for slug in sign_offs if slug in marks]
    return Opening(initiative, gates, lines, signing, why_not_open(initiative, gates))


def open_review_of(initiative: Initiative) -> GateReview | None:
    return GateReview.objects.open().filter(initiative=initiative).select_related("gates_version").first()
