from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "aiso.web"
    verbose_name = "Pages"

    def ready(self) -> None:
        from .navigation import Entry, register_entry
        from .work import count_work

        register_entry(Entry("My work", "checkbox", "web:home", section="work", count=count_work))
        register_entry(
            Entry(
                "Administration",
                "settings",
                "web:administration",
                section="office",
                order=90,
                may_see=has_administration,
                also=("/administration/",),
            )
        )
        register_entry(Entry("Password", "key", "account_change_password", section="account", order=20))
        register_entry(Entry("Two-step sign-in", "shield-lock", "mfa_index", section="account", order=30))


def has_administration(person: object) -> bool:
    """Whether any administration page is open to the person."""
    from aiso.accounts.models import User

    from .navigation import entries_for

    return isinstance(person, User) and bool(entries_for(person, "administration"))
