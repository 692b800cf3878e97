"""The laws of the rings: a year of a circle in any order, beside a plain record of who ought to open what."""

import secrets

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from nacl.public import PrivateKey

from portal.db import new_id
from portal.rings import Closed, OwnKeys, Refused, SeatKeys, TableKeys, Told, accept, end_holder, invitation_keys
from portal.rings.models import RINGS, TABLE, TABLES, WORKS, Epoch, Grant, Holder, Wrap
from portal.vault import Unsealable, derive, unseal
from tests.rings.factories import Backup, Person, again, for_a_moment, make_circle, make_invitation, make_piece, reads
from tests.rings.test_attacks import slip_in_epoch, slip_in_key

CIRCLE = "c"


class Laws(RuleBasedStateMachine):
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        for model in reversed(TABLES):
            model.delete().execute()
        self.seated = {keys.person_id: keys for keys in make_circle("Ana", "Bo", "Di", owner=CIRCLE)}
        self.persons = {name: Person(name, keys.private) for name, keys in self.seated.items()}
        self.persons |= {name: Person(name) for name in ("Eva", "Flo", "Gil", "Hal")}
        self.invitations: dict[str, tuple[bytes, str]] = {}  # open ones: their token, who made them
        self.author: dict[str, str] = {}  # of each piece
        self.opened: dict[str, set[str]] = {}  # to whom besides
        self.ever: dict[str, set[str]] = {}  # to whom it was ever open
        self.texts: dict[str, bytes] = {}  # sealed at the table
        self.left: list[tuple[SeatKeys, Backup, set[str]]] = []  # with the texts there were then
        self.over: list[tuple[bytes, Backup, set[str]]] = []  # invitations: their token, and the same

    def one_of(self, data, names):
        return data.draw(st.sampled_from(sorted(names)))

    @rule(target=tokens, data=st.data())
    def invite(self, data):
        host = self.one_of(data, self.seated)
        invitation, token = make_invitation(self.seated[host])
        self.invitations[invitation] = token, host
        return invitation, token

    @precondition(lambda self: len(self.seated) < 7)
    @rule(invited=tokens, data=st.data())
    def accept(self, invited, data):
        invitation, token = invited
        person = self.persons[self.one_of(data, set(self.persons) - set(self.seated))]
        self.keep_a_copy_of(invitation)
        try:
            keys = accept(CIRCLE, invitation, token, new_id(), person.id, person.private)
        except Closed:
            assert invitation not in self.invitations, "an open invitation was closed to the one it was for"
            return
        assert invitation in self.invitations, "an invitation that is over took a seat"
        del self.invitations[invitation]
        self.seated[person.id] = keys

    @rule(invited=tokens)
    def revoke(self, invited):
        self.keep_a_copy_of(invited[0])
        end_holder(invited[0])
        self.invitations.pop(invited[0], None)

    def keep_a_copy_of(self, invitation: str) -> None:
        if invitation in self.invitations:
            token, _ = self.invitations[invitation]
            self.over.append((token, Backup.of(invitation), set(self.texts)))

    @precondition(lambda self: len(self.seated) > 1)
    @rule(data=st.data(), by_themselves=st.booleans())
    def leave(self, data, by_themselves):
        who = self.one_of(data, self.seated)
        for invitation in [i for i, (_, host) in self.invitations.items() if host == who]:
            self.keep_a_copy_of(invitation)
        keys = self.seated.pop(who)
        self.left.append((keys, Backup.of(keys.holder), set(self.texts)))
        keys.leave() if by_themselves else end_holder(keys.holder)
        self.invitations = {i: (token, host) for i, (token, host) in self.invitations.items() if host != who}
        for readers in self.opened.values():
            readers.discard(who)

    @precondition(lambda self: len(self.author) < 6)
    @rule(data=st.data(), audience=st.sampled_from(["me", "named", "circle"]))
    def share(self, data, audience):
        who = self.one_of(data, self.seated)
        others = set(self.seated) - {who}
        named = {self.one_of(data, others)} if audience == "named" and others else set()
        to = tuple(self.seated[name] for name in named)
        piece = make_piece(again(self.seated[who]), to_circle=audience == "circle", to=to)
        self.author[piece] = who
        self.opened[piece] = set(self.seated) if audience == "circle" else named
        self.ever[piece] = {who} | self.opened[piece]

    @precondition(lambda self: self.author)
    @rule(data=st.data())
    def withdraw(self, data):
        piece = self.one_of(data, self.author)
        author = self.persons[self.author[piece]]
        OwnKeys(author.id, author.private).withdraw(piece)
        self.opened[piece] = set()

    @precondition(lambda self: self.author)
    @rule(data=st.data())
    def open_to_those_who_came_later(self, data):
        piece = self.one_of(data, self.author)
        if self.author[piece] in self.seated:
            again(self.seated[self.author[piece]]).open_to_circle(piece)
            self.opened[piece] |= set(self.seated)
            self.ever[piece] |= set(self.seated)

    @precondition(lambda self: len(self.texts) < 6)
    @rule(data=st.data())
    def write_at_the_table(self, data):
        who, place = self.one_of(data, self.seated), f"meeting|{len(self.texts)}|plan"
        self.texts[place] = again(self.seated[who]).seal_table(place.encode(), place)

    @rule(data=st.data())
    def a_key_is_slipped_in(self, data):
        """Whoever can write to the database, but holds no secret, adds a seat of their own."""
        writer = self.seated[self.one_of(data, self.seated)]
        with for_a_moment():
            thief = slip_in_key(CIRCLE, PrivateKey.generate())
            make_piece(again(writer), to_circle=True)
            assert not thief._grants(), "a key that nobody admitted was granted something"
        assert Told.delete().execute(), "the circle was not told"

    @precondition(lambda self: self.invitations)
    @rule(data=st.data())
    def an_invitation_is_given_more_rings(self, data):
        writer, invitation = self.seated[self.one_of(data, self.seated)], self.one_of(data, self.invitations)
        with for_a_moment():
            Holder.update(rings=" ".join(RINGS)).where(Holder.id == invitation).execute()
            make_piece(again(writer), to_circle=True)
            works = (Grant.holder == invitation) & (Grant.ring == WORKS)
            assert not Grant.select().where(works).exists(), "an invitation was widened"
        assert Told.delete().execute(), "the circle was not told"

    @rule(data=st.data(), ring=st.sampled_from(RINGS))
    def an_epoch_with_a_known_secret_is_slipped_in(self, data, ring):
        writer, known = again(self.seated[self.one_of(data, self.seated)]), secrets.token_bytes(32)
        with for_a_moment():
            slip_in_epoch(CIRCLE, ring, known)
            try:
                piece = make_piece(writer, to_circle=True)
                self.nothing_opens_with(known, piece, writer.seal_table(b"trap", "trap"))
            except Refused:
                pass
        assert Told.delete().execute() or ring == WORKS, "the circle was not told"

    def nothing_opens_with(self, known: bytes, piece: str, text: bytes) -> None:
        key, number = derive(known, "content"), int.from_bytes(text[1:5], "big")
        wraps = Wrap.select().where((Wrap.piece == piece) & (Wrap.kind == "ring"))
        sealed = [(bytes(wrap.sealed_key), wrap.place()) for wrap in wraps]
        for box, place in [*sealed, (text[:1] + text[5:], f"trap|{CIRCLE}|{TABLE}|{number}")]:
            try:
                unseal(key, box, place)
            except Unsealable:
                continue
            raise AssertionError("something was sealed under a secret that the thief knows")

    def keys_of_everyone(self) -> dict[str, OwnKeys]:
        """The best that each person has today: their seat, or the seat they had, or only themselves."""
        had = {keys.person_id: again(keys) for keys, _, _ in self.left}
        own = {name: OwnKeys(name, person.private) for name, person in self.persons.items()}
        return own | had | {name: again(keys) for name, keys in self.seated.items()}

    @invariant()
    def exactly_the_audience_opens_a_piece(self):
        for name, keys in self.keys_of_everyone().items():
            ought = {piece for piece in self.author if name == self.author[piece] or name in self.opened[piece]}
            assert set(keys.piece_keys(self.author)) == ought, name

    @invariant()
    def everyone_seated_and_invited_opens_the_whole_table_and_nobody_else(self):
        for name, keys in self.keys_of_everyone().items():
            if isinstance(keys, TableKeys):
                opened = {place for place, sealed in self.texts.items() if reads(keys, sealed, place)}
                assert opened == (set(self.texts) if name in self.seated else set()), name
        for invitation, (token, _) in self.invitations.items():
            keys = invitation_keys(CIRCLE, invitation, token)
            assert all(reads(keys, sealed, place) for place, sealed in self.texts.items()), "an invitation"

    @invariant()
    def an_old_backup_gives_one_who_left_nothing_new(self):
        """Today's database, yesterday's grants and the leaver's own passphrase open nothing shared since."""
        for keys, backup, texts in self.left:
            with for_a_moment():
                backup.restore()
                stolen, name = again(keys), keys.person_id
                since = [piece for piece in stolen.piece_keys(self.author) if name not in self.ever[piece]]
                assert not since, f"{name} left before it was shared"
                since = [place for place in set(self.texts) - texts if reads(stolen, self.texts[place], place)]
                assert not since, f"{name} left before it was written"

    @invariant()
    def an_old_backup_gives_an_invitation_that_is_over_nothing_new(self):
        for token, backup, texts in self.over:
            with for_a_moment():
                backup.restore()
                stolen = invitation_keys(CIRCLE, backup.holder.id, token)
                since = [place for place in set(self.texts) - texts if reads(stolen, self.texts[place], place)]
                assert not since, "written after the invitation was over"

    @invariant()
    def no_two_epochs_share_a_number_and_both_rings_have_as_many(self):
        numbers = [[epoch.number for epoch in Epoch.of(CIRCLE, ring)] for ring in RINGS]
        assert numbers[0] == numbers[1] == list(range(1, len(numbers[0]) + 1))
