"""How far a reader is, what they wrote to the guide's questions, a circle's path, and who shows how far they are."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        id = CharField(primary_key=True, max_length=26)

    class Circle(Base):
        id = CharField(primary_key=True, max_length=26)

    class Seat(Base):
        id = CharField(primary_key=True, max_length=26)

    class Study(Base):
        person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
        sealed_progress = BlobField()

    class Reflection(Base):
        id = CharField(max_length=26, primary_key=True)
        person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
        mark = CharField(max_length=32)
        written_at = DateTimeField()
        changed_at = DateTimeField()
        sealed_words = BlobField()

        class Meta:
            indexes = ((("person", "mark"), True),)

    class Path(Base):
        circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
        sealed_steps = BlobField()

    class ShownProgress(Base):
        seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
        sealed_read = BlobField()

    db.create_tables([Study, Reflection, Path, ShownProgress])
