"""What other questions would change: answers that are lost, and tiers or classes that move."""

from typing import Any

from django.db import connection
from psycopg import sql

from aiso.web import figures

from ..classes import KINDS_OF_ACT, KINDS_OF_TIER
from ..models import QuestionSet
from ..models.risk import AiActClass, RiskTier

# Moves that are told one by one; the rest is counted.
NAMED = 4
# One row for each move between levels: from, to, initiatives, initiatives that lose answers, answers lost.
FORESEE = sql.SQL("""
    WITH coming AS (
        SELECT * FROM unnest(%(questions)s::text[], %(options)s::text[], %(sets)s::text[]) AS c(question, option, sets)
    ), given AS (
        SELECT a.initiative_id, c.sets, c.question IS NULL AS is_lost
        FROM portfolio_answer AS a
        JOIN portfolio_question AS q ON q.id = a.question_id
        JOIN portfolio_answeroption AS o ON o.id = a.option_id
        LEFT JOIN coming AS c ON c.question = q.code AND c.option = o.code
        WHERE q.question_set_id = %(own)s
        UNION ALL
        SELECT a.initiative_id, o.sets, false
        FROM portfolio_answer AS a
        JOIN portfolio_question AS q ON q.id = a.question_id
        JOIN portfolio_answeroption AS o ON o.id = a.option_id
        WHERE q.question_set_id = ANY(%(others)s)
    ), judged AS (
        SELECT initiative_id, coalesce(max(array_position(%(order)s::text[], sets)), 0) AS place,
            count(*) FILTER (WHERE is_lost) AS lost
        FROM given GROUP BY initiative_id
    )
    SELECT i.{level}, CASE WHEN place = 0 AND i.{set_by} IS NULL THEN i.{level}
            ELSE coalesce((%(order)s::text[])[place], '') END,
        count(*), count(*) FILTER (WHERE lost > 0), coalesce(sum(lost), 0)::bigint
    FROM judged JOIN portfolio_initiative AS i ON i.id = judged.initiative_id
    GROUP BY 1, 2
""")


def foresee(kind: QuestionSet.Kind, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    """The consequences in sentences; `old` and `new` are questions with their options."""
    is_act = kind in KINDS_OF_ACT
    labels = dict(AiActClass.choices if is_act else RiskTier.choices)
    rows = _moves(kind, new)
    told = [_lost(sum(row[4] for row in rows), sum(row[3] for row in rows))]
    known = {question["code"] for question in old}
    if added := sum(1 for question in new if question["code"] not in known):
        verb = "is" if added == 1 else "are"
        told.append(f"{figures.plural(added, 'question')} {verb} new, and open on every initiative until answered.")
    moved = [(labels.get(was, "none"), labels.get(to, "none"), count) for was, to, count, *_ in rows if was != to]
    told.append(_moved("class" if is_act else "tier", moved))
    return told


def _moves(kind: QuestionSet.Kind, new: list[dict[str, Any]]) -> list[tuple[str, str, int, int, int]]:
    kinds = KINDS_OF_ACT if kind in KINDS_OF_ACT else KINDS_OF_TIER
    order = [str(each) for each in (AiActClass if kinds is KINDS_OF_ACT else RiskTier)]
    in_force = {each.kind: each.pk for each in QuestionSet.objects.all_in_force().filter(kind__in=kinds)}
    options = [(question["code"], option["code"], option["sets"]) for question in new for option in question["options"]]
    names = ("ai_act_class", "ai_act_set_by_id") if kinds is KINDS_OF_ACT else ("risk_tier", "risk_tier_set_by_id")
    statement = FORESEE.format(level=sql.Identifier(names[0]), set_by=sql.Identifier(names[1])).as_string()
    columns = dict(zip(("questions", "options", "sets"), zip(*options, strict=True), strict=False))
    told = {name: [*columns.get(name, ())] for name in ("questions", "options", "sets")}
    others = [pk for other, pk in in_force.items() if other != kind]
    with connection.cursor() as cursor:
        cursor.execute(statement, {**told, "own": in_force.get(kind), "others": others, "order": order})
        moves: list[tuple[str, str, int, int, int]] = cursor.fetchall()
    return moves


def _lost(answers: int, initiatives: int) -> str:
    if not answers:
        return "No answer is lost."
    those = figures.plural(initiatives, "initiative")
    return (
        f"{figures.plural(answers, 'answer')} of {those} {'is' if answers == 1 else 'are'} lost with what is removed."
    )


def _moved(what: str, moves: list[tuple[str, str, int]]) -> str:
    total = sum(count for *_, count in moves)
    if not total:
        return f"No initiative changes its {what}."
    moves = sorted(moves, key=lambda move: -move[2])
    named = ", ".join(f"{figures.number(count)} from {was} to {to}" for was, to, count in moves[:NAMED])
    rest = sum(count for *_, count in moves[NAMED:])
    more = f" and {figures.number(rest)} otherwise" if rest else ""
    verb = "changes" if total == 1 else "change"
    return f"{figures.plural(total, 'initiative')} {verb} {what}: {named}{more}."
