"""How reviews, requirements and evidence read in the history of their initiative."""

from aiso.audit.history import Told

from .models import Evidence, GateReview

TOLD = (
    Told(
        GateReview,
        says=lambda review: f"Review of {', '.join(review.gates).replace('-', ' ')}, attempt {review.attempt}",
        # Sums are for fewer people than the history is.
        hide=(
            "amount", "gates", "attempt", "lane", "to_stage", "gates_version", "matrix_version", "rights_version",
            "opened_by", "opened_at", "submitted_by",
        ),
    ),
    Told(
        Evidence,
        says=lambda evidence: f"Evidence: {evidence.told}, version {evidence.version}",
        hide=("code", "version", "kind", "attachment", "link", "given_by", "given_at", "withdrawn_by"),
    ),
)  # fmt: skip
