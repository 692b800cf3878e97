"""What can go wrong around a meeting, by name."""

from collections.abc import Iterable

from portal.errors import PortalError
from portal.web.language import lazy


class AlreadyTaken(PortalError):
    """Someone else said yes first. `holders` are their seats; the view says their names."""

    status = 409
    title = lazy("Someone has said yes already")
    say = lazy("Somebody else said yes a moment before you. Nothing is lost.")

    def __init__(self, holders: Iterable[str]) -> None:
        super().__init__()
        self.holders = list(holders)


class TurnChanged(PortalError):
    """What a button was about is no longer so: nothing was changed."""

    status = 409
    title = lazy("It has changed meanwhile")
    say = lazy("Who does what at this meeting has changed since this page was opened. Please look at it once more.")


class RoleRests(PortalError):
    status = 409
    title = lazy("This role rests")
    say = lazy("Your table lets this role rest for now, so nobody holds it. It can be brought back under “Roles”.")


class RoleChanged(PortalError):
    """Someone gave a role other words meanwhile: nothing was saved, and the form shows both."""

    status = 409
    title = lazy("Somebody changed it while you wrote")
    say = lazy("Nothing of yours was saved yet. Copy your words, open the page again, and see what stands there now.")


class TooManyRoles(PortalError):
    status = 409
    title = lazy("There are eight roles already")
    say = lazy("With more, somebody would have two at every meeting. Let one rest first.")


class NotYetTogether(PortalError):
    status = 409
    title = lazy("There is still time to ask")
    say = lazy("Until a day before a meeting people are asked to facilitate, one after the other.")


class MeetingOver(PortalError):
    status = 409
    title = lazy("This meeting is over")
    say = lazy(
        "It no longer matters who was asked for it. If the page names the wrong person, you can correct it there."
    )


class NotOverYet(PortalError):
    status = 409
    title = lazy("This meeting is still to come")
    say = lazy("You can say who facilitated once it is over.")


class CalendarChanged(PortalError):
    """The calendar moved between the preview and the yes: nothing was changed, and the preview is shown again."""

    status = 409
    title = lazy("The dates have changed")
    say = lazy("They were changed while you read. Nothing was saved yet. Please look at them once more.")


class PlanChanged(PortalError):
    """Someone saved another plan meanwhile: nothing was saved, and the form shows both."""

    status = 409
    title = lazy("Somebody changed it while you wrote")
    say = lazy("Nothing of yours was saved yet. Copy your words, open the page again, and see what stands there now.")


class TooLateToSay(PortalError):
    status = 409
    title = lazy("This meeting is over")
    say = lazy(
        "There is nothing to let the others know any more. If something should be put right, its page offers that."
    )


class LongOver(PortalError):
    status = 409
    title = lazy("This was some time ago")
    say = lazy("Who was there is kept for the last two meetings only. Nothing was changed.")


class NoteThere(PortalError):
    """Someone else left a note first: the page shows it beside what was typed."""

    status = 409
    title = lazy("There is a note already")
    say = lazy("Somebody left a note a moment before you, and one is enough. Your own words were not saved.")


class LeastChanged(PortalError):
    """Someone set another number meanwhile: nothing was saved, and the page shows it."""

    status = 409
    title = lazy("Somebody changed it while you read")
    say = lazy("Nothing of yours was saved yet. Please look at it once more.")


class HandoverClosed(PortalError):
    """Only who facilitated writes one, from the meeting's beginning until the next begins."""

    status = 409
    title = lazy("Nothing can be handed over here now")
    say = lazy(
        "Whoever facilitated can write this from the beginning of the meeting until the next one begins. "
        "Nothing was saved."
    )


class ArrivalClosed(PortalError):
    status = 409
    title = lazy("This is not the time for it")
    say = lazy("A word on arriving can be left from one hour before the meeting until its end. Nothing was saved.")


class TimeChanged(PortalError):
    """Someone moved the meeting meanwhile: nothing was saved, and the form shows both times."""

    status = 409
    title = lazy("Somebody moved it while you wrote")
    say = lazy("Nothing of yours was saved yet. Open the meeting again, and see when it is now.")


class TimeGoneBy(PortalError):
    """A meeting can only be put at a time that is still to come, and only before it has begun."""

    status = 409
    title = lazy("That time has gone by")
    say = lazy("A meeting can be moved until it begins, to any time that is still to come. Nothing was changed.")
