"""The requirements of a review with what shows that they are met, as facts of the sign-offs that rest on them."""

import hashlib
from collections.abc import Iterable, Sequence

from django.core.cache import cache

from aiso.web import figures
from portfolio.models import Attachment, Initiative
from standards.sheets import Sheet, sheets_of
from standards.state import standards_called

from . import standing
from .models import Evidence, GateReview, Requirement
from .seals import Copy, Fact

Shown = Requirement.Evidence
# Seconds for which the hash of a file is remembered: a file is never written twice under one name.
HASH_KEPT = 24 * 60 * 60
# How the keys of requirements start, and what stands before the hash of a file.
KEY = "requirement/"
HASHED = ", SHA-256 "

type Told = list[tuple[Sequence[str], Fact]]


def requirement_facts(reviews: Sequence[GateReview]) -> dict[int, Told]:
    """Facts with the functions whose sign-offs rest on them, by the id of the review. A fixed number of queries."""
    standings = standing.standings_of(reviews)
    sheets = _sheets(reviews, standings)
    found: dict[int, Told] = {}
    for review in reviews:
        lines = [each for each in standings[review.pk] if each.requirement.functions]
        found[review.pk] = [
            (each.requirement.functions, fact)
            for each in lines
            for fact in _facts(each, sheets.get((review.initiative_id, each.requirement.subject)))
        ]
    return found


def _sheets(
    reviews: Sequence[GateReview], standings: dict[int, list[standing.Standing]]
) -> dict[tuple[int, str], Sheet]:
    """The assessments that some sign-off rests on, with their answers as they stand now."""
    slugs = {
        each.requirement.subject
        for lines in standings.values()
        for each in lines
        if each.requirement.evidence == Shown.ASSESSMENT and each.requirement.functions
    }
    if not slugs:
        return {}
    initiatives: list[Initiative] = [review.initiative for review in reviews]
    sheets = sheets_of(initiatives, standards_called(slugs))
    return {(pk, sheet.standard.slug): sheet for (pk, _), sheet in sheets.items()}


def _facts(each: standing.Standing, sheet: Sheet | None) -> Iterable[Fact]:
    """A requirement, and each answer where it is an assessment."""
    requirement = each.requirement
    key = f"{KEY}{requirement.code}"
    if each.is_waived:
        yield Fact(key, requirement.text, f"Waived: {getattr(requirement, 'waived_because', '')}")
    elif requirement.evidence == Shown.KNOWN:
        yield Fact(key, requirement.text, each.says)
    elif requirement.evidence == Shown.ASSESSMENT:
        yield from _answers(key, requirement.text, sheet)
    else:
        yield Fact(key, requirement.text, _evidence(each.evidence))


def _answers(key: str, title: str, sheet: Sheet | None) -> Iterable[Fact]:
    """What is answered, by the codes of the questions: another wording of a question with the same answer is no change.

    Questions without an answer are left out, so that one which a new version adds changes nothing until it is answered.
    """
    for line in sheet.lines if sheet else ():
        if line.value or line.note or line.evidence:
            yield Fact(f"{key}/{line.item.code}", f"{title}: {line.item.text}", line.told)


def _evidence(evidence: Evidence | None) -> str:
    """What was given, with the version: the file by its hash, so that another one of the same name is another."""
    if evidence is None:
        return ""
    parts = [f"Version {evidence.version}"]
    if evidence.attachment:
        file = evidence.attachment
        parts.append(f"{file.name}, {figures.number(file.size)} bytes{HASHED}{hash_of(file)}")
    parts += [part for part in (evidence.link, evidence.text) if part]
    return "\n".join(parts)


def files_in(review: GateReview, copies: Iterable[Copy]) -> dict[tuple[str, str], Attachment]:
    """The files that facts of evidence tell of, by key and value of the fact. One query, none without a file."""
    told = {(fact["key"], fact["value"]) for copy in copies for fact in copy if HASHED in fact["value"]}
    codes = {key.removeprefix(KEY) for key, _ in told if key.startswith(KEY)}
    if not codes:
        return {}
    rows = Evidence.objects.filter(initiative=review.initiative_id, code__in=codes, attachment__isnull=False)
    given = {(f"{KEY}{row.code}", f"Version {row.version}"): row for row in rows.select_related("attachment")}
    found = {pair: given.get((pair[0], pair[1].partition("\n")[0])) for pair in told}
    return {pair: row.attachment for pair, row in found.items() if row and row.attachment}


def hash_of(file: Attachment) -> str:
    """SHA-256 of an uploaded file, or that it is gone."""
    key = f"file-hash:{file.pk}:{file.file.name}"
    known: str | None = cache.get(key)
    if known is None:
        try:
            with file.file.open("rb") as content:
                known = hashlib.file_digest(content, "sha256").hexdigest()
        except FileNotFoundError:
            return "unknown, the file is missing"
        cache.set(key, known, HASH_KEPT)
    return known
