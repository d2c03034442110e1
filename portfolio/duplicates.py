"""Likely duplicates of a draft: found by index however large the register is, then scored one by one.

The rarest words of the draft lead to the few initiatives that say them; a mistyped word is mended first by the
trigrams of the words that the register knows. How often words are said is counted over ordinary initiatives alone,
so neither a row nor a score tells of a confidential one to those who may not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import BooleanField, F, Func, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from aiso.accounts.models import User

from .lessons import Lesson, lessons_of
from .likeness import LEAST, NAMES, Match, Term, Told, degree_of, matches, score_of, weight_of
from .models import Initiative, SearchWord, Stage
from .models.initiative import InitiativeQuerySet
from .search import nearest

# Characters of a draft that are read; a page is about 3,000.
LONGEST_NAME, LONGEST_TEXT = 300, 20_000
# Unknown words that are mended, those of the name first.
MENDED = 12
# How many words lead to candidates alone, and the initiatives that they may lead to altogether.
LEADS, LED_TO = 16, 1500
# How many pairs of commoner words lead to candidates, and the initiatives that such a pair should lead to at most.
PAIRS, FEW = 6, 300
# Candidates by their words, and how many of them, by their words and the trigrams of their names, are scored.
RANKED, SCORED = 200, 40
# Matching words that a likeness tells.
TOLD_WORDS = 8
# A closed initiative ranks as one that is this much as alike.
CLOSED_COUNTS = 0.8
# Below it a closed one without a lesson is not told: an equal name alone makes as much.
CLOSED_LEAST = NAMES

# Each word once, as first written, with its stem, how many say it, and the known words that share trigrams with an
# unknown one. Which dictionary stems which type of token is as in the English configuration; numbers and markup do not
# count.
WORDS = """
    WITH said AS (
        SELECT DISTINCT ON (lower(token)) token, part, place,
               (CASE WHEN tokid IN (1, 2, 10, 11, 16, 17) THEN ts_lexize('english_stem', token)
                     ELSE ts_lexize('simple', token) END)[1] AS stem
        FROM (
            SELECT 1 AS part, * FROM ts_parse('default', %s) WITH ORDINALITY
            UNION ALL
            SELECT 2, * FROM ts_parse('default', %s) WITH ORDINALITY
        ) AS parsed (part, tokid, token, place)
        WHERE tokid NOT IN (7, 8, 12, 13, 14, 20, 21, 22, 23) AND length(token) <= 100
        ORDER BY lower(token), part, place
    ), known AS (
        SELECT said.*, (SELECT max(k.share) FROM portfolio_searchword k WHERE k.stem = said.stem) AS share
        FROM said WHERE stem IS NOT NULL
    ), numbered AS (
        SELECT known.*, count(*) FILTER (WHERE share IS NULL) OVER (ORDER BY part, place) AS unknown FROM known
    )
    SELECT token, part = 1, stem, share,
           CASE WHEN share IS NULL AND unknown <= %s THEN ARRAY(
               SELECT ARRAY[k.word, k.stem, k.share::text] FROM portfolio_searchword k WHERE k.word %% lower(token)
           ) END,
           (SELECT max(id) FROM portfolio_initiative)
    FROM numbered ORDER BY part, place
"""
# `asked` is each question with its weight; what stands for {one} are the initiatives that answer `asked.query`.
CANDIDATES = """
    SELECT best.id
    FROM (
        SELECT found.id, sum(found.weight) AS weight
        FROM (
            SELECT one.id, asked.weight
            FROM unnest(%s::tsquery[], %s::float[]) AS asked (query, weight) CROSS JOIN LATERAL ({one}) AS one (id)
            UNION ALL
            SELECT same.id, %s FROM ({same}) AS same (id)
        ) AS found
        GROUP BY found.id ORDER BY weight DESC, found.id DESC LIMIT %s
    ) AS best JOIN portfolio_initiative AS named USING (id)
    ORDER BY best.weight / %s + similarity(named.name, %s) DESC, best.id DESC LIMIT %s
