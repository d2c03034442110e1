"""The panels and tabs that the register itself puts on the initiative page."""

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aiso.web import markup

from .actions.edit_initiative import AMOUNTS, CLASSIFYING
from .facts import TERMS, fact_html, fact_link, label_of, money_withheld
from .importing.catalogue import MONEY, columns
from .models import Attachment, Barrier, Comment, DecisionClass, Intake, Link, OutcomeMetric, Plan, Release, Risk
from .page import InitiativePage
from .panels import Panel, Tab, count_of, register_panel, register_tab

# The facts beside the overview, in their order.
FACTS = (
    "unit",
    "workflow",
    "bucket",
    "objective",
    "use_case_type",
    "jurisdictions",
    "tools",
    "tags",
    "priority",
    "requested_amount",
    "employee_effect",
    "data_sensitivity",
    "is_customer_facing",
    "is_rights_impacting",
    "is_safety_impacting",
    "is_confidential",
)


def register_overview() -> None:
    """Fill the initiative page. Orders leave room between for the apps above."""
    register_panel(Panel("owners", "card", owners_card, order=10))
    register_panel(Panel("outcome", "card", outcome_card, order=20))
    register_panel(Panel("risk", "card", risk_card, order=40))
    register_panel(Panel("barriers", "main", barriers_panel, order=5))
    register_panel(Panel("about", "main", about_panel, order=10))
    register_panel(Panel("decisions", "main", decisions_panel, order=20))
    register_panel(Panel("outcomes", "main", outcomes_panel, order=30))
    register_panel(Panel("imported", "main", imported_panel, order=70))
    register_panel(Panel("lane", "aside", lane_panel, order=5))
    register_panel(Panel("requests", "aside", requests_panel, order=8))
    register_panel(Panel("facts", "aside", facts_panel, order=10))
    register_panel(Panel("origin", "aside", origin_panel, order=90))
    register_tab(Tab("overview", "Overview", "portfolio:initiative_detail", order=0))
    register_tab(Tab("owners", "Owners", "portfolio:initiative_owners", order=10))
    register_tab(Tab("risk", "Risk", "portfolio:initiative_risk", order=20))
    register_tab(
        Tab(
            "decisions", "Decisions it makes", "portfolio:initiative_decisions", order=25, count=count_of(DecisionClass)
        )
    )
    register_tab(
        Tab("outcomes", "Outcome metrics", "portfolio:initiative_outcomes", order=30, count=count_of(OutcomeMetric))
    )
    register_tab(Tab("plan", "Plan", "portfolio:initiative_plan", order=32, count=count_of(Plan), is_money=True))
    register_tab(
        Tab("barriers", "Barriers", "portfolio:initiative_barriers", order=35, count=count_of(Barrier, lifted_at=None))
    )
    still = [Risk.Status.OPEN, Risk.Status.TREATED]
    register_tab(Tab("risks", "Risks", "portfolio:initiative_risks", order=36, count=count_of(Risk, status__in=still)))
    register_tab(Tab("releases", "Releases", "portfolio:initiative_releases", order=40, count=count_of(Release)))
    remarks = count_of(Comment, withdrawn_at=None)
    register_tab(Tab("discussion", "Discussion", "portfolio:initiative_discussion", order=80, count=remarks))
    files = count_of(Attachment) + count_of(Link)
    register_tab(Tab("files", "Files and links", "portfolio:initiative_files", order=85, count=files))
    register_tab(Tab("history", "History", "portfolio:initiative_history", order=90))


def owners_card(page: InitiativePage) -> SafeString:
    return _part("owners", page)


def outcome_card(page: InitiativePage) -> SafeString:
    return _part("outcome", page)


def risk_card(page: InitiativePage) -> SafeString:
    return _part("risk", page)


