"""What a circle chose about a season before it chose something else: until now the second choice took its place."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Season(Base):
        id = CharField(primary_key=True, max_length=26)

    class ChosenBefore(Base):
        season = ForeignKeyField(Season, on_delete="CASCADE", index=False)
        chosen = CharField(max_length=10)
        chosen_at = DateTimeField()

        class Meta:
            indexes = ((("season", "chosen_at"), False),)

    db.create_tables([ChosenBefore])
