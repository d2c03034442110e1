"""Version 1 of every kind of configuration: what is in use already, and what is shipped beside it."""

from django.db import migrations
from django.utils import timezone

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
    for kind, content in (("priority-weights", dict.fromkeys(PARTS, "1")), ("objectives", {"objectives": []})):
        _publish(apps, kind, 1, content, timezone.now(), None, REASON)
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


class Migration(migrations.Migration):

    replaces = [("portfolio", "0014_shipped_configuration")]
    dependencies = [("portfolio", "0003_shipped_lists"), ("configuration", "0001_tables")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
