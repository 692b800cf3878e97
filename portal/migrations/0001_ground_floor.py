"""The ground floor: people, circles and their rings, works, meetings, and the portal's own rows."""

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    TimeField,
)


def up(migrator, db):
    class Circle(Model):
        id = CharField(primary_key=True, max_length=26)
        seats = IntegerField()
        convener = CharField(max_length=26)
        began_at = DateTimeField()
        sealed_about = BlobField()

        class Meta:
            database = db
            table_name = "circle"

    class Agreement(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE")
        version = IntegerField()
        made_at = DateTimeField()
        sealed_rules = BlobField()

        class Meta:
            database = db
            table_name = "agreement"
            indexes = ((("circle", "version"), True),)

    class ChoreLease(Model):
        name = CharField(primary_key=True, max_length=64)
        due_at = DateTimeField()
        leased_until = DateTimeField()

        class Meta:
            database = db
            table_name = "chore_lease"

    class Person(Model):
        id = CharField(primary_key=True, max_length=26)
        name = CharField(max_length=40)
        folded = CharField(index=True, max_length=160)
        is_steward = BooleanField(default=False)
        is_healer = BooleanField(default=False)
        language = CharField(max_length=5, default="en")
        zone = CharField(max_length=50, default="UTC")
        joined_on = DateField()
        stretch_ops = IntegerField()
        stretch_mem = IntegerField()
        verifier = BlobField()
        public = BlobField()
        sealed_private = BlobField()
        code_check = BlobField(null=True)
        sealed_by_code = BlobField(null=True)

        class Meta:
            database = db
            table_name = "person"

    class Device(Model):
        id = CharField(primary_key=True, max_length=26)
        lookup = BlobField(unique=True)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        label = CharField(max_length=60)
        own_phone = BooleanField()
        began_at = DateTimeField()
        seen_at = DateTimeField(index=True)
        sealed_private = BlobField(null=True)
        voucher = BlobField()

        class Meta:
            database = db
            table_name = "device"

    class Ring(Model):
        owner = CharField(primary_key=True, max_length=26)

        class Meta:
            database = db
            table_name = "ring"

    class Epoch(Model):
        owner = ForeignKeyField(Ring, on_delete="CASCADE")
        ring = CharField(max_length=5)
        number = IntegerField()
        public = BlobField()
        holders = TextField()
        proof = BlobField()

        class Meta:
            database = db
            table_name = "epoch"
            indexes = ((("owner", "ring", "number"), True),)

    class FirstLink(Model):
        id = CharField(primary_key=True, max_length=26)
        lookup = BlobField(unique=True)
        purpose = CharField(max_length=10)
        expires_at = DateTimeField()

        class Meta:
            database = db
            table_name = "first_link"

    class Holder(Model):
        id = CharField(primary_key=True, max_length=26)
        owner = ForeignKeyField(Ring, on_delete="CASCADE")
        public = BlobField()
        rings = CharField()
        ends_at = DateTimeField(null=True)
        tag = BlobField()
        pin = BlobField()
        invited_by = ForeignKeyField("self", null=True, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "holder"

    class Grant(Model):
        holder = ForeignKeyField(Holder, on_delete="CASCADE")
        ring = CharField(max_length=5)
        number = IntegerField()
        sealed_secret = BlobField()

        class Meta:
            database = db
            table_name = "grant"
            indexes = ((("holder", "ring", "number"), True),)

    class Seat(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        place = IntegerField()
        joined_at = DateTimeField()
        affirmed = IntegerField()
        came_by = BlobField(null=True)
        sealed_name = BlobField()

        class Meta:
            database = db
            table_name = "seat"
            indexes = ((("circle", "person"), True), (("circle", "place"), True))

    class Invitation(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE")
        lookup = BlobField(unique=True)
        made_by = ForeignKeyField(Seat, on_delete="CASCADE")
        expires_at = DateTimeField()
        sealed_token = BlobField()

        class Meta:
            database = db
            table_name = "invitation"

    class KeptForm(Model):
        id = CharField(primary_key=True, max_length=26)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        place = BlobField()
        kept_at = DateTimeField()
        sealed_fields = BlobField()

        class Meta:
            database = db
            table_name = "kept_form"
            indexes = ((("person", "place"), True),)

    class Series(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE")
        weeks = IntegerField()
        first_on = DateField()
        at = TimeField()
        zone = CharField(max_length=50)
        minutes = IntegerField()
        ended_at = DateTimeField(null=True)
        sealed_usual_place = BlobField()

        class Meta:
            database = db
            table_name = "series"

    class Meeting(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
        series = ForeignKeyField(Series, on_delete="CASCADE")
        day = DateField()
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        skipped = BooleanField(default=False)
        sealed_plan = BlobField(null=True)

        class Meta:
            database = db
            table_name = "meeting"
            indexes = ((("circle", "day"), True), (("circle", "ends_at"), False))

    class Passed(Model):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        role = CharField(max_length=20)
        seat = ForeignKeyField(Seat, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "passed"
            indexes = ((("meeting", "role", "seat"), True),)

    class Portal(Model):
        id = IntegerField(primary_key=True, default=1)
        name = CharField(max_length=60, default="Elm Street")
        language = CharField(max_length=5, default="en")
        zone = CharField(max_length=50, default="UTC")
        ages = CharField(max_length=10, default="adults")
        leave_to = CharField(max_length=200, default="https://www.weather.gov/")
        set_up_at = DateTimeField(null=True)
        salt = BlobField()
        stretch_ops = IntegerField(default=2)
        stretch_mem = IntegerField(default=19922944)

        class Meta:
            database = db
            table_name = "portal"

    class Told(Model):
        owner = CharField(max_length=26)
        at = DateTimeField()
        what = CharField(max_length=5)
        about = CharField(max_length=40)

        class Meta:
            database = db
            table_name = "told"
            indexes = ((("owner", "what", "about"), True),)

    class Try(Model):
        key = CharField(primary_key=True, max_length=64)
        failures = IntegerField()
        last_at = DateTimeField(index=True)
        free_at = DateTimeField()

        class Meta:
            database = db
            table_name = "try"

    class Turn(Model):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        role = CharField(max_length=20)
        seat = ForeignKeyField(Seat, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "turn"
            indexes = ((("meeting", "role"), True),)

    class Willingness(Model):
        seat = ForeignKeyField(Seat, on_delete="CASCADE", index=False)
        role = CharField(max_length=20)
        answer = CharField(max_length=20)

        class Meta:
            database = db
            table_name = "willingness"
            indexes = ((("seat", "role"), True),)

    class Work(Model):
        id = CharField(primary_key=True, max_length=26)
        circle = ForeignKeyField(Circle, null=True, on_delete="SET NULL")
        author = ForeignKeyField(Person)
        form = CharField(max_length=26)
        kind = CharField(max_length=10)
        written_at = DateTimeField()
        stands_at = DateTimeField()
        shared_at = DateTimeField(null=True)
        hidden_at = DateTimeField(index=True, null=True)
        size = IntegerField()
        sealed_words = BlobField()

        class Meta:
            database = db
            table_name = "work"
            indexes = ((("author", "form"), True), (("circle", "stands_at", "id"), False))

    class Wrap(Model):
        piece = CharField(max_length=26)
        kind = CharField(max_length=6)
        who = CharField(max_length=26, default="")
        owner = CharField(index=True, max_length=26, default="")
        number = IntegerField(default=0)
        sealed_key = BlobField()

        class Meta:
            database = db
            table_name = "wrap"
            indexes = ((("piece", "kind", "who", "owner", "number"), True), (("who",), False))

    db.create_tables(
        [
            Circle,
            Agreement,
            ChoreLease,
            Person,
            Device,
            Ring,
            Epoch,
            FirstLink,
            Holder,
            Grant,
            Seat,
            Invitation,
            KeptForm,
            Series,
            Meeting,
            Passed,
            Portal,
            Told,
            Try,
            Turn,
            Willingness,
            Work,
            Wrap,
        ]
    )