"""
# Fixed texts, and values that are parameters.
ANSWERS = RawSQL("portfolio_initiative.search @@ asked.query", (), output_field=BooleanField())


@dataclass(frozen=True)
class Likeness:
    """An initiative that a draft is like: how much, from LEAST to 1, and the words that both have; of one that ended
    also what was learnt there.
    """

    initiative: Initiative
    score: float
    words: tuple[Match, ...]
    lesson: Lesson | None = None

    @property
    def degree(self) -> str:
        """The score in words."""
        return degree_of(self.score)

    @property
    def by_part(self) -> list[tuple[str, list[str]]]:
        """The words that both have, under the part of the initiative that has them."""
        parts: dict[str, list[str]] = {}
        for match in self.words:
            parts.setdefault(match.part, []).append(match.word)
        return [(part, parts[part]) for part in ("name", "summary", "outcome") if part in parts]


def likely_duplicates(
    user: User,
    *,
    name: str,
    summary: str = "",
    outcome: str = "",
    besides: Initiative | None = None,
    most: int = 5,
    only_ended: bool = False,
) -> list[Likeness]:
    """The initiatives that `user` may see and that the draft is like, the likest first; three queries at most, two more
    where closed ones are among them.

    The score is that of `likeness.score_of`. What is merged or off the register is left out; closed ones are told when
    they are very alike, or with what was learnt there, and stand after running ones that are nearly as alike. `besides`
    is the initiative that the draft is of; `only_ended` leaves those with a lesson alone.
    """
    name, text = _clean(name[:LONGEST_NAME]), _clean(f"{summary[:LONGEST_TEXT]}\n{outcome[:LONGEST_TEXT]}")
    visible = Initiative.objects.visible_to(user).on_register().exclude(stage=Stage.MERGED).order_by()
    if besides is not None:
        visible = visible.exclude(pk=besides.pk)
    if only_ended:
        visible = visible.filter(stage=Stage.CLOSED)
    draft, size = _read(name, text)
    if not draft or visible.query.is_empty():
        return []
    found = _with_lessons(user, _scored(draft, _candidates(draft, size, visible, name), name))
    if only_ended:
        found = [each for each in found if each.lesson]
    found.sort(key=lambda each: (-each.score * (CLOSED_COUNTS if _is_closed(each) else 1), -each.initiative.pk))
    return [each for each in found if each.score >= _least(each)][:most]


def _with_lessons(user: User, found: list[Likeness]) -> list[Likeness]:
    """The same, those that ended with what was learnt there."""
    lessons = lessons_of([each.initiative.pk for each in found if _is_closed(each)], user)
    return [replace(each, lesson=lessons.get(each.initiative.pk)) for each in found]


def _least(likeness: Likeness) -> float:
    """The score from which it is told; one that ended without a lesson must be liker."""
    return CLOSED_LEAST if _is_closed(likeness) and not likeness.lesson else LEAST


def _clean(text: str) -> str:
    """The text without what Postgres cannot hold."""
    return text.replace("\0", " ").encode(errors="ignore").decode().strip()


def _read(name: str, text: str) -> tuple[list[Term], int]:
    """The words of the draft, one for each stem, and about how large the register is."""
    if not name and not text:
        return [], 0
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [name, text, MENDED])
        rows = cursor.fetchall()
    terms: dict[str, Term] = {}
    for word, in_name, stem, share, neighbours, _ in rows:
        if tells(stem) and stem not in terms:
            terms[stem] = _term(word, in_name, stem, share, neighbours or [])
    return [*terms.values()], rows[0][-1] or 0 if rows else 0


def _term(word: str, in_name: bool, stem: str, share: float | None, neighbours: list[list[str]]) -> Term:
    """A word, an unknown one with the stems of the known words that it is a slip of."""
    near = nearest(word.lower(), [(each, near) for each, near, _ in neighbours])
    shares = [float(share) for each, _, share in neighbours if each in near]
    stems = dict.fromkeys([stem, *near.values()])
    return Term(word, (*stems,), share or max(shares, default=0), in_name)


def tells(stem: str) -> bool:
    """Numbers alone tell nothing."""
    return any(map(str.isalpha, stem))


def _candidates(draft: Sequence[Term], size: int, visible: InitiativeQuerySet, name: str) -> InitiativeQuerySet:
    """The initiatives that say most of the draft's rarest words, or have its very name."""
    questions = _questions(draft, size)
    whole = sum(questions.values()) or 1
    one, one_values = _sql(visible.filter(ANSWERS)[:LED_TO])
    same, same_values = _sql(visible.alias(lowered=Lower("name")).filter(lowered=Lower(Value(name)))[:SCORED])
    values = [
        [*questions],
        [*questions.values()],
        *one_values,
        whole,
        *same_values,
        RANKED,
        whole,
        name,
        SCORED,
    ]
    # Every value in it is a parameter, and what fills its places is what Django wrote.
    return Initiative.objects.filter(pk__in=RawSQL(CANDIDATES.format(one=one, same=same), values))  # noqa: S611


