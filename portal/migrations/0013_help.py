"""When a steward last checked an entry of the help page, and which facts it had then."""

from peewee import CharField, CompositeKey, DateField, Model


def up(migrator, db):
    class HelpCheck(Model):
        entry = CharField(max_length=64)
        fingerprint = CharField(max_length=32)
        checked_on = DateField()

        class Meta:
            database = db
            table_name = "help_check"
            primary_key = CompositeKey("entry", "fingerprint", "checked_on")

    db.create_tables([HelpCheck])
