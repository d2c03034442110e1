"""What a new office starts with: functions, five gates, a governance matrix and decision rights. All can be edited."""

from datetime import UTC, datetime

from django.db import migrations

REASON = "Shipped with the product."
# Shipped rules hold for everything that is recorded, also for what happened before they were installed.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)

FUNCTIONS = [
    ("legal", "Legal", "legal_reviewer", "Laws, contracts and rights of the people concerned."),
    ("security", "Security", "security_reviewer", "Attacks, access, and what happens to secrets."),
    ("risk", "Risk", "risk_reviewer", "Risk tier, autonomy, and what remains after treatment."),
    ("procurement", "Procurement", "procurement_reviewer", "Suppliers, prices and terms."),
    ("data", "Data", "data_reviewer", "Quality, ownership and lineage of the data."),
    ("privacy", "Privacy", "privacy_reviewer", "Personal data and the people it is about."),
    ("employees", "Employee representation", "employee_representative", "Effects on employees and their work."),
    ("finance", "Finance", "finance_controller", "Money asked for, and whether the benefit is real."),
]


def _required(code, text, evidence, subject="", functions=(), months="", help_text=""):
    return {
        "code": code,
        "text": text,
        "help_text": help_text,
        "evidence": evidence,
        "subject": f"{evidence}:{subject}" if subject else "",
        "functions": [*functions],
        "valid_months": months,
    }


GATES = [
    {
        "code": "workflow-fit",
        "name": "Workflow fit",
        "about": "Is this a workflow worth changing, and will somebody answer for the outcome?",
        "moves_to": "discovery",
        "functions": [],
        "requirements": [
            _required("business-owner", "A business owner answers for the outcome", "known", "business-owner"),
            _required(
                "volume",
                "The decisions happen often enough to be worth it",
                "known",
                "decision-volume",
                help_text="Each decision class says how often it is taken a week.",
            ),
            _required(
                "pain",
                "The pain can be measured",
                "known",
                "outcome-metric",
                help_text="An outcome metric with unit and direction.",
            ),
            _required(
                "baseline-plan",
                "There is a baseline, or a plan to measure one",
                "known",
                "baseline",
                help_text="A baseline with its day and source.",
            ),
        ],
    },
    {
        "code": "data-fit",
        "name": "Data fit",
        "about": "Is there enough clean production data for the decisions it is to make?",
        "moves_to": "build",
        "functions": ["data"],
        "requirements": [
            _required(
                "production-data",
                "Enough clean production data for each decision class",
                "document",
                functions=["data"],
                months=12,
                help_text="A profile of the data: volume, completeness, known errors, and how far back it goes.",
            ),
            _required(
                "data-owners",
                "Every data set has an owner who agreed to its use",
                "statement",
                functions=["data", "privacy"],
                help_text="Name the data sets, their owners, and where the agreement is kept.",
            ),
            _required(
                "lineage",
                "It is known where the data comes from and what happens to it on the way",
                "document",
                functions=["data"],
                months=12,
            ),
        ],
    },
    {
        "code": "autonomy-fit",
        "name": "Autonomy fit",
        "about": "Is it settled what the system decides, what it prepares, and what people keep?",
        "moves_to": "pilot",
        "functions": ["risk"],
        "requirements": [
            _required(
                "accepted-map",
                "Business owner and risk owner accepted the map of delegate, surface and human",
                "known",
                "autonomy-map",
                functions=["risk"],
            ),
            _required("owners", "All three owners are named", "known", "all-owners"),
            _required("tier", "The risk tier is set and no prohibited use is open", "known", "risk-tier", ["risk"]),
        ],
    },
    {
        "code": "production-fit",
        "name": "Production fit",
        "about": "Can it carry real work: fast and accurate enough, logged, supported, and quick to turn off?",
        "moves_to": "limited_rollout",
        "functions": ["security", "risk"],
        "requirements": [
            _required(
                "evaluation",
                "Model evaluation",
                "assessment",
                "model-evaluation",
                functions=["risk", "data"],
            ),
            _required("fallback", "Fallback and rollback plan", "assessment", "fallback-and-rollback", ["security", "risk"]),
            _required(
                "release",
                "The release meets its acceptance criteria",
                "known",
                "release-criteria",
                functions=["risk"],
                help_text="Latency, accuracy, fairness and red-team results against their thresholds.",
            ),
            _required(
                "audit-logs",
                "Audit logs show what was decided, on which data, by which version",
                "document",
                functions=["security"],
                months=12,
            ),
            _required(
                "support",
                "A named team supports it, with hours and a way to escalate",
                "statement",
                functions=["security"],
                months=12,
            ),
            _required("tools", "Every tool is cleared", "known", "tools-cleared", ["security", "procurement"]),
        ],
    },
    {
        "code": "value-fit",
        "name": "Value fit",
        "about": "Did the business metric improve against its baseline, and does finance agree?",
        "moves_to": "scale",
        "functions": ["finance"],
        "requirements": [
            _required(
                "improved",
                "The business metric improved against its baseline",
                "known",
                "measured-improvement",
                ["finance"],
            ),
            _required("owners", "All three owners are named", "known", "all-owners"),
            _required("support", "Support and monitoring hold at the larger scale", "statement", functions=["risk"]),
        ],
    },
]

