from django.apps import AppConfig


class StagegatesConfig(AppConfig):
    name = "stagegates"
    verbose_name = "Stage gates"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        from .configured import register_kinds

        register_kinds()
