"""As approved against now, wherever it is shown: the initiative's page, its plan, a gate review."""

from django.template.loader import render_to_string

from portfolio.models import Initiative
from portfolio.page import InitiativePage
from portfolio.panels import Panel, register_panel
from portfolio.plan_page import register_plan_part

from .approved import approvals_of
from .plan_asked import register_plan_fact


def approved_panel(page: InitiativePage) -> str:
    """As approved against now, once something was approved. No query where there is no plan."""
    if not getattr(page.initiative, "plan_count", 1):
        return ""
    return drawn(page.initiative, sees_money=page.sees_money)


def approved_part(initiative: Initiative) -> str:
    """The same where the plan itself is read, by those who see the money."""
    return drawn(initiative, sees_money=True)


def drawn(initiative: Initiative, *, sees_money: bool) -> str:
    """As approved against now; nothing where no plan was approved."""
    approval = approvals_of([initiative]).get(initiative.pk)
    if approval is None:
        return ""
    context = {"approval": approval, "rows": approval.rows_for(sees_money=sees_money), "sees_money": sees_money}
    return render_to_string("stagegates/_approved.html", context | {"initiative": initiative})


def register_plans() -> None:
    register_plan_fact()
    register_panel(Panel("approved", "main", approved_panel, order=25))
    register_plan_part(approved_part)
