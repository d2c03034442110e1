from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "aiso.accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Listen to what happens, and name the pages."""
        from aiso.events.outbox import subscribe
        from aiso.web.navigation import Entry, register_entry

        from . import tasks
        from .permissions import can_see_administration as may_see

        subscribe("person.invited", tasks.send_invitation)
        people = Entry(
            "People",
            "users",
            "accounts:people_list",
            section="administration",
            order=10,
            may_see=may_see,
            about="Accounts, roles and service accounts.",
        )
        units = Entry(
            "Business units",
            "sitemap",
            "accounts:unit_list",
            section="administration",
            order=20,
            may_see=may_see,
            about="The tree that initiatives and roles hang on.",
        )
        for entry in (people, units, Entry("Profile", "user-circle", "accounts:profile", section="account", order=10)):
            register_entry(entry)
