"""When somebody last looked at their table's page, sealed to them alone."""

from peewee import BlobField, CharField, ForeignKeyField, Model


def up(migrator, db):
    class Seat(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "seat"

    class LastLook(Model):
        seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
        sealed_visit = BlobField()

        class Meta:
            database = db
            table_name = "last_look"

    db.create_tables([LastLook])
