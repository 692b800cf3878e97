"""What is handed from one facilitator to the next, and what people say as they arrive."""

from peewee import BlobField, CharField, ForeignKeyField, Model


def up(migrator, db):
    class Seat(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "seat"

    class Meeting(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "meeting"

    class Handover(Model):
        id = CharField(primary_key=True, max_length=26)
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        seat = ForeignKeyField(Seat, on_delete="CASCADE")
        sealed_words = BlobField()

        class Meta:
            database = db
            table_name = "handover"
            indexes = ((("meeting", "seat"), True),)

    class ArrivalWord(Model):
        id = CharField(primary_key=True, max_length=26)
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        seat = ForeignKeyField(Seat, on_delete="CASCADE")
        sealed_word = BlobField()

        class Meta:
            database = db
            table_name = "arrival_word"
            indexes = ((("meeting", "seat"), True),)

    db.create_tables([Handover, ArrivalWord])