MATRIX = [
    {
        "code": "in-use",
        "name": "Everything in use",
        "about": "What is low risk today drifts, too: models, data and users change.",
        "monitoring": "12",
    },
    {
        "code": "low",
        "name": "Low risk",
        "about": "What the gates demand of everybody is enough; a look each year keeps it low.",
        "tiers": ["low"],
        "monitoring": "12",
    },
    {
        "code": "moderate",
        "name": "Moderate risk",
        "tiers": ["moderate"],
        "assessments": ["impact-assessment"],
        "functions": ["risk"],
        "gates": ["autonomy-fit", "production-fit"],
        "monitoring": "6",
    },
    {
        "code": "high",
        "name": "High risk",
        "tiers": ["high"],
        "assessments": ["impact-assessment", "security-assessment"],
        "functions": ["legal", "risk", "security"],
        "body": "portfolio-review",
        "gates": ["autonomy-fit", "production-fit", "value-fit"],
        "monitoring": "3",
    },
    {
        "code": "critical",
        "name": "Critical risk",
        "about": "From the data on, and with eyes from outside the project.",
        "tiers": ["critical"],
        "assessments": ["impact-assessment", "security-assessment"],
        "documents": "Independent review of the evaluation",
        "functions": ["legal", "privacy", "risk", "security"],
        "body": "executive-sponsor",
        "gates": ["data-fit", "autonomy-fit", "production-fit", "value-fit"],
        "monitoring": "1",
    },
    {
        "code": "eu-uk-data",
        "name": "EU and UK: data protection",
        "about": "Article 35 of the GDPR and of the UK GDPR.",
        "tiers": ["moderate", "high", "critical"],
        "jurisdictions": ["EU", "UK"],
        "assessments": ["privacy-assessment"],
        "functions": ["privacy"],
        "gates": ["data-fit", "production-fit"],
    },
    {
        "code": "eu-high",
        "name": "EU: high risk",
        "about": "Articles 11, 12 and 14 of Regulation (EU) 2024/1689: documentation, records, human oversight.",
        "tiers": ["high", "critical"],
        "jurisdictions": ["EU"],
        "documents": "Technical documentation\nInstructions for use and human oversight",
        "functions": ["legal"],
        "gates": ["production-fit"],
    },
    {
        "code": "uk-record",
        "name": "UK: public record",
        "about": "After the algorithmic transparency recording standard; companies may drop it.",
        "tiers": ["high", "critical"],
        "jurisdictions": ["UK"],
        "documents": "Transparency record",
        "gates": ["production-fit"],
    },
    {
        "code": "us-notice",
        "name": "US: notice and appeal",
        "about": "State laws on automated decisions ask for notice and a way to appeal.",
        "tiers": ["high", "critical"],
        "jurisdictions": ["US"],
        "documents": "Notice and appeal procedure",
        "functions": ["legal"],
        "gates": ["production-fit"],
    },
    {
        "code": "employees",
        "name": "Internal only: employees",
        "about": "Used inside the company, it touches the work of employees first.",
        "tiers": ["moderate", "high", "critical"],
        "jurisdictions": ["Internal only"],
        "functions": ["employees"],
        "gates": ["autonomy-fit"],
    },
    {
        "code": "customers",
        "name": "Talks to customers",
        "about": "People must know that they talk to a machine: Article 50 of Regulation (EU) 2024/1689.",
        "use_case_types": ["Assistant or chatbot"],
        "tiers": ["moderate", "high", "critical"],
        "jurisdictions": ["EU", "UK", "US"],
        "documents": "Text that tells users they talk to an AI",
        "functions": ["legal"],
        "gates": ["production-fit"],
    },
    {
        "code": "acts-alone",
        "name": "Acts without asking",
        "about": "What acts by itself needs a way back that was tried.",
        "tiers": ["moderate", "high", "critical"],
        "autonomy": ["delegate_with_audit", "delegate"],
        "assessments": ["fallback-and-rollback"],
        "documents": "Report of a tried rollback",
        "functions": ["risk"],
        "gates": ["production-fit"],
        "monitoring": "3",
    },
    {
        "code": "agents",
        "name": "Autonomous agents",
        "about": "They reach systems and secrets in ways that nobody wrote down beforehand.",
        "use_case_types": ["Autonomous agent"],
        "assessments": ["security-assessment"],
        "documents": "List of what it may reach and do",
        "functions": ["risk", "security"],
        "gates": ["autonomy-fit", "production-fit"],
        "monitoring": "3",
    },
]

