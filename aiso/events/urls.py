from django.urls import path

from .views import mail, notifications

app_name = "events"
urlpatterns = [
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification_open"),
    path("notifications/<int:pk>/read/", notifications.notification_read, name="notification_read"),
    path("profile/mail/", mail.mail_preference, name="mail_preference"),
    path("mail/digest/end/<str:token>/", mail.digest_end, name="digest_end"),
    path("administration/mail/", mail.mail_list, name="mail_list"),
    path("administration/mail/<int:pk>/", mail.mail_detail, name="mail_detail"),
    path("administration/mail/<int:pk>/retry/", mail.mail_retry, name="mail_retry"),
]
