"""Pictures for the demonstration posts: land under a sky, in one colour. The same hue always gives the same bytes."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (1600, 1067)
HORIZON = 640


def draw_picture(hue: int) -> bytes:
    """A JPEG in the colour `hue` (degrees)."""
    sky = Image.linear_gradient("L").resize((SIZE[0], HORIZON))
    picture = Image.new("HSV", SIZE, (hue * 255 // 360, 150, 120))
    tones = (
        Image.new("L", sky.size, hue * 255 // 360),
        Image.new("L", sky.size, 90),
        sky.point(lambda tone: 255 - tone // 3),
    )
    picture.paste(Image.merge("HSV", tones), (0, 0))
    ImageDraw.Draw(picture).ellipse((1080, 120, 1300, 340), fill=(hue * 255 // 360, 30, 255))
    file = BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()