# The gates that a delegate decides in the fast lane; value fit is ordinary (DESIGN §4).
FAST_GATES = ["workflow-fit", "data-fit", "autonomy-fit", "production-fit"]
RIGHTS = [
    {
        "code": "fast-lane",
        "name": "Fast lane",
        "body": "fast-lane-delegate",
        "lanes": ["fast"],
        "tiers": ["low"],
        "gates": FAST_GATES,
        "up_to": "50000",
    },
    {
        "code": "fast-lane-large",
        "name": "Fast lane, more money",
        "body": "portfolio-review",
        "lanes": ["fast"],
        "tiers": ["low"],
        "gates": FAST_GATES,
    },
    {
        "code": "ordinary",
        "name": "Low and moderate risk",
        "body": "portfolio-review",
        "lanes": ["full"],
        "tiers": ["low", "moderate"],
    },
    {"code": "high", "name": "High risk up to 1 M", "body": "portfolio-review", "tiers": ["high"], "up_to": "1000000"},
    {"code": "high-large", "name": "High risk, any amount", "body": "executive-sponsor", "tiers": ["high"]},
    {"code": "critical", "name": "Critical risk", "body": "executive-sponsor", "tiers": ["critical"]},
]
RULE = {
    "about": "",
    "use_case_types": [],
    "tiers": [],
    "jurisdictions": [],
    "autonomy": [],
    "gates": [],
    "assessments": [],
    "documents": "",
    "functions": [],
    "monitoring": "",
    "body": "",
}
RIGHT = {"gates": [], "tiers": [], "lanes": [], "up_to": ""}


def ship(apps, schema_editor):
    function = apps.get_model("stagegates", "ReviewFunction")
    for order, (slug, name, role, about) in enumerate(FUNCTIONS, start=1):
        function.objects.get_or_create(
            slug=slug, defaults={"name": name, "role": role, "about": about, "order": order * 10}
        )
    _publish(apps, "gates", {"gates": GATES})
    _publish(apps, "governance-matrix", {"rules": [_rule(apps, rule) for rule in MATRIX]})
    _publish(apps, "decision-rights", {"rights": [RIGHT | right for right in RIGHTS]})


def _rule(apps, rule):
    """Names of list entries become their ids; an entry that the office dropped drops out of the rule."""
    named = {"jurisdictions": "Jurisdiction", "use_case_types": "UseCaseType"}
    ids = {
        field: [str(pk) for pk in apps.get_model("portfolio", model).objects.filter(name__in=rule.get(field, [])).values_list("pk", flat=True)]
        for field, model in named.items()
    }
    return RULE | rule | ids


def _publish(apps, kind, content):
    """A published version stays for good, so one that is there already was left by going back and forth."""
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind=kind).exists():
        return
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), SINCE)
    told = moments | {"effective_from": SINCE.date()}
    version.objects.create(kind=kind, number=1, content=content, reason=REASON, **told)


class Migration(migrations.Migration):
    dependencies = [("stagegates", "0001_tables"), ("configuration", "0001_tables"), ("portfolio", "0003_shipped_lists")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
