from .event import Event
from .notification import Notification

__all__ = ["Event", "Notification"]
