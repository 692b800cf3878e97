"""Secret addresses of calendars, and the tables whose places they show."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Person(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "person"

    class Circle(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "circle"

    class Seat(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "seat"

    class Feed(Model):
        id = CharField(primary_key=True, max_length=26)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE")
        lookup = BlobField(unique=True)
        made_at = DateTimeField()
        sealed_title = BlobField(null=True)
        sealed_for_list = BlobField(null=True)

        class Meta:
            database = db
            table_name = "feed"

    class FeedHolder(Model):
        id = CharField(primary_key=True, max_length=26)
        feed = ForeignKeyField(Feed, on_delete="CASCADE")
        seat = ForeignKeyField(Seat, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "feed_holder"

    db.create_tables([Feed, FeedHolder])
