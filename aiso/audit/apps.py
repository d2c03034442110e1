from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "aiso.audit"
    verbose_name = "Audit"
