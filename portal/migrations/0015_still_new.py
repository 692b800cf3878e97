"""Who had not been at a meeting yet when what showed it was erased. Of what is erased by now, nobody knows it."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Seat(Base):
        id = CharField(primary_key=True, max_length=26)

    class StillNew(Base):
        seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
        through = DateTimeField()

    db.create_tables([StillNew])
