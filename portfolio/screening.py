"""What the screening for prohibited uses has not settled yet (DESIGN §4)."""

from django.db.models import Exists, OuterRef, QuerySet

from .gaps import SETTLED
from .models import Answer, Initiative, Question, QuestionSet


def unsettled_uses(initiative: Initiative) -> QuerySet[Question]:
    """The prohibited uses in force that are answered neither with no nor with yes for an initiative."""
    in_force = QuestionSet.objects.in_force(QuestionSet.Kind.PROHIBITED_USE)
    settled = Answer.objects.filter(initiative=initiative, question=OuterRef("pk"), option__code__in=SETTLED)
    return Question.objects.filter(~Exists(settled), question_set=in_force).order_by("position")
