"""What the clock showed last, and since when it has gone on without a jump: timed destruction waits for that."""

from peewee import DateTimeField, IntegerField, Model


def up(migrator, db):
    class ClockLook(Model):
        id = IntegerField(primary_key=True)
        seen_at = DateTimeField()
        steady_since = DateTimeField()

        class Meta:
            database = db
            table_name = "clock_look"

    db.create_tables([ClockLook])
