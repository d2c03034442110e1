from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "portfolio"
    verbose_name = "Portfolio"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        self._show()
        self._listen()

    def _show(self) -> None:
        from aiso.accounts.belongings import register_belongings
        from aiso.web.navigation import register_entry
        from aiso.web.search import register_search_page, register_shortcut
        from aiso.web.work import register_work

        from . import autonomy_work, intake_work, tool_work, work
        from .barriers import barriers_of
        from .belongings import INITIATIVES
        from .configured import register_kinds
        from .entries import ENTRIES
        from .incident_registry import register_incidents
        from .movers import register_movers
        from .overview import register_overview
        from .risks import risks_of
        from .search import initiative_named

        for entry in ENTRIES:
            register_entry(entry)
        register_belongings(INITIATIVES)
        register_search_page("portfolio:register")
        register_shortcut(initiative_named)
        register_overview()
        register_movers()
        register_incidents()
        register_kinds()
        register_work("gaps", work.gaps_of_own)
        register_work("intakes", intake_work.intakes_of)
        register_work("autonomy", autonomy_work.autonomy_of)
        register_work("mentions", work.mentions_of)
        register_work("upkeep", work.upkeep_of)
        register_work("clearances", tool_work.clearances_of)
        register_work("barriers", barriers_of)
        register_work("risks", risks_of)

    def _listen(self) -> None:
        from aiso.events.outbox import subscribe
        from aiso.events.reminders import register_reminders
        from aiso.events.sight import register_sight

        from . import tasks
        from .barriers import barriers_due
        from .models import Initiative, Intake
        from .risks import TOLD, acceptances_ending, risks_due

        register_sight("initiative", lambda person, pks: Initiative.objects.visible_to(person).filter(pk__in=pks))
        register_sight("intake", lambda person, pks: Intake.objects.visible_to(person).filter(pk__in=pks))
        register_reminders("barriers", barriers_due)
        register_reminders("risks", risks_due)
        register_reminders("risk acceptances", acceptances_ending)

        subscribe("person.deactivated", tasks.end_ownerships)
        subscribe("comment.added", tasks.notify_mentioned)
        subscribe("comment.edited", tasks.notify_mentioned)
        for changed in ("initiative.registered", "initiative.edited", "initiatives.edited"):
            subscribe(changed, tasks.learn_search_words)
        for told in ("submitted", "replied", "asked", "accepted", "declined", "joined"):
            subscribe(f"intake.{told}", tasks.notify_of_intake)
        for told in ("raised", "changed", "lifted", "reopened"):
            subscribe(f"barrier.{told}", tasks.notify_of_barrier)
        for told in TOLD:
            subscribe(told, tasks.notify_of_risk)
        for told in ("autonomy.reopened", "autonomy.stepped_down", "decision_class.level_asked"):
            subscribe(told, tasks.notify_of_autonomy)
        subscribe("decision_class.level_ended", tasks.notify_of_autonomy)
        subscribe("import.started", tasks.run_started_import)
        subscribe("import.finished", tasks.refresh_search_words)
        subscribe("tool.cleared", tasks.conclude_lanes_of_tool)
