"""A new version of the questions: its rows, the answers carried over, and what follows for every initiative."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from aiso import clock
from aiso.errors import DomainError

from ..classes import KINDS_OF_ACT, KINDS_OF_TIER
from ..models import AnswerOption, Question, QuestionSet
from ..models.risk import AiActClass, RiskTier
from .conclude_lanes import conclude_all_lanes
from .whole_register import for_all

Kind = QuestionSet.Kind
# Any number that nothing else in this database locks by, and within it the kind's place.
ANSWERING = 20_260_002
CARRY = """
    INSERT INTO portfolio_answer
        (initiative_id, question_id, option_id, answered_by_id, answered_at, reason, is_carried)
    SELECT a.initiative_id, asked.id, possible.id, a.answered_by_id, a.answered_at, a.reason, true
    FROM portfolio_answer AS a
    JOIN portfolio_question AS q ON q.id = a.question_id
    JOIN portfolio_answeroption AS o ON o.id = a.option_id
    JOIN portfolio_question AS asked ON asked.question_set_id = %(coming)s AND asked.code = q.code
    JOIN portfolio_answeroption AS possible ON possible.question_id = asked.id AND possible.code = o.code
    WHERE q.question_set_id = %(before)s
    ON CONFLICT (initiative_id, question_id) DO NOTHING
"""
# classes.highest for many rows. An imported level that no answer ever set stays.
CONCLUDE = sql.SQL("""
    UPDATE portfolio_initiative AS i
    SET {level} = coalesce(best.sets, ''), {set_by} = best.question_id,
        changed_at = CASE WHEN i.{level} = coalesce(best.sets, '') THEN i.changed_at ELSE %(now)s END
    FROM portfolio_initiative AS each LEFT JOIN (
        SELECT DISTINCT ON (a.initiative_id) a.initiative_id, o.sets, a.question_id
        FROM portfolio_answer AS a
        JOIN portfolio_question AS q ON q.id = a.question_id
        JOIN portfolio_answeroption AS o ON o.id = a.option_id
        WHERE a.initiative_id > %(after)s AND a.initiative_id <= %(to)s
            AND q.question_set_id = ANY(%(sets)s) AND o.sets <> ''
        ORDER BY a.initiative_id, array_position(%(order)s::text[], o.sets::text) DESC,
            array_position(%(sets)s::bigint[], q.question_set_id), q.position
    ) AS best ON best.initiative_id = each.id
    WHERE i.id = each.id AND i.id > %(after)s AND i.id <= %(to)s
        AND (best.question_id IS NOT NULL OR i.{set_by} IS NOT NULL)
        AND (i.{level}, i.{set_by}) IS DISTINCT FROM (coalesce(best.sets, ''), best.question_id)
""")


@transaction.atomic
def add_question_set(kind: str, version: int, questions: Iterable[dict[str, Any]]) -> QuestionSet:
    """The rows of a version that was published. It is asked once the answers are carried over.

    Each question has `code`, `text`, `help_text` and its `options`, each with `code`, `text` and `sets`.
    """
    question_set = QuestionSet.objects.create(kind=kind, version=version)
    for position, told in enumerate(questions):
        plain = {name: told[name] for name in ("code", "text", "help_text")}
        question = Question.objects.create(question_set=question_set, position=position, **plain)
        AnswerOption.objects.bulk_create(
            AnswerOption(question=question, position=place, **option) for place, option in enumerate(told["options"])
        )
    return question_set


def bring_in(kind: str) -> None:
    """Let the versions that were published be asked, and conclude from the answers. Repeating it changes nothing."""
    for coming in QuestionSet.objects.coming().filter(kind=kind).order_by("version"):
        _carry_over(coming)
    conclude_all(kind)
    if kind in KINDS_OF_TIER:
        conclude_all_lanes()


def conclude_all(kind: str) -> None:
    """Work out the tier or the class of every initiative anew, with the question that set it."""
    is_act = kind in KINDS_OF_ACT
    level, set_by = ("ai_act_class", "ai_act_set_by_id") if is_act else ("risk_tier", "risk_tier_set_by_id")
    # As text: the history looks into statements.
    statement = CONCLUDE.format(level=sql.Identifier(level), set_by=sql.Identifier(set_by)).as_string()
    order = [str(each) for each in (AiActClass if is_act else RiskTier)]
    for_all(partial(_conclude_batch, statement, order, KINDS_OF_ACT if is_act else KINDS_OF_TIER))


def hold_version(kind: str) -> None:
    """Keep the version in force until the transaction ends. DomainError while a new one is being brought in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s, %s)", [ANSWERING, _place(kind)])
        (held,) = cursor.fetchone() or (False,)
    if not held:
        raise DomainError("A new version of the questions is being brought in. Answer again in a minute.")


@transaction.atomic
def _carry_over(coming: QuestionSet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ANSWERING, _place(coming.kind)])
        if QuestionSet.objects.asked().filter(pk=coming.pk).exists():
            return  # another worker was quicker
        before = QuestionSet.objects.asked().filter(kind=coming.kind).order_by("-version").first()
        if before:
            cursor.execute(CARRY, {"coming": coming.pk, "before": before.pk})
    QuestionSet.objects.filter(pk=coming.pk).update(published_at=clock.now())


def _conclude_batch(statement: str, order: list[str], kinds: Sequence[str], after: int, to: int) -> None:
    in_force = {each.kind: each.pk for each in QuestionSet.objects.all_in_force().filter(kind__in=kinds)}
    sets = [in_force[kind] for kind in kinds if kind in in_force]
    with connection.cursor() as cursor:
        cursor.execute(statement, {"order": order, "sets": sets, "after": after, "to": to, "now": clock.now()})


def _place(kind: str) -> int:
    return [*Kind.values].index(kind)
