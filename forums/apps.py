from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "Forums"

    def ready(self) -> None:
        """Name the pages, stand on the initiative's, and listen to what happens."""
        from aiso.events.outbox import subscribe
        from aiso.web.navigation import register_entry
        from portfolio.demo import register_teller
        from portfolio.panels import Panel, register_panel

        from . import demo, tasks
        from .after_registry import register_after
        from .entries import ENTRIES
        from .initiative_agenda import head_button
        from .item_page import Section, register_section
        from .item_sections import PreReadStandingShape, standing_of_items, told_standing

        for entry in ENTRIES:
            register_entry(entry)
        register_panel(Panel("agenda", "head", head_button, order=10))
        standing = (standing_of_items, 10, told_standing, PreReadStandingShape)
        register_section(Section("standing", "Where it stands", *standing))
        subscribe("person.deactivated", tasks.end_memberships)
        for told in ("called", "moved", "cancelled", "opened", "proxy_given"):
            subscribe(f"meeting.{told}", tasks.notify_of_meeting)
        register_teller(demo.seat_people)
        register_teller(demo.tell_of_meetings)
        register_after()
