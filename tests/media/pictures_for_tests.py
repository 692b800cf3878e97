"""Pictures as phones, scanners and people who mean harm would send them."""

import io
import struct
import zlib

from PIL import Image, ImageCms

SECRET = b"34.0522N-118.2437W"  # where a picture was taken, wherever a file can hide it


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def plain(size=(64, 48), color=(180, 60, 40), mode="RGB") -> Image.Image:
    return Image.new(mode, size, color)


def quarters(size=(64, 48)) -> Image.Image:
    """Red, green, blue and white, clockwise from the top left: shows how a picture stands."""
    image = Image.new("RGB", size)
    wide, high = size[0] // 2, size[1] // 2
    for color, corner in (
        ("red", (0, 0)),
        ("lime", (wide, 0)),
        ("blue", (wide, high)),
        ("white", (0, high)),
    ):
        image.paste(color, (*corner, corner[0] + wide, corner[1] + high))
    return image


def located_jpeg() -> bytes:
    """A JPEG that says where it was taken in EXIF, XMP, IPTC, ICC, comment, an embedded thumbnail and after its end."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[0x1B] = SECRET
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    jpeg = encoded(quarters(), exif=exif.tobytes(), xmp=xmp, comment=SECRET, icc_profile=srgb_with(SECRET), quality=95)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + SECRET
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return jpeg[:2] + segment + jpeg[2:] + b"PK\x03\x04" + SECRET


def srgb_with(words: bytes) -> bytes:
    """A working ICC profile with further words at its end."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + words
    return struct.pack(">I", len(profile)) + profile[4:]


def held(orientation: int) -> bytes:
    """The quarters, as a phone saves them that was held this way."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    image = quarters() if undo is None else quarters().transpose(undo)
    return encoded(image, exif=exif.tobytes(), quality=95)


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose canvas claims any size around a tiny picture."""
    inner = encoded(plain((8, 8), (1, 2, 3, 90), "RGBA"), "WEBP", lossless=True)[12:]
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    frames = [plain(color=color) for color in ((200, 0, 0), (0, 200, 0))]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def photograph(megapixels: int = 12) -> bytes:
    """A JPEG in 4:3 with the grain of a phone's camera."""
    high = round((megapixels * 1_000_000 * 3 / 4) ** 0.5)
    grain = Image.effect_noise((high * 4 // 3, high), 40)
    return encoded(Image.merge("RGB", (grain, grain, grain)), quality=85)
