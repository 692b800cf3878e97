"""Who cannot come or comes later, what each wishes for then, and what a circle says when fewer may come."""

from peewee import BlobField, CharField, ForeignKeyField, IntegerField, Model


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

    class Pact(Model):
        seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
        sealed_choice = BlobField()

        class Meta:
            database = db
            table_name = "pact"

    class Reach(Model):
        seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
        sealed_lines = BlobField()

        class Meta:
            database = db
            table_name = "reach"

    class Least(Model):
        circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
        number = IntegerField()

        class Meta:
            database = db
            table_name = "least"

    class AsWeAre(Model):
        meeting = ForeignKeyField(Meeting, primary_key=True, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "as_we_are"

    class KindNote(Model):
        id = CharField(primary_key=True, max_length=26)
        meeting = ForeignKeyField(Meeting, unique=True, on_delete="CASCADE")
        seat = ForeignKeyField(Seat, on_delete="CASCADE")
        sealed_words = BlobField()

        class Meta:
            database = db
            table_name = "kind_note"

    db.create_tables([Absence, Pact, Reach, Least, AsWeAre, KindNote])
