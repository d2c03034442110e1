"""A risk as lists and its page show it: scores in words, and how it stands with its acceptance."""

from dataclasses import dataclass

from .heat_map import level_of
from .models import Impact, Likelihood, Risk
from .models.register_risk import BASES


@dataclass(frozen=True)
class ScoreLine:
    """Likelihood, impact and score of a risk, before or after treatment, in words."""

    label: str
    likelihood: str
    impact: str
    score: int
    is_above: bool

    @property
    def level(self) -> str:
        return level_of(self.score).lower()


def score_line(risk: Risk, basis: str, appetite: int) -> ScoreLine:
    likelihood, impact = (getattr(risk, name) for name in BASES[basis])
    label = "After treatment" if basis == "residual" else "Before treatment"
    score = likelihood * impact
    return ScoreLine(label, Likelihood(likelihood).label, Impact(impact).label, score, score > appetite)


@dataclass(frozen=True)
class RiskRow:
    """A risk as lists show it."""

    risk: Risk
    told: str
    inherent: ScoreLine
    residual: ScoreLine


def row_of(risk: Risk, appetite: int) -> RiskRow:
    lines = [score_line(risk, basis, appetite) for basis in ("inherent", "residual")]
    return RiskRow(risk, acceptance_of(risk), *lines)


def acceptance_of(risk: Risk) -> str:
    """How it stands with its acceptance, in words."""
    held = risk.last_acceptance
    if held is None:
        return "Not accepted"
    if held.is_expired:
        return "Expired"
    return "Expiring" if held.is_expiring else "Accepted"
