from django.apps import AppConfig


class ValueConfig(AppConfig):
    name = "value"
    verbose_name = "Value"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        from aiso.audit.history import Told
        from aiso.events.outbox import subscribe
        from aiso.web.navigation import register_entry
        from aiso.web.work import register_work
        from portfolio.demo import register_teller
        from portfolio.history import register_history
        from portfolio.incident_page import register_incident_panel
        from portfolio.panels import register_tab
        from stagegates import sign_off_tasks

        from . import tasks
        from .claim_work import claims_of
        from .demo.ledger import tell_of_the_ledger
        from .demo.measurements import tell_of_measurements
        from .entries import CATALOGUE, CLAIMS, LEDGER, MEASUREMENTS, TAB, VALUE_TAB
        from .incident_costs import costs_panel
        from .known import register_facts
        from .models import Measurement, MeasurementAnswer
        from .work import measurements_of

        register_facts()
        for entry in (MEASUREMENTS, LEDGER, CLAIMS, CATALOGUE):
            register_entry(entry)
        register_tab(TAB)
        register_tab(VALUE_TAB)
        register_incident_panel(costs_panel)
        register_work("measurements", measurements_of)
        register_work("claims", claims_of)
        register_teller(tell_of_measurements)
        register_teller(tell_of_the_ledger)
        for done in ("recorded", "confirmed", "rejected"):
            subscribe(f"measurement.{done}", tasks.tell_of_measurement)
            subscribe(f"measurement.{done}", sign_off_tasks.follow_changes)
        for name in ("ledger.claimed", "claim.confirmed", "claim.corrected", "claim.rejected"):
            subscribe(name, tasks.tell_of_claim)
        register_history(
            Told(Measurement, says=str, hide=("metric", "initiative", "recorded_by", "recorded_at", "corrects")),
            Told(
                MeasurementAnswer,
                says=str,
                hide=("measurement", "answered_by", "answered_at", "is_confirmed", *MeasurementAnswer.AGAINST),
            ),
        )
