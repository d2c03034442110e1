from django.apps import AppConfig


class StagegatesConfig(AppConfig):
    name = "stagegates"
    verbose_name = "Stage gates"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        from .configured import register_kinds

        register_kinds()
        self._govern()
        self._plan_people()

    def _govern(self) -> None:
        """What the governance matrix adds to the apps below."""
        from .duties_panel import register_duties

        register_duties()

    def _plan_people(self) -> None:
        """Hours of specialists."""
        from portfolio.demo import register_teller

        from .capacity_panel import register_capacity
        from .demo.capacity import tell_of_capacity

        register_capacity()
        register_teller(tell_of_capacity)
