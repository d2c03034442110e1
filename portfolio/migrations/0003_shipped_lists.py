"""What a new office starts with: lists and questions. All of them can be edited afterwards."""

from django.db import migrations
from django.utils import timezone

LISTS = {
    "Bucket": [
        "Employee productivity",
        "Customer operations",
        "Knowledge retrieval",
        "Software engineering",
        "Regulated decision support",
    ],
    "Jurisdiction": ["EU", "UK", "US", "Internal only"],
    "UseCaseType": [
        "Assistant or chatbot",
        "Search and retrieval",
        "Summarising or drafting text",
        "Classification or extraction",
        "Prediction or scoring",
        "Image, video or sound recognition",
        "Code generation",
        "Optimisation or planning",
        "Autonomous agent",
    ],
}

TIER_QUESTIONS = [
    (
        "decides-about-people",
        "Does it decide, or help to decide, about a person's rights, access or opportunities?",
        "Credit, hiring, benefits, education, policing, insurance.",
        [
            ("no", "No", "low"),
            ("informs", "It informs a person who decides", "high"),
            ("decides", "It decides, with or without a later check", "critical"),
        ],
    ),
    (
        "safety",
        "Could a wrong output harm somebody's health or safety?",
        "Machines, vehicles, medicine, infrastructure.",
        [
            ("no", "No", "low"),
            ("indirect", "Only through several later steps", "moderate"),
            ("direct", "Yes, directly", "critical"),
        ],
    ),
    (
        "personal-data",
        "Which personal data does it use?",
        "Data about people who can be identified.",
        [
            ("none", "None", "low"),
            ("ordinary", "Ordinary personal data", "moderate"),
            ("special", "Health, biometric, union, belief or criminal data", "high"),
        ],
    ),
    (
        "audience",
        "Who sees its output without somebody checking it first?",
        "",
        [
            ("nobody", "Nobody: a person always checks", "low"),
            ("employees", "Our own people", "low"),
            ("customers", "Customers or the public", "moderate"),
        ],
    ),
    (
        "employees",
        "Does it evaluate, monitor or allocate work to employees?",
        "",
        [
            ("no", "No", "low"),
            ("allocates", "It allocates tasks", "moderate"),
            ("evaluates", "It evaluates or monitors people", "high"),
        ],
    ),
    (
        "cost-of-error",
        "What does one wrong output cost at worst?",
        "",
        [
            ("little", "Little, soon noticed", "low"),
            ("some", "Money or time that hurts", "moderate"),
            ("much", "Serious loss, or breach of law", "high"),
        ],
    ),
    (
        "manipulates",
        "Does it manipulate people, score them socially, or infer emotions at work?",
        "Practices that the company does not allow.",
        [("no", "No", "low"), ("yes", "Yes", "prohibited")],
    ),
]

# After Regulation (EU) 2024/1689: Article 5 (prohibited), Article 6 and Annex III (high), Article 50 (transparency).
AI_ACT_QUESTIONS = [
    (
        "article-5",
        "Is it one of the practices that Article 5 prohibits?",
        "Social scoring, manipulation, untargeted scraping of faces, emotion inference at work or school.",
        [("no", "No", "minimal"), ("yes", "Yes", "prohibited")],
    ),
    (
        "annex-iii",
        "Is it used in an area of Annex III?",
        "Biometrics, critical infrastructure, education, employment, essential services, law enforcement, migration, justice.",
        [
            ("no", "No", "minimal"),
            ("preparatory", "Yes, for a narrow or preparatory task only", "limited"),
            ("yes", "Yes", "high"),
        ],
    ),
    (
        "product-safety",
        "Is it a safety component of a product under EU product safety law?",
        "Machinery, medical devices, vehicles, toys, lifts.",
        [("no", "No", "minimal"), ("yes", "Yes", "high")],
    ),
    (
        "article-50",
        "Does it talk with people, or make text, sound or pictures for the public?",
        "Article 50 asks that people are told.",
        [("no", "No", "minimal"), ("yes", "Yes", "limited")],
    ),
]


def ship(apps, schema_editor):
    for name, entries in LISTS.items():
        model = apps.get_model("portfolio", name)
        for entry in entries:
            model.objects.create(name=entry)
    _ship_questions(apps, "risk_tier", TIER_QUESTIONS)
    _ship_questions(apps, "ai_act", AI_ACT_QUESTIONS)


def _ship_questions(apps, kind, questions):
    question_set = apps.get_model("portfolio", "QuestionSet").objects.create(
        kind=kind, version=1, published_at=timezone.now()
    )
    option_model = apps.get_model("portfolio", "AnswerOption")
    for position, (code, text, help_text, options) in enumerate(questions):
        question = question_set.questions.create(code=code, text=text, help_text=help_text, position=position)
        option_model.objects.bulk_create(
            option_model(question=question, code=option, text=label, sets=sets, position=place)
            for place, (option, label, sets) in enumerate(options)
        )


def withdraw(apps, schema_editor):
    apps.get_model("portfolio", "QuestionSet").objects.filter(version=1).delete()
    for name, entries in LISTS.items():
        apps.get_model("portfolio", name).objects.filter(name__in=entries).delete()


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0002_tables")]
    operations = [migrations.RunPython(ship, withdraw)]
