"""What happens by the clock: each task with its seconds or its time of day, in the installation's time zone."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "relay-events": {"task": "aiso.events.tasks.relay_events", "schedule": 5},
    # Sent as it is told; this finds what a broker or a mail server that was away left behind.
    "send-mails": {"task": "aiso.events.tasks.send_mails", "schedule": 30},
    "write-digests": {"task": "aiso.events.tasks.write_digests", "schedule": crontab(minute="*/5")},
    "remind": {"task": "aiso.events.tasks.remind", "schedule": crontab(minute=4)},
    "forget-read-notifications": {
        "task": "aiso.events.tasks.forget_read_notifications",
        "schedule": crontab(hour=2, minute=40),
    },
    "forget-answers": {"task": "aiso.api.tasks.forget_answers", "schedule": 60 * 60},
    "escalate-sign-offs": {"task": "stagegates.sign_off_tasks.escalate_late_sign_offs", "schedule": crontab(minute=6)},
    # Clearances and evidence that ended yesterday hold no more.
    "refresh-sign-offs": {
        "task": "stagegates.sign_off_tasks.refresh_sign_offs_of_the_night",
        "schedule": crontab(hour=0, minute=3),
    },
    "renew-reviews": {"task": "stagegates.tasks.renew_reviews_of_the_night", "schedule": crontab(hour=0, minute=5)},
    "resume-imports": {"task": "portfolio.tasks.resume_imports", "schedule": 30},
    # Counted soon after it happened; this finds what a worker or a broker that died left behind.
    "count-what-changed": {"task": "value.tasks.count_what_changed", "schedule": 30},
    "count-all": {"task": "value.tasks.count_all_of_the_night", "schedule": crontab(hour=3, minute=20)},
    "drop-look-backs": {"task": "value.tasks.drop_look_backs", "schedule": 60 * 5},
    "resume-cost-files": {"task": "value.tasks.resume_cost_files", "schedule": 30},
    "resume-packs": {"task": "value.tasks.resume_packs", "schedule": 30},
    # On the first of the month; on each other day what was missed.
    "monthly-packs": {"task": "value.tasks.ask_for_monthly_packs", "schedule": crontab(hour="4-20", minute=10)},
    # From the first minute of its day a version is read; what follows from it follows now.
    "rules-take-effect": {"task": "aiso.configuration.tasks.take_effect", "schedule": crontab(hour=0, minute=0)},
    # An approval that ended yesterday holds no more from the first minute of the day.
    "conclude-lanes": {
        "task": "portfolio.tasks.conclude_lanes_of_the_night",
        "schedule": crontab(hour=0, minute=1),
    },
    # The meetings of the months ahead, and what is to be spoken of at the next ones.
    "prepare-meetings": {"task": "forums.tasks.prepare_meetings", "schedule": crontab(hour=0, minute=40)},
    "schedule-monitoring": {"task": "stagegates.tasks.schedule_monitoring", "schedule": crontab(hour=0, minute=30)},
    "schedule-durability": {
        "task": "value.tasks.schedule_checks_of_the_night",
        "schedule": crontab(hour=0, minute=35),
    },
    # A bolder level whose last day was yesterday falls back.
    "end-levels": {"task": "portfolio.tasks.end_levels_of_the_night", "schedule": crontab(hour=0, minute=2)},
    # Votes count until the end of a ballot's last day.
    "close-ballots": {"task": "stagegates.decision_tasks.close_ballots", "schedule": crontab(minute=2)},
    "refresh-search-words": {
        "task": "portfolio.tasks.refresh_search_words",
        "schedule": crontab(hour=2, minute=10),
    },
}
