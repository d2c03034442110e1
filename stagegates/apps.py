from django.apps import AppConfig


class StagegatesConfig(AppConfig):
    name = "stagegates"
    verbose_name = "Stage gates"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        from .agenda import register_agenda
        from .closing_registry import register_closings
        from .configured import register_kinds
        from .decision_registry import register_decisions
        from .expansion_registry import register_expansions
        from .funding_registry import register_funding
        from .merge_registry import register_merges
        from .review_registry import register_reviews
        from .sign_off_registry import register_sign_offs

        register_kinds()
        self._govern()
        self._plan_people()
        register_reviews()
        register_sign_offs()
        register_decisions()
        register_funding()
        register_merges()
        register_expansions()
        register_agenda()
        register_closings()

    def _govern(self) -> None:
        """What the governance matrix adds to the apps below."""
        from aiso.events.reminders import register_reminders
        from aiso.web.work import register_work
        from portfolio.gaps import register_gaps
        from portfolio.history import register_history
        from portfolio.intake_page import register_meaning
        from portfolio.level_bodies import register_level_bodies
        from portfolio.models.initiative import register_insiders
        from portfolio.panels import Panel, register_panel

        from . import monitoring
        from .duties_panel import duties_panel
        from .level_bodies import MatrixBodies, asked_to_agree
        from .needed import needed_panel

        register_panel(Panel("duties", "main", duties_panel, order=60))
        register_panel(Panel("monitoring", "main", monitoring.monitoring_panel, order=62))
        register_gaps(
            monitoring.late_monitoring,
            monitoring_due=monitoring.NEXT_DUE,
            monitoring_task=monitoring.NEXT_TASK,
            has_looks=monitoring.HAS_LOOKS,
        )
        register_work("monitoring", monitoring.monitoring_of)
        register_reminders("monitoring", monitoring.monitoring_reminders)
        register_history(monitoring.HISTORY)
        register_meaning(needed_panel)
        register_level_bodies(MatrixBodies())
        register_insiders(asked_to_agree)

    def _plan_people(self) -> None:
        """Hours of specialists."""
        from aiso.events.outbox import subscribe
        from portfolio.demo import register_teller

        from .capacity_panel import register_capacity
        from .capacity_tasks import notify_of_specialists
        from .demo.capacity import tell_of_capacity

        register_capacity()
        subscribe("specialists.asked", notify_of_specialists)
        subscribe("specialists.answered", notify_of_specialists)
        register_teller(tell_of_capacity)
