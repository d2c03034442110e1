from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "portfolio"
    verbose_name = "Portfolio"

    def ready(self) -> None:
        """Listen to what happens, and fill the registries of the apps below."""
        from aiso.accounts.belongings import register_belongings
        from aiso.accounts.permissions import can_see_administration
        from aiso.events.outbox import subscribe
        from aiso.web.navigation import Entry, register_entry
        from aiso.web.search import register_search_page, register_shortcut
        from aiso.web.work import register_work

        from . import tasks, work
        from .belongings import INITIATIVES
        from .counts import count_register
        from .overview import register_overview
        from .permissions import can_see_imports
        from .search import initiative_named

        register_entry(
            Entry(
                "Register",
                "layout-list",
                "portfolio:register",
                section="portfolio",
                order=10,
                count=count_register,
                also=("/initiatives/",),
                about="Every AI initiative, with its stage, owners, risk and priority.",
            )
        )
        register_entry(
            Entry(
                "Board",
                "layout-kanban",
                "portfolio:register_board",
                section="portfolio",
                order=20,
                about="The same by stage, the highest priorities on top.",
            )
        )
        register_entry(
            Entry(
                "Map",
                "map-2",
                "portfolio:register_map",
                section="portfolio",
                order=30,
                about="Value against feasibility, to see what to take up next.",
            )
        )
        register_entry(
            Entry(
                "Lists",
                "list",
                "portfolio:list_index",
                section="administration",
                order=30,
                may_see=can_see_administration,
                about="Buckets, workflows, objectives, types, jurisdictions, tags and tools.",
            )
        )
        register_entry(
            Entry(
                "Imports",
                "file-import",
                "portfolio:import_list",
                section="portfolio",
                order=40,
                may_see=can_see_imports,
                about="Spreadsheets that came in, with what was created, updated and rejected.",
            )
        )
        register_entry(
            Entry(
                "Value maps",
                "replace",
                "portfolio:value_map_index",
                section="administration",
                order=40,
                may_see=can_see_administration,
                about="What the words of imported files stand for.",
            )
        )
        register_belongings(INITIATIVES)
        register_search_page("portfolio:register")
        register_shortcut(initiative_named)
        register_overview()
        register_work("gaps", work.gaps_of_own)
        register_work("mentions", work.mentions_of)
        register_work("upkeep", work.upkeep_of)

        subscribe("person.deactivated", tasks.end_ownerships)
        subscribe("comment.added", tasks.notify_mentioned)
        subscribe("comment.edited", tasks.notify_mentioned)
        for changed in ("initiative.registered", "initiative.edited", "initiatives.edited"):
            subscribe(changed, tasks.learn_search_words)
        subscribe("import.started", tasks.run_started_import)
