"""Version 1 of every kind of configuration: what is in use already, and what is shipped beside it."""

from django.db import migrations
from django.utils import timezone
from django.utils.text import slugify

PARTS = ("value", "feasibility", "data_readiness", "strategic_fit", "governance_complexity")
SLUGS = {"risk_tier": "risk-tier-questions", "ai_act": "ai-act-questions"}
THRESHOLD = "50000"
REASON = "Shipped with the product."

# After Article 5(1) of Regulation (EU) 2024/1689, letters a to h, in plain words.
PROHIBITED_USES = [
    (
        "manipulation",
        "Does it steer people by tricks that they cannot notice or resist, so that they decide to their harm?",
        "Hidden signals, deception or dark patterns that make somebody decide what they otherwise would not.",
    ),
    (
        "exploits-weakness",
        "Does it exploit people’s age, disability or social or economic distress to change what they do, to their harm?",
        "For example pressing offers on children, or on people in debt.",
    ),
    (
        "social-scoring",
        "Does it score people over time by their behaviour or character, with bad treatment elsewhere or out of proportion?",
        "A rating made in one part of life that decides about another, or that punishes too hard.",
    ),
    (
        "crime-prediction",
        "Does it predict that a person will commit a crime from profiling or traits alone?",
        "Support for a human assessment that rests on facts of an actual crime is another matter.",
    ),
    (
        "face-scraping",
        "Does it build or extend a face recognition database by collecting faces from the internet or cameras at large?",
        "Also where a supplier did so before us.",
    ),
    (
        "emotion-at-work",
        "Does it infer emotions of people at work or in education?",
        "From face, voice, posture or body signals. Medical and safety reasons are excepted; name them as the reason.",
    ),
    (
        "sensitive-biometrics",
        "Does it use biometric data to infer race, opinions, union membership, belief, sex life or orientation?",
        "Sorting people into such groups by their face, voice or gait.",
    ),
    (
        "live-identification",
        "Does it identify people at a distance in public places, live, for law enforcement?",
        "Also when we build or run it for authorities.",
    ),
]
SCREENING = [("no", "No", ""), ("not-sure", "Not sure", ""), ("yes", "Yes", "prohibited")]


def ship(apps, schema_editor):
    _version_questions(apps)
    _version_weights(apps)
    _version_objectives(apps)
    _publish(apps, "lane", 1, {"threshold": THRESHOLD}, timezone.now(), None, REASON)
    _ship_prohibited_uses(apps)


def _publish(apps, kind, number, content, at, by, reason):
    """A published version stays for good, so one that is there already was left by going back and forth."""
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind=kind, number=number).exists():
        return
    base = version.objects.filter(kind=kind).order_by("-number").first()
    told = {"drafted_at": at, "changed_at": at, "published_at": at, "followed_at": at, "effective_from": at.date()}
    people = {"drafted_by_id": by, "changed_by_id": by, "published_by_id": by}
    version.objects.create(kind=kind, number=number, content=content, based_on=base, reason=reason, **told, **people)


def _version_questions(apps):
    sets = apps.get_model("portfolio", "QuestionSet").objects.filter(kind__in=SLUGS, published_at__isnull=False)
    for each in sets.order_by("kind", "version"):
        questions = [
            {
                "code": question.code,
                "text": question.text,
                "help_text": question.help_text,
                "options": [*question.options.order_by("position").values("code", "text", "sets")],
            }
            for question in each.questions.order_by("position")
        ]
        reason = REASON if each.version == 1 else ""
        _publish(apps, SLUGS[each.kind], each.version, {"questions": questions}, each.published_at, None, reason)


def _version_weights(apps):
    published = apps.get_model("portfolio", "PriorityWeights").objects.filter(published_at__isnull=False)
    for each in published.order_by("version"):
        content = {part: format(getattr(each, part).normalize(), "f") for part in PARTS}
        reason = REASON if each.version == 1 else ""
        at, by = each.published_at, each.published_by_id
        _publish(apps, "priority-weights", each.version, content, at, by, reason)


def _version_objectives(apps):
    rows, taken = [], set()
    for objective in apps.get_model("portfolio", "Objective").objects.order_by("name"):
        stem = slugify(objective.name)[:56].strip("-") or "objective"
        objective.code = next(code for n in range(1, 9999) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)
        taken.add(objective.code)
        objective.save(update_fields=["code"])
        if objective.is_active:
            told = {"name": objective.name, "description": objective.description}
            rows.append({"code": objective.code, **told})
    reason = "The objectives that were in use when versions began." if rows else REASON
    _publish(apps, "objectives", 1, {"objectives": rows}, timezone.now(), None, reason)


def _ship_prohibited_uses(apps):
    now = timezone.now()
    uses = [dict(zip(("code", "text", "help_text"), use, strict=True)) for use in PROHIBITED_USES]
    _publish(apps, "prohibited-uses", 1, {"uses": uses}, now, None, REASON)
    question_set = apps.get_model("portfolio", "QuestionSet").objects.create(
        kind="prohibited_use", version=1, published_at=now
    )
    option_model = apps.get_model("portfolio", "AnswerOption")
    for position, use in enumerate(uses):
        question = question_set.questions.create(position=position, **use)
        option_model.objects.bulk_create(
            option_model(question=question, code=code, text=text, sets=sets, position=place)
            for place, (code, text, sets) in enumerate(SCREENING)
        )


def withdraw(apps, schema_editor):
    """Versions cannot be deleted and stay; the weights go back into their table."""
    versions = apps.get_model("configuration", "ConfigurationVersion").objects.filter(number__isnull=False)
    weights = apps.get_model("portfolio", "PriorityWeights").objects
    for each in versions.filter(kind="priority-weights"):
        told = {"published_at": each.published_at, "published_by_id": each.published_by_id}
        weights.get_or_create(version=each.number, defaults={**each.content, **told})
    set_by = apps.get_model("portfolio", "Initiative").objects.filter(
        risk_tier_set_by__question_set__kind="prohibited_use"
    )
    set_by.update(risk_tier="", risk_tier_set_by=None)
    apps.get_model("portfolio", "Answer").objects.filter(question__question_set__kind="prohibited_use").delete()
    apps.get_model("portfolio", "QuestionSet").objects.filter(kind="prohibited_use").delete()


class Migration(migrations.Migration):

    dependencies = [("portfolio", "0013_objective_codes"), ("configuration", "0001_initial")]

    operations = [migrations.RunPython(ship, withdraw)]
