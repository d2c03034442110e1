"""What people and sources put on agendas: filled, added to, reordered, taken off and put off."""

from .filling import Filled, fill_agenda
from .items import change_item, put_back, put_in_backlog, put_off, put_on_agenda, take_in, take_off
from .order import move_item, reorder
from .writing import locked_ahead

__all__ = [
    "Filled",
    "change_item",
    "fill_agenda",
    "locked_ahead",
    "move_item",
    "put_back",
    "put_in_backlog",
    "put_off",
    "put_on_agenda",
    "reorder",
    "take_in",
    "take_off",
]
