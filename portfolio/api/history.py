from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.operations import answers

from ..history import history_of_initiative
from ..permissions import can_see_money
from .below import BelowInitiative


class HistoryOfInitiative(BelowInitiative):
    tag = "History"

    @answers(HistoryShape, query=HistoryQuery, version=False)
    def list(self, request: Request, initiative: int) -> Response:
        """Who changed what, when and why, newest first. The money asked for is left out where you may not see it."""
        subject = self.initiative()
        sees_money = can_see_money(self.person, subject)
        return answer_history(self, lambda after: history_of_initiative(subject, sees_money=sees_money, after=after))
