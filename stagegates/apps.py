from django.apps import AppConfig


class StagegatesConfig(AppConfig):
    name = "stagegates"
    verbose_name = "Stage gates"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        from aiso.web.navigation import Entry, register_entry
        from aiso.web.work import register_work
        from portfolio.demo import register_teller
        from portfolio.panels import Panel, register_panel

        from .capacity_panel import requests_to_answer, specialists_panel
        from .configured import register_kinds
        from .demo.capacity import tell_of_capacity

        register_kinds()
        register_entry(
            Entry(
                "Capacity",
                "users",
                "stagegates:capacity",
                section="portfolio",
                order=60,
                about="Hours that initiatives ask of specialists, against the hours there are.",
            )
        )
        register_panel(Panel("specialists", "aside", specialists_panel, order=30))
        register_work("specialists", requests_to_answer)
        register_teller(tell_of_capacity)
