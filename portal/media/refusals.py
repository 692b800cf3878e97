"""Why a picture was not taken, in words for whoever sent it.

The words stand here in English; the room that shows them says `_(error.say)`: so this one needs nothing of the web.
"""

from portal.errors import PortalError
from portal.media.cleaned import Why


def N_(message: str) -> str:
    """Mark words for the translators without translating them yet."""
    return message


class PictureRefused(PortalError):
    status = 422
    title = N_("This picture could not be taken")


class PictureTooHeavy(PictureRefused):
    status = 413
    say = N_("This file is too large for here. A smaller copy of the picture, or a screenshot of it, works.")


class PictureTooVast(PictureRefused):
    status = 413
    say = N_("This picture has too many pixels to open here. A smaller copy of it, or a screenshot, works.")


class PictureMoves(PictureRefused):
    status = 415
    say = N_("This is a moving picture, and only still ones can be shown. A screenshot of one moment works.")


class PictureIsHeic(PictureRefused):
    status = 415
    say = N_(
        "This picture is in the HEIC format, which can’t be opened here yet. On an iPhone, choose it from Photos and "
        "not from Files: the phone then makes a JPEG of it. On other devices, save it as a JPEG, or send a screenshot."
    )


class NotAPicture(PictureRefused):
    status = 415
    say = N_("This file is not a picture that can be opened here. Pictures can be JPEG, PNG or WebP.")


class PictureBroken(PictureRefused):
    say = N_(
        "This picture could not be opened; perhaps a part of the file is missing. Choose it again, or another copy."
    )


class PicturesBusy(PictureRefused):
    status = 503
    say = N_("Several pictures came at the same moment. Wait a minute, then send yours again.")


NAMED: dict[Why, type[PictureRefused]] = {
    Why.HEAVY: PictureTooHeavy,
    Why.VAST: PictureTooVast,
    Why.MOVING: PictureMoves,
    Why.HEIC: PictureIsHeic,
    Why.STRANGE: NotAPicture,
    Why.BROKEN: PictureBroken,
}
