from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "aiso.api"
    verbose_name = "API"

    def ready(self) -> None:
        from aiso.web.navigation import Entry, register_entry

        from . import schema  # noqa: F401 - drf-spectacular learns of our tokens

        register_entry(Entry("API", "plug", "api:docs", section="account", order=45, also=("/api/v1/docs/",)))
