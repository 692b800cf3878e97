"""Activities: which ones a circle keeps at hand, and those it wrote itself."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Circle(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "circle"

    class KeptActivities(Model):
        circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
        sealed_codes = BlobField()

        class Meta:
            database = db
            table_name = "kept_activities"

    class OwnActivity(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE")
        hidden_at = DateTimeField(null=True, index=True)
        sealed_words = BlobField()

        class Meta:
            database = db
            table_name = "own_activity"

    db.create_tables([KeptActivities, OwnActivity])
