"""What happens while a meeting runs: begun, from item to item, who is there, votes, notes and results."""

from ...beats import beat
from .course import go_on, resume_meeting, show_item, start_meeting, take_break
from .items import put_off_live, record_item, settle_item, write_note
from .presence import arrive, end_proxy, give_proxy, leave
from .votes import cast_item_vote, in_words, put_motion, put_to_vote
from .writing import locked_live, stop_clock, words_of

__all__ = [
    "arrive",
    "beat",
    "cast_item_vote",
    "end_proxy",
    "give_proxy",
    "go_on",
    "in_words",
    "leave",
    "locked_live",
    "put_motion",
    "put_off_live",
    "put_to_vote",
    "record_item",
    "resume_meeting",
    "settle_item",
    "show_item",
    "start_meeting",
    "stop_clock",
    "take_break",
    "words_of",
    "write_note",
]
