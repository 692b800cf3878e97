"""Seasons: how many meetings a circle agreed on, and what it chose at their end."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    class Circle(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "circle"

    class Meeting(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "meeting"

    class Season(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
        number = IntegerField()
        since = DateTimeField()
        made_at = DateTimeField()
        chosen = CharField(max_length=10, null=True)
        chosen_at = DateTimeField(null=True)
        ended_at = DateTimeField(null=True)
        until = DateTimeField(null=True)
        last = ForeignKeyField(Meeting, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "season"
            indexes = ((("circle", "made_at"), True),)

    db.create_tables([Season])
