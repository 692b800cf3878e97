"""When mail about meetings is put in the outbox: every hour, and as soon as a date changes."""

from portal.db import utcnow
from portal.jobs import chore
from portal.meetings.models.listeners import when_a_date_changes
from portal.meetings.models.reminding import dates_changed, put_questions, put_reminders

chore(minutes=60)(put_reminders)
chore(minutes=60)(put_questions)


@when_a_date_changes
def tell_of_it(circle_id: str, meeting_ids: list[str]) -> None:
    dates_changed(circle_id, meeting_ids, utcnow())
