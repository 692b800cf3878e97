import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from portal.media import pictures
from portal.media.cleaned import MOST_BYTES, Refused, Why
from portal.media.pictures import LARGE, SMALL, clean
from tests.media.pictures_for_tests import (
    SECRET,
    encoded,
    held,
    located_jpeg,
    moving,
    plain,
    png_of,
    quarters,
    srgb_with,
    webp_of,
)


def shown(webp: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(webp), formats=["WEBP"])
    image.load()
    return image


def near(one, other, by=30) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def why_not(data: bytes) -> Why:
    with pytest.raises(Refused) as refused:
        clean(data)
    return refused.value.why


def test_a_picture_comes_back_in_two_sizes_that_fit_their_place():
    made = clean(encoded(plain((3000, 2000))))
    assert (made.large_size, made.small_size) == ((LARGE, 1067), (SMALL, 320))
    assert shown(made.large).size == made.large_size
    assert shown(made.small).size == made.small_size


def test_a_small_picture_is_never_blown_up():
    assert clean(encoded(plain((100, 60)))).large_size == (100, 60)


def test_a_thin_strip_keeps_at_least_one_pixel():
    assert clean(encoded(plain((9000, 2)), "PNG")).large_size == (LARGE, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_of_holding_a_phone_ends_upright(orientation):
    made = clean(held(orientation))
    for image in (shown(made.large), shown(made.small)):
        assert image.size == (64, 48)
        corners = [image.getpixel(at) for at in ((12, 10), (52, 10), (52, 38), (12, 38))]
        wanted = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
        assert all(near(*pair, by=60) for pair in zip(corners, wanted, strict=True)), corners


@pytest.mark.filterwarnings("ignore::UserWarning")  # the decoder says so, too
@pytest.mark.parametrize("mess", [b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0" + b"\xff" * 40, b"Exif\0\0"])
def test_a_garbled_exif_block_loses_no_picture(mess):
    assert clean(encoded(plain(), exif=mess)).large_size == (64, 48)


def test_nothing_but_pixels_comes_through():
    sent = located_jpeg()
    assert sent.count(SECRET) >= 6  # EXIF twice, XMP, IPTC, comment, ICC, trailer
    for webp in (clean(sent).large, clean(sent).small):
        image = shown(webp)
        assert SECRET not in webp
        assert not dict(image.getexif())
        assert not {"exif", "xmp", "icc_profile", "comment", "photoshop", "dpi"} & set(image.info)
        assert chunks(webp) == ["VP8 "]


def chunks(webp: bytes) -> list[str]:
    found, at = [], 12
    while at < len(webp):
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        found.append(webp[at : at + 4].decode())
        at += 8 + length + length % 2
    assert at == len(webp)
    return found


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_words_in_other_formats_stay_behind_too(kind):
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    sent = encoded(quarters(), kind, exif=exif.tobytes(), icc_profile=srgb_with(SECRET), xmp=SECRET) + SECRET
    assert SECRET in sent
    made = clean(sent)
    assert SECRET not in made.large + made.small
    assert chunks(made.large) == chunks(made.small) == ["VP8 "]


@pytest.mark.parametrize("trailer", [b"<script>alert(1)</script>", b"PK\x03\x04", b"%PDF-1.7", b"GIF89a"])
def test_a_file_that_is_two_things_at_once_becomes_one(trailer):
    assert trailer not in clean(encoded(quarters()) + trailer).large


def test_the_second_picture_inside_a_phone_photograph_is_left_behind():
    sent = encoded(quarters(), "MPO", save_all=True, append_images=[plain((64, 48), (1, 2, 3))])
    assert near(shown(clean(sent).large).getpixel((12, 10)), (255, 0, 0), by=60)


def test_a_transparent_drawing_lies_on_paper():
    drawing = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    drawing.paste((0, 0, 0, 255), (0, 0, 32, 48))
    for kind in ("PNG", "WEBP"):
        image = shown(clean(encoded(drawing, kind, lossless=True)).large)
        assert image.mode == "RGB"
        assert near(image.getpixel((10, 24)), (0, 0, 0))
        assert near(image.getpixel((54, 24)), pictures.PAPER, by=6)


def test_a_palette_with_a_transparent_color_lies_on_paper():
    drawing = quarters().quantize(8)
    image = shown(clean(encoded(drawing, "PNG", transparency=drawing.getpixel((0, 0)))).large)
    assert near(image.getpixel((10, 10)), pictures.PAPER)
    assert near(image.getpixel((54, 38)), (0, 0, 255), by=60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_understood(mode):
    image = plain((40, 30), 1, mode) if mode in ("1", "P", "I;16") else plain((40, 30)).convert(mode)
    assert shown(clean(encoded(image, "PNG")).large).mode == "RGB"


def test_a_scan_of_sixteen_bits_keeps_its_grays():
    image = plain((40, 30), 0x8080, "I;16")
    assert near(shown(clean(encoded(image, "PNG")).large).getpixel((20, 15)), (128, 128, 128), by=3)


def test_a_picture_made_for_printing_keeps_its_colors():
    red = plain((64, 48), (0, 255, 255, 0), "CMYK")
    assert near(shown(clean(encoded(red)).large).getpixel((20, 20)), (255, 0, 0), by=25)


def test_a_color_profile_is_followed_and_then_dropped():
    """Under a profile whose red and green are swapped, what is stored as red was meant as green."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = lab.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    pixel = shown(clean(encoded(plain((64, 48), (255, 0, 0)), icc_profile=swapped)).large).getpixel((20, 20))
    assert pixel[1] > pixel[0]


@pytest.mark.parametrize("profile", [b"nonsense", srgb_with(b"")[:80], b"\0" * 300])
def test_a_profile_that_fits_nothing_is_passed_over(profile):
    made = shown(clean(encoded(plain((64, 48), (255, 0, 0)), icc_profile=profile)).large)
    assert near(made.getpixel((20, 20)), (255, 0, 0))


@pytest.mark.parametrize("bomb", [png_of(60_000, 60_000), png_of(8000, 5001), webp_of(16_000, 16_000)])
def test_a_bomb_is_refused_by_its_header(bomb, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("a pixel was decoded"))
    assert why_not(bomb) is Why.VAST


def test_a_file_that_is_too_heavy_is_refused_unread():
    assert why_not(b"\xff" * (MOST_BYTES + 1)) is Why.HEAVY


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(kind):
    assert why_not(moving(kind)) is Why.MOVING


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"hevc"])
def test_heic_is_told_apart_from_nonsense(brand):
    assert why_not(b"\0\0\0\x18ftyp" + brand + b"\0" * 40) is Why.HEIC


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><p>hi",
        b"%PDF-1.7\n",
        b"PK\x03\x04" + b"\0" * 40,
        encoded(plain(), "GIF"),
        encoded(plain(), "BMP"),
        encoded(plain(), "TIFF"),
        encoded(plain(), "AVIF"),
    ],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(other):
    assert why_not(other) is Why.STRANGE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cut_off_file_is_refused_and_not_half_shown(kind):
    grain = Image.effect_noise((200, 150), 90).convert("RGB")
    whole = encoded(grain, kind)
    assert why_not(whole[: len(whole) * 2 // 3]) in (Why.BROKEN, Why.STRANGE)


def outcome(data: bytes):
    try:
        return clean(data)
    except Refused as refused:
        return refused.why


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_nothing_else_happens(data):
    assert isinstance(outcome(data), Why)


WHOLE = [
    located_jpeg(),
    encoded(quarters(), "PNG"),
    encoded(quarters(), "WEBP"),
    encoded(quarters().convert("RGBA"), "WEBP", lossless=True),
    encoded(quarters().quantize(4), "PNG", transparency=0),
]
FLIPS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 7)), min_size=1, max_size=20)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=300)
@given(whole=st.sampled_from(WHOLE), flips=FLIPS, tail=st.binary(max_size=30))
def test_a_damaged_picture_is_cleaned_or_refused(whole, flips, tail):
    damaged = bytearray(whole)
    for at, bit in flips:
        damaged[at % len(damaged)] ^= 1 << bit
    made = outcome(bytes(damaged) + tail)
    assert isinstance(made, Why) or chunks(made.large) == ["VP8 "]
