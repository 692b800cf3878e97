"""What can go wrong around a meeting, by name."""

from portal.errors import PortalError
from portal.web.language import lazy


class AlreadyTaken(PortalError):
    """Someone else said yes first. `holder` is their seat; the view says their name."""

    status = 409
    title = lazy("Someone has said yes already")
    say = lazy("Somebody else said yes a moment before you. Nothing is lost.")

    def __init__(self, holder: str) -> None:
        super().__init__()
        self.holder = holder


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
