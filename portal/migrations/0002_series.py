"""Series that repeat in every way, several of them at a table, and meetings that are moved by hand."""

from peewee import BlobField, BooleanField, CharField, DateField, DateTimeField, IntegerField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.rename_column("series", "weeks", "every"),
        migrator.add_column("series", "repeats", CharField(max_length=10, default="weeks")),
        migrator.add_column("series", "until", DateField(null=True)),
        migrator.add_column("series", "times", IntegerField(null=True)),
        migrator.add_column("series", "rests", TextField(default="[]")),
        migrator.add_column("series", "origin", CharField(max_length=26, default="")),
        migrator.add_column("series", "agreed_at", DateTimeField(null=True)),
        migrator.add_column("series", "sealed_name", BlobField(null=True)),
    )
    # Until now a table had one series at a time: each went on from the one before it.
    first = "SELECT MIN(id) FROM series AS other WHERE other.circle_id = series.circle_id"
    db.execute_sql(f"UPDATE series SET origin = ({first})")  # noqa: S608
    migrator.migrate(
        migrator.drop_index("meeting", "meeting_circle_id_day"),
        migrator.drop_index("meeting", "meeting_series_id"),
        migrator.add_column("meeting", "own_time", BooleanField(default=False)),
        migrator.add_column("meeting", "changed_at", DateTimeField(null=True)),
        migrator.add_column("meeting", "change", CharField(max_length=10, default="")),
        migrator.add_column("meeting", "sequence", IntegerField(default=0)),
        migrator.add_index("meeting", ("series_id", "day"), unique=True),
    )
