"""Pictures for the demonstration posts: a motif under a sky, in one colour. The same hue and motif always give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (960, 640)
HORIZON: Final = 400
Tone = tuple[int, int, int]
Draw = ImageDraw.ImageDraw


def draw_picture(hue: int, motif: str) -> bytes:
    """A JPEG in the colour `hue` (degrees) that shows a motif of `MOTIFS`."""
    colour = hue * 255 // 360
    sky = Image.linear_gradient("L").resize((SIZE[0], HORIZON))
    picture = Image.new("HSV", SIZE, (colour, 150, 120))
    tones = (Image.new("L", sky.size, colour), Image.new("L", sky.size, 90), sky.point(lambda tone: 255 - tone // 3))
    picture.paste(Image.merge("HSV", tones), (0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((650, 70, 780, 200), fill=(colour, 30, 255))
    MOTIFS[motif](draw, (colour, 120, 80), (colour, 40, 235))
    file = BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()


def _hills(draw: Draw, dark: Tone, _light: Tone) -> None:
    for left in (-60, 220, 560):
        draw.polygon([(left, HORIZON), (left + 230, 210), (left + 460, HORIZON)], fill=dark)


def _waves(draw: Draw, _dark: Tone, light: Tone) -> None:
    for top in (430, 490, 550):
        for left in range(-40, SIZE[0], 120):
            draw.arc((left, top, left + 120, top + 50), 180, 360, fill=light, width=8)


def _road(draw: Draw, dark: Tone, light: Tone) -> None:
    draw.polygon([(440, HORIZON), (520, HORIZON), (820, SIZE[1]), (140, SIZE[1])], fill=dark)
    for top, half in ((420, 4), (480, 8), (550, 14)):
        draw.rectangle((480 - half, top, 480 + half, top + 5 * half), fill=light)


def _houses(draw: Draw, dark: Tone, light: Tone) -> None:
    for left in (80, 300, 520, 740):
        draw.rectangle((left, 330, left + 150, 470), fill=light)
        draw.polygon([(left - 20, 330), (left + 75, 250), (left + 170, 330)], fill=dark)


def _trees(draw: Draw, dark: Tone, light: Tone) -> None:
    for left in range(60, 900, 140):
        draw.rectangle((left + 40, 400, left + 56, 480), fill=light)
        draw.polygon([(left, 420), (left + 48, 260), (left + 96, 420)], fill=dark)


def _cross(draw: Draw, dark: Tone, light: Tone) -> None:
    draw.rectangle((280, 260, 620, 520), fill=dark)
    draw.rectangle((420, 300, 480, 480), fill=light)
    draw.rectangle((360, 360, 540, 420), fill=light)


def _bars(draw: Draw, dark: Tone, light: Tone) -> None:
    for number, height in enumerate((80, 150, 120, 210, 260)):
        left = 180 + number * 130
        draw.rectangle((left, 520 - height, left + 80, 520), fill=light if number % 2 else dark)


MOTIFS: Final[dict[str, Callable[[Draw, Tone, Tone], None]]] = {
    "hills": _hills,
    "waves": _waves,
    "road": _road,
    "houses": _houses,
    "trees": _trees,
    "cross": _cross,
    "bars": _bars,
}
