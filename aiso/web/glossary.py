"""What the office's words mean, for the definitions that pages show on hover or tap (DESIGN §2)."""

GLOSSARY = {
    "adoption": "How many of a workflow’s target users use it, read week by week. It is about users only.",
    "approved tool": (
        "Legal, procurement and security have each approved it, and none of the three approvals has ended."
    ),
    "autonomy level": (
        "How far the system may act: delegate, delegate with audit, surface, keep human. Four tests set it; "
        "a more cautious level may always be chosen."
    ),
    "autonomy map": (
        "All decisions of an initiative with their autonomy levels. Its business owner and its risk owner each accept "
        "it; a change of a decision or a level reopens that."
    ),
    "baseline": (
        "The metric’s value before the initiative changed anything, with its date and source. Somebody who does "
        "not own it confirms it."
    ),
    "barrier": "What holds an initiative up, with an owner and a clock.",
    "bucket": "The kind of work an initiative changes, such as customer operations. The office keeps the list.",
    "business owner": "The person who answers for the initiative’s outcome in the business.",
    "can be undone": (
        "How easily a wrong decision is put right. Easy speaks for automation, hard against it; what cannot be undone "
        "stays with people."
    ),
    "committed": "What approvals have taken from an envelope: withheld and released together.",
    "condition": "What an approval still demands, by a date.",
    "confidence": (
        "How well it is known how sure the system is of its answers. Low, or not known, speaks against automation."
    ),
    "confidential": (
        "Only its owners and deputies, the reviewers assigned to it, the members of its forum, the office and "
        "auditors see it."
    ),
    "cost of error": (
        "What one wrong decision costs. Low speaks for automation, high against it; a very high cost keeps the "
        "decision with people."
    ),
    "decision": "What the forum, or its delegate, ruled, with a rationale. Recorded once; a later one supersedes.",
    "decision class": "One recurring operational decision inside a workflow: the unit of scale.",
    "decision reading": (
        "How often a decision was made in a period, how often people decided otherwise, and how often it was wrong."
    ),
    "deputy": "The person who acts for an owner who is away, and is held to the same rules.",
    "envelope": "Money that may be committed to the initiatives of one bucket in one period.",
    "eu ai act class": (
        "Prohibited, high-risk, limited or minimal under the EU AI Act, from its own questions. It stands beside "
        "the risk tier and does not replace it."
    ),
    "evidence": "What shows that a requirement of a gate is met.",
    "gate": (
        "The check between two stages: workflow fit, data fit, autonomy fit, production fit, value fit. Passing one "
        "releases money."
    ),
    "in production": "The initiative is in limited rollout or at scale.",
    "initiative": "One AI effort with one business outcome.",
    "intake": "The request that becomes an initiative.",
    "lane": (
        "Fast when all ten conditions hold: low risk, no personal data, not customer-facing, money under the "
        "threshold and six more. Otherwise full."
    ),
    "measurement": "A value of an outcome metric with its date and source.",
    "objective": "The company goal that an initiative serves.",
    "outcome metric": "What the initiative is meant to move: baseline, target, unit, direction and horizon.",
    "overspent": "What was spent beyond what is released. It stands apart and takes nothing from other sums.",
    "prohibited uses": (
        "What the company does not do with AI, after Article 5 of the EU AI Act and its own rules. Every initiative is "
        "screened for each, with reasons; a yes stops it."
    ),
    "priority": (
        "The weighted mean of five parts from 1 to 5: value, feasibility, data readiness, strategic fit, and six "
        "minus governance complexity. Ranked within and across buckets."
    ),
    "released": "Money of an approval that may be spent: what is spent of it and what is not yet.",
    "risk owner": "The person who answers for the initiative’s risk and accepts what remains of it.",
    "risk tier": (
        "Low, moderate, high or critical: the highest answer to the risk questions. The page says which answer set it."
    ),
    "sign-off": "One function’s answer, such as legal or security. It has a working-day clock.",
    "stable owner": (
        "All three owners are named and active, and the business owner has been the same for the whole window, or "
        "since the initiative began where that is later."
    ),
    "stage": (
        "Intake, discovery, build, pilot, limited rollout, scale; or paused, closed, merged. It follows from "
        "decisions and is never edited."
    ),
    "standard": "A charter, checklist, rule, component or playbook that need not be invented again.",
    "technical owner": "The person who answers for how the system is built and run.",
    "time to review": (
        "The time that people have to look at what the system decided. Too little, or not known, speaks against "
        "automation: nobody would notice an error."
    ),
    "tranche": "Money that a decision releases.",
    "waiver": "A recorded permission to depart from a standard, with an end date.",
    "withheld": "Money of an approval that waits until its conditions are met.",
    "workflow": "The business process that the initiative changes. It can be critical.",
}


def definition(term: str) -> str:
    """The meaning of a term. A word that the glossary lacks is a mistake in the page."""
    return GLOSSARY[term.lower()]