def _sql(initiatives: InitiativeQuerySet) -> tuple[str, Sequence[Any]]:
    """A query for the ids of `initiatives`, to stand in another one."""
    return initiatives.values("pk").query.sql_with_params()


def _questions(draft: Sequence[Term], size: int) -> dict[str, float]:
    """What to ask the index, each question with the weight of its words: the rarest words as long as they lead to few;
    the name's other words all together, and in pairs that should lead to few.
    """
    asked: dict[str, float] = {}
    left, common = float(LED_TO), []
    for term in sorted(draft, key=lambda term: (-term.weight, term.share, not term.in_name)):
        left -= term.share * size
        if left >= 0 and len(asked) < LEADS:
            asked[_any_of(term)] = _pull(term)
        elif term.in_name:
            common.append(term)
    pairs = [pair for pair in combinations(common, 2) if pair[0].share * pair[1].share * size <= FEW]
    for together in [common, *pairs[:PAIRS]] if common else []:
        asked[" & ".join(map(_any_of, together))] = sum(map(_pull, together))
    return asked


def _pull(term: Term) -> float:
    """Sharing a word of the name makes a better candidate than sharing one of the text."""
    return term.weight * (2 if term.in_name else 1)


def _any_of(term: Term) -> str:
    quoted = ("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in term.stems)
    return f"({' | '.join(quoted)})"


def _scored(draft: Sequence[Term], candidates: InitiativeQuerySet, name: str) -> list[Likeness]:
    rows = list(
        candidates.annotate(
            told_name=stems_in("a"),
            told_summary=stems_in("b"),
            told_outcome=stems_in("c"),
            name_similarity=TrigramSimilarity("name", name),
        ).only("name", "summary", "outcome", "stage", "stage_since", "is_confidential", "unit")
    )
    told = {row: _told(row) for row in rows}
    stems = frozenset().union(*(each.all for each in told.values()))
    counted = SearchWord.objects.filter(stem__in=stems).values_list("stem", "share").distinct()
    weights = {stem: weight_of(share) for stem, share in counted}
    scores = ((row, score_of(draft, each, weights)) for row, each in told.items())
    return [
        Likeness(row, score, tuple(matches(draft, told[row])[:TOLD_WORDS])) for row, score in scores if score >= LEAST
    ]


def stems_in(weight: str) -> Func:
    """The stems of one part: the name has weight A, the summary B, the outcome C."""
    template = 'tsvector_to_array(ts_filter(%(expressions)s::"char"[]))'
    return Func(F("search"), Value(f"{{{weight}}}"), template=template, output_field=ArrayField(TextField()))


def _told(row: Initiative) -> Told:
    parts = (row.told_name, row.told_summary, row.told_outcome)  # type: ignore[attr-defined]
    name, summary, outcome = (frozenset(filter(tells, part)) for part in parts)
    return Told(name, summary, outcome, row.name_similarity)  # type: ignore[attr-defined]


def _is_closed(likeness: Likeness) -> bool:
    return likeness.initiative.stage == Stage.CLOSED
