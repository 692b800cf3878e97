"""Mail: where it goes, who wants it how, and what is to be sent."""

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    class Person(Model):
        id = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "person"

    class Address(Model):
        person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
        email = CharField(max_length=254)
        asked_at = DateTimeField()
        confirmed_at = DateTimeField(null=True)
        refused_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "address"

    class Wishes(Model):
        person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
        reminder = BooleanField(default=True)
        asked = BooleanField(default=False)
        changed = BooleanField(default=True)
        early = IntegerField(default=1440)
        quiet_from = IntegerField(default=21)
        quiet_to = IntegerField(default=8)
        digest = BooleanField(default=False)
        digest_day = IntegerField(default=6)
        digest_hour = IntegerField(default=17)
        says_time = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "wishes"

    class Outbox(Model):
        id = CharField(primary_key=True, max_length=26)
        person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
        about = CharField(index=True, max_length=26)
        kind = CharField(max_length=10)
        version = IntegerField(default=0)
        happens_at = DateTimeField()
        due_at = DateTimeField(index=True, null=True)
        drop_at = DateTimeField()
        leased_until = DateTimeField(null=True)
        tries = IntegerField(default=0)
        doubts = IntegerField(default=0)
        sent_at = DateTimeField(null=True)
        gone = CharField(max_length=10, null=True)

        class Meta:
            database = db
            table_name = "outbox"
            indexes = ((("person", "about", "kind"), True),)

    db.create_tables([Address, Wishes, Outbox])
