from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "standards"
    verbose_name = "Standards"

    def ready(self) -> None:
        """Fill the registries of the apps below."""
        from .configured import register_standards
        from .known import register_sources

        register_sources()
        register_standards()
        self._show()

    def _show(self) -> None:
        from aiso.audit.history import Told
        from aiso.web.navigation import Entry, register_entry
        from aiso.web.work import register_work
        from portfolio.demo import register_teller
        from portfolio.gaps import register_gaps
        from portfolio.history import register_history
        from portfolio.panels import Tab, register_tab

        from . import demo, gaps, work
        from .models import ChecklistAnswer, ChecklistCompletion

        register_entry(Entry("Standards", "checklist", "standards:library", section="standards"))
        register_tab(Tab("standards", "Standards", "standards:initiative_standards", order=35))
        register_gaps(gaps.checklist_gaps, **{gaps.FACT: gaps.begun_checklists()})
        register_work("checklists", work.checklists_of)
        register_teller(demo.tell)
        register_history(
            Told(
                ChecklistAnswer,
                says=lambda answer: f"{answer.standard}: {answer.item}",
                hide=("standard", "item", "version", "answered_by", "answered_at"),
            ),
            Told(
                ChecklistCompletion,
                says=str,
                hide=("standard", "completed_by", "completed_at", "version", "reopened_by", "reopened_items"),
            ),
        )
