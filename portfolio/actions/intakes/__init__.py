"""What people do with a request, from its first answer to the office's word on it."""

from .submitting import reply_to_question, submit_intake
from .triage import accept_intake, ask_requester, decline_intake, join_intake
from .writing import save_answers, start_intake, withdraw_intake

__all__ = [
    "accept_intake",
    "ask_requester",
    "decline_intake",
    "join_intake",
    "reply_to_question",
    "save_answers",
    "start_intake",
    "submit_intake",
    "withdraw_intake",
]
