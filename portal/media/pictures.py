"""A picture from anywhere becomes two clean ones: upright, sRGB, nothing in them but what can be seen.

Pure, and run in a child process (worker.py), because decoders are where hostile files bite.
"""

import io

from PIL import Image, ImageCms, WebPImagePlugin  # noqa: F401  (known from the start, Pillow need not load all it has)

from portal.media.cleaned import MOST_BYTES, Cleaned, Refused, Why

MOST_PIXELS = 40_000_000  # decoded without shrinking this fills 160 MB, the child may take 400
LARGE = 1600  # px on the long side: a page column of 560 px on a sharp screen
SMALL = 480  # px on the long side: half a phone's width on a sharp screen
PAPER = (253, 252, 249)  # under what was transparent: a black drawing must not vanish on a dark page
# WebP and not JPEG: fewer bytes at equal looks, for a quarter second more in the child. Every browser of the floor
# (Safari 15, Chrome 90, Firefox 91) shows it.
FORMAT = "WEBP"
QUALITY = 80  # of 100; paper and skin show no blocks
EFFORT = 2  # of 6; the next step saves 1 % and takes a third longer and 13 MB more

ORIENTATION = 0x0112  # the EXIF tag that says how the phone was held
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def clean(data: bytes, most: int = MOST_BYTES) -> Cleaned:
    """Decode, turn upright, shrink and draw anew. Raises Refused, and nothing else whatever the bytes are.

    `most` is how many bytes it may weigh.
    """
    if len(data) > most:
        raise Refused(Why.HEAVY)
    try:
        large = drawn_anew(opened(data))
        small = large.copy()
        small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
        return Cleaned(saved(large), saved(small), large.size, small.size)
    except Refused:
        raise
    except MemoryError:
        raise Refused(Why.VAST) from None
    except Exception:  # decoders trip over hostile bytes in too many ways to name
        raise Refused(Why.BROKEN) from None


def opened(data: bytes) -> Image.Image:
    """The picture with its header read and judged, and not one pixel decoded."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise Refused(Why.HEIC)
    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Why.VAST) from None
    except Image.UnidentifiedImageError:
        raise Refused(Why.STRANGE) from None
    if image.width * image.height > MOST_PIXELS:
        raise Refused(Why.VAST)
    # A phone's JPEG may carry a second picture for depth or brightness: that one is left behind, not refused.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise Refused(Why.MOVING)
    return image


def drawn_anew(image: Image.Image) -> Image.Image:
    """The visible pixels alone, on a new picture of at most LARGE pixels a side."""
    turn = UPRIGHT.get(orientation(image))
    profile = image.info.get("icc_profile")
    image.draft(None, fitted(image.size, LARGE))  # a JPEG is decoded at half, a quarter or an eighth where that will do
    image = plain(image)
    image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS, reducing_gap=None)
    image = in_srgb(image, profile)
    if turn is not None:
        image = image.transpose(turn)
    sheet = Image.new("RGB", image.size, PAPER)
    sheet.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return sheet


def fitted(size: tuple[int, int], most: int) -> tuple[int, int]:
    """`size` shrunk to `most` on its long side. Asking `draft` for a square instead would hardly ever shrink."""
    share = min(1.0, most / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(ORIENTATION, 1)
    except Exception:  # a garbled EXIF block is no reason to lose a picture
        return 1


def plain(image: Image.Image) -> Image.Image:
    """The picture in a mode that shrinks well: gray, RGB, RGBA or CMYK."""
    if image.mode == "I;16":
        image = image.point(lambda value: value / 256, "L")  # converting would clip at 255 instead
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture's colors as every screen means them; `profile` says how the camera or printer meant them."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colors = image.convert("RGB") if alpha else image
    try:
        if profile:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(colors, meant, ImageCms.createProfile("sRGB"), outputMode="RGB")
            colors = converted or colors
    except (ImageCms.PyCMSError, OSError):
        pass  # a profile that fits nothing: the numbers are taken as they stand
    colors = colors.convert("RGB")
    if alpha:
        colors.putalpha(alpha)
    return colors


def saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, FORMAT, quality=QUALITY, method=EFFORT)
    return out.getvalue()
