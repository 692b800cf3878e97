"""A picture as a phone of 2026 sends it: 12 megapixels, about 4.3 MB."""

import io

from PIL import Image

SIZE = (4000, 3000)
GRAIN = 36  # of 255; what makes the file as heavy as a photograph of leaves
QUALITY = 85


def photograph() -> bytes:
    light = Image.linear_gradient("L").resize(SIZE)
    grain = Image.effect_noise((SIZE[0] // 2, SIZE[1] // 2), GRAIN).resize(SIZE, Image.Resampling.BICUBIC)
    image = Image.merge("RGB", (Image.blend(light, grain, 0.5), grain, light))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
