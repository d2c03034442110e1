from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "aiso.accounts"
    verbose_name = "People"
