"""Who cannot come or comes later, and what each person wished for when they are missing."""

from peewee import CharField, ForeignKeyField, Model


def up(migrator, db):
    class Meeting(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "meeting"

    class Seat(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "seat"

    class Absence(Model):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        seat = ForeignKeyField(Seat, on_delete="CASCADE")
        kind = CharField(max_length=10)

        class Meta:
            database = db
            table_name = "absence"
            indexes = ((("meeting", "seat"), True),)

    db.create_tables([Absence])
