from django.apps import AppConfig


class ValueConfig(AppConfig):
    name = "value"
    verbose_name = "Value"

    def ready(self) -> None:
        """Fill the registries of the apps below, and listen to what happens."""
        from django.db.models.signals import pre_migrate

        from aiso.audit.history import Told
        from aiso.events.enclosures import register_enclosure
        from aiso.events.outbox import subscribe
        from aiso.events.reminders import register_reminders
        from aiso.events.sight import register_sight
        from aiso.web.navigation import register_entry
        from aiso.web.work import register_work
        from portfolio.demo import register_teller
        from portfolio.history import register_history
        from portfolio.incident_page import register_incident_panel
        from portfolio.panels import register_tab
        from stagegates import sign_off_tasks
        from stagegates.recorded_spending import register_spending

        from . import ledger_history, tasks
        from .actions.post_spending import post_spending
        from .adoption_work import adoption_missing
        from .baselines import baselines_for
        from .claim_work import claims_of
        from .configured import register_kinds
        from .demo.adoption import tell_of_adoption
        from .demo.durability import tell_of_lasting_outcomes
        from .demo.launches import tell_of_launches
        from .demo.ledger import tell_of_the_ledger
        from .demo.measurements import tell_of_measurements
        from .demo.scorecards import tell_of_scorecards
        from .demo.sharing import tell_of_sharing
        from .durability_work import CHANGING, checks_of, durability_reminders
        from .entries import (
            ADOPTION,
            BASELINES,
            CATALOGUE,
            CENTRES,
            CLAIMS,
            DASHBOARD,
            LEDGER,
            MEASUREMENTS,
            SCORECARD_TAB,
            SCORECARDS,
            SHARING,
            TAB,
            VALUE_TAB,
        )
        from .incident_costs import costs_panel
        from .kept.counting import CHANGING as COUNTED
        from .kept.look_backs import drop_before_migrating
        from .kept.registered import register_sums
        from .known import register_facts
        from .models import (
            BaselineConfirmation,
            BoardPack,
            DurabilityCheck,
            Measurement,
            MeasurementAnswer,
            ReviewProposal,
        )
        from .outcome_card import register_outcome_card
        from .packs.mailed import enclosed_pack
        from .review import register_review
        from .scorecards.following import FOLLOWED as SCORECARDS_FOLLOW
        from .scorecards.kept import register_lines
        from .value_card import register_value_card
        from .work import measurements_of

        register_kinds()
        register_facts()
        register_sums()
        pre_migrate.connect(drop_before_migrating, sender=self)
        register_lines()
        register_value_card()
        register_outcome_card()
        register_spending(post_spending)
        for entry in (
            MEASUREMENTS,
            LEDGER,
            CLAIMS,
            BASELINES,
            CATALOGUE,
            ADOPTION,
            CENTRES,
            SHARING,
            SCORECARDS,
            DASHBOARD,
        ):
            register_entry(entry)
        register_tab(TAB)
        register_tab(SCORECARD_TAB)
        register_tab(VALUE_TAB)
        register_incident_panel(costs_panel)
        register_work("measurements", measurements_of)
        register_work("claims", claims_of)
        register_work("baselines", baselines_for)
        register_work("durability", checks_of)
        register_reminders("durability", durability_reminders)
        register_work("adoption", adoption_missing)
        register_teller(tell_of_measurements)
        register_teller(tell_of_the_ledger)
        register_teller(tell_of_sharing)
        register_teller(tell_of_adoption)
        register_teller(tell_of_lasting_outcomes)
        register_teller(tell_of_launches)
        register_teller(tell_of_scorecards)
        register_review()
        for done in ("recorded", "confirmed", "rejected"):
            subscribe(f"measurement.{done}", tasks.tell_of_measurement)
            subscribe(f"measurement.{done}", sign_off_tasks.follow_changes)
        subscribe("costs.queued", tasks.run_queued_costs)
        subscribe("pack.asked", tasks.make_queued_pack)
        register_sight("pack", lambda person, pks: BoardPack.objects.visible_to(person).filter(pk__in=pks))
        register_enclosure("pack_subscription", enclosed_pack)
        for name in ("ledger.claimed", "claim.confirmed", "claim.corrected", "claim.rejected", "claim.shared"):
            subscribe(name, tasks.tell_of_claim)
        for name in CHANGING:
            subscribe(name, tasks.schedule_checks_after)
        for name in SCORECARDS_FOLLOW:
            subscribe(name, tasks.count_soon)
        for name in COUNTED:
            subscribe(name, tasks.count_soon)
        subscribe("proposal.made", tasks.tell_of_proposal)
        subscribe("proposal.made", tasks.bring_proposal)
        for name in ("metric.added", "metric.edited", "baseline.confirmed"):
            subscribe(name, tasks.tell_of_baseline)
        register_history(*ledger_history.TOLD, is_money=True)
        register_history(
            Told(BaselineConfirmation, says=str, hide=("metric", "confirmed_by", "confirmed_at", "is_after_launch")),
            Told(DurabilityCheck, says=str, hide=("metric", "months")),
            Told(ReviewProposal, says=str, hide=("item", "proposed_by", "proposed_at")),
            Told(Measurement, says=str, hide=("metric", "initiative", "recorded_by", "recorded_at", "corrects")),
            Told(
                MeasurementAnswer,
                says=str,
                hide=("measurement", "answered_by", "answered_at", "is_confirmed", *MeasurementAnswer.AGAINST),
            ),
        )
