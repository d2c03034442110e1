from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "aiso.accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from aiso.events.outbox import subscribe

        from . import tasks

        subscribe("person.invited", tasks.send_invitation)
