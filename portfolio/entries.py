"""The portfolio's ways in: its pages in the side navigation and among the administration tabs."""

from aiso.accounts.permissions import can_see_administration
from aiso.web.navigation import Entry

from .barriers import barriers_open
from .counts import count_register
from .intake_work import intakes_waiting
from .permissions import can_see_imports
from .risks import risks_to_treat

ENTRIES = (
    Entry(
        "Register",
        "layout-list",
        "portfolio:register",
        section="portfolio",
        order=10,
        count=count_register,
        also=("/initiatives/",),
        about="Every AI initiative, with its stage, owners, risk and priority.",
    ),
    Entry(
        "Ranking",
        "chart-bar",
        "portfolio:ranking",
        section="portfolio",
        order=15,
        also=("/portfolio/",),
        about="What comes first, within each bucket and across all, as a list and as a map.",
    ),
    Entry(
        "Board",
        "layout-kanban",
        "portfolio:register_board",
        section="portfolio",
        order=25,
        about="The same by stage, the highest priorities on top.",
    ),
    Entry(
        "Intake",
        "forms",
        "portfolio:intake_list",
        section="portfolio",
        order=20,
        count=intakes_waiting,
        about="Ask for an initiative, and see what became of it.",
    ),
    Entry(
        "Barriers",
        "hand-stop",
        "portfolio:barrier_list",
        section="portfolio",
        order=33,
        count=barriers_open,
        about="What holds initiatives up, who sees to it, and since when.",
    ),
    Entry(
        "Risks",
        "alert-triangle",
        "portfolio:risk_list",
        section="portfolio",
        order=34,
        count=risks_to_treat,
        about="What may happen to initiatives, how likely and how bad, and who bears what is left.",
    ),
    Entry(
        "Decision inventory",
        "binary-tree-2",
        "portfolio:workflow_list",
        section="portfolio",
        order=35,
        also=("/decision-classes/",),
        about="What each workflow decides again and again, and how far systems may act in it.",
    ),
    Entry(
        "Tools",
        "tool",
        "portfolio:tool_list",
        section="portfolio",
        order=35,
        about="What initiatives use, and whether legal, procurement and security approve it.",
    ),
    Entry(
        "Lists",
        "list",
        "portfolio:list_index",
        section="administration",
        order=30,
        may_see=can_see_administration,
        about="Buckets, workflows, types, jurisdictions, tags and kinds of barriers.",
    ),
    Entry(
        "Imports",
        "file-import",
        "portfolio:import_list",
        section="portfolio",
        order=40,
        may_see=can_see_imports,
        about="Spreadsheets that came in, with what was created, updated and rejected.",
    ),
    Entry(
        "Value maps",
        "replace",
        "portfolio:value_map_index",
        section="administration",
        order=40,
        may_see=can_see_administration,
        about="What the words of imported files stand for.",
    ),
)