def barriers_panel(page: InitiativePage) -> str:
    """What holds it up now. No query where that is nothing."""
    if not page.initiative.barriers_count or not page.takes_a_lane:  # type: ignore[attr-defined]
        return ""
    barriers = page.initiative.barriers.filter(lifted_at=None).select_related("kind", "owner")
    return _part("barriers", page, barriers=barriers.order_by("wanted_by", "pk"))


def lane_panel(page: InitiativePage, *, swap: bool = False) -> str:
    """The lane with all its conditions, each leading to where it is answered. With `swap` it replaces itself."""
    return _part("lane", page, swap=swap) if page.takes_a_lane else ""


def about_panel(page: InitiativePage) -> SafeString:
    return _part("about", page)


def decisions_panel(page: InitiativePage) -> str:
    """How far it may act in each of its decisions, and what set that."""
    return _part("decisions", page) if page.decisions else ""


def outcomes_panel(page: InitiativePage) -> str:
    """All metrics side by side; one alone stands in its card already."""
    return _part("outcomes", page) if len(page.metrics) > 1 else ""


def requests_panel(page: InitiativePage) -> str:
    """The request that it came from, and those that were joined to it."""
    if not page.initiative.has_requests:  # type: ignore[attr-defined]
        return ""
    pk = page.initiative.pk
    named = Intake.objects.visible_to(page.person).filter(Q(initiative=pk) | Q(joined_to=pk))
    requests = [*named.select_related("requester").order_by("pk")]
    return _part("requests", page, requests=requests) if requests else ""


def imported_panel(page: InitiativePage) -> str:
    """What the last import knew of it beyond its fields, and the way to the record as it stood."""
    if not page.initiative.source:
        return ""
    record = page.initiative.imported_records.only("source", "facts", "problems", "initiative_id").first()
    if record is None:
        return ""
    known = columns()
    told = [page.initiative.summary.split(), page.initiative.outcome.split()]
    facts = [
        (known[key].label if key in known else key, fact)
        for key, fact in record.facts.items()
        if str(fact).split() not in told  # what became the summary or the outcome stands above already
        and (page.sees_money or key not in MONEY)
    ]
    return _part("imported", page, record=record, facts=facts)


def facts_panel(page: InitiativePage) -> SafeString:
    """What it is sorted under and whom it touches, each editable where it stands."""
    rows = [(_fact_label(field), fact_row(page, field)) for field in FACTS]
    return format_html(
        '<section><h2 class="mb-2">Facts</h2><dl class="kv facts">{}</dl></section>',
        format_html_join("", "<dt>{}</dt>{}", rows),
    )


def fact_row(page: InitiativePage, field: str) -> SafeString:
    """The value of a fact with the place in which it is edited."""
    may = page.may_classify if field in CLASSIFYING else page.may_edit
    if field in AMOUNTS and not page.sees_money:
        drawn = money_withheld()
    else:
        drawn = fact_link(page.initiative, field) if may else fact_html(page.initiative, field)
    return format_html('<dd data-fact id="fact-{}">{}</dd>', field, drawn)


def origin_panel(page: InitiativePage) -> str:
    """Where it came from, and when somebody last changed it."""
    initiative = page.initiative
    rows = [("Source", initiative.source), ("ID there", initiative.external_id)]
    told = [(label, value) for label, value in rows if value]
    changed = markup.ago(initiative.changed_at)
    return format_html(
        '<section><h2 class="mb-2">Record</h2><dl class="kv">{}<dt>Entered</dt><dd>{}</dd><dt>Changed</dt><dd>{}</dd>'
        "</dl></section>",
        format_html_join("", "<dt>{}</dt><dd>{}</dd>", told),
        markup.time_tag(initiative.created_at),
        changed,
    )


def _fact_label(field: str) -> str:
    label = "Unit" if field == "unit" else label_of(field)
    return markup.term(label) if field in TERMS else label


def _part(name: str, page: InitiativePage, **more: object) -> SafeString:
    context = {"page": page, "initiative": page.initiative} | more
    return render_to_string(f"portfolio/_initiative_parts.html#{name}", context)
