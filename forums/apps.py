from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "Forums"

    def ready(self) -> None:
        """Name the pages, and listen to who leaves."""
        from aiso.accounts.permissions import can_see_administration
        from aiso.events.outbox import subscribe
        from aiso.web.navigation import Entry, register_entry
        from portfolio.demo import register_teller

        from . import demo, tasks
        from .after_registry import register_after

        register_entry(
            Entry(
                "Who decides",
                "users-group",
                "forums:forum_list",
                section="forums",
                order=10,
                about="The bodies that decide, and who sits in each.",
            )
        )
        register_entry(
            Entry(
                "Forums",
                "users-group",
                "forums:administration",
                section="administration",
                order=25,
                may_see=can_see_administration,
                about="Rank, quorum and majority of each body, and its members.",
            )
        )
        subscribe("person.deactivated", tasks.end_memberships)
        register_teller(demo.seat_people)
        register_after()
