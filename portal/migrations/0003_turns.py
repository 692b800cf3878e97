"""Roles that a circle names itself, two people to a role, swaps, and meetings that nobody leads."""

from peewee import BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, Model


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

    class Turn(Model):
        class Meta:
            database = db
            table_name = "turn"

    code = CharField(max_length=26)
    migrator.migrate(
        migrator.drop_index("turn", "turn_meeting_id_role"),
        migrator.alter_column_type("turn", "role", code),
        migrator.alter_column_type("passed", "role", code),
        migrator.alter_column_type("willingness", "role", code),
        migrator.add_column("turn", "came_along", BooleanField(default=False)),
        migrator.add_index("turn", ("meeting_id", "role", "seat_id"), True),
        migrator.drop_index("turn", "turn_seat_id"),
        migrator.add_index("turn", ("seat_id", "role")),
    )

    class Role(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
        code = CharField(max_length=26)
        place = IntegerField()
        rests = BooleanField(default=False)
        sealed_words = BlobField(null=True)

        class Meta:
            database = db
            table_name = "role"
            indexes = ((("circle", "code"), True),)

    class Together(Model):
        meeting = ForeignKeyField(Meeting, primary_key=True, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "together"

    class Swap(Model):
        id = CharField(primary_key=True, max_length=26)
        offered = ForeignKeyField(Turn, on_delete="CASCADE", index=False)
        wanted = ForeignKeyField(Turn, on_delete="CASCADE")
        put_away = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "swap"
            indexes = ((("offered", "wanted"), True),)

    db.create_tables([Role, Together, Swap])
