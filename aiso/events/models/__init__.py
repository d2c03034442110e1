from .event import Event
from .mail import Mail, MailPreference
from .notification import Notification
from .reminded import Reminded

__all__ = ["Event", "Mail", "MailPreference", "Notification", "Reminded"]
