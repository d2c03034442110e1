from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aiso.events"
    verbose_name = "Events"
