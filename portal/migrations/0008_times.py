"""The hours that people mark, so that a time can be found."""

from peewee import BlobField, CharField, ForeignKeyField, Model


def up(migrator, db):
    class Seat(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "seat"

    class Hours(Model):
        seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
        sealed_marks = BlobField()

        class Meta:
            database = db
            table_name = "hours"

    db.create_tables([Hours])
