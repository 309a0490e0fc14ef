"""Weather, lamps and the camera of road scenes: from a painted canvas to a photograph."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from workbook.data.road_canvas import ASPHALT, LAWN, OVERSAMPLING, Canvas

WEATHERS = ("clear", "cloudy", "overcast", "dusk", "rain")


class Light(NamedTuple):
    """The light of one scene. Colours are RGB, 1 is white."""

    weather: str
    towards: np.ndarray  # (3,) unit vector towards the sun
    sun: np.ndarray  # (3,)
    room: np.ndarray  # (3,) light from the whole sky
    zenith: np.ndarray  # (3,) colours of the sky above ...
    rim: np.ndarray  # (3,) ... and at the horizon
    clouds: float  # how much cloud stands out
    haze: np.ndarray  # (3,) colour of what is far away
    reach: float  # metres after which haze takes 63 per cent
    shadows: float  # strength of the sun's shadows, 0 to 1
    lamps: float  # how bright lamps look, 0 to 1
    wet: float  # 0 to 1

    def on(self, albedo: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """(n, 3) light that surfaces of albedo (n, 3) with unit normals (n, 3) send to the camera."""
        facing = np.maximum(normal @ self.towards, 0)[:, None]
        return albedo * (self.room * (0.78 + 0.22 * normal[:, 1:2]) + self.sun * facing)


def draw_light(weather: str, rng: np.random.Generator) -> Light:
    """Sun, sky and haze of one of WEATHERS."""
    dusk, rain = weather == "dusk", weather == "rain"
    height = rng.uniform(0.08, 0.3) if dusk else rng.uniform(0.3, 1.4)
    azimuth = rng.uniform(0, 2 * np.pi)
    towards = np.array([np.sin(azimuth), height, np.cos(azimuth)])
    towards /= np.linalg.norm(towards)
    sun = {"clear": 0.62, "cloudy": 0.4, "overcast": 0.06, "dusk": 0.2, "rain": 0.02}[weather]
    sun = sun * rng.uniform(0.85, 1.15) * np.array([1.05, 1.0, 0.9])
    room = {"clear": 0.5, "cloudy": 0.58, "overcast": 0.72, "dusk": 0.3, "rain": 0.5}[weather]
    room = room * rng.uniform(0.85, 1.15) * np.array([0.96, 1.0, 1.06])
    if weather == "clear":
        zenith, rim = np.array([0.30, 0.52, 0.85]), np.array([0.78, 0.87, 0.96])
    elif weather == "cloudy":
        zenith, rim = np.array([0.50, 0.64, 0.84]), np.array([0.86, 0.90, 0.94])
    elif dusk:
        warm = rng.uniform(0, 1)
        zenith = np.array([0.26, 0.30, 0.42]) * rng.uniform(0.6, 1.2)
        rim = warm * np.array([0.95, 0.66, 0.42]) + (1 - warm) * np.array([0.62, 0.62, 0.68])
        room, sun = room * [1.0, 0.95, 1.0], sun * [1.3, 0.9, 0.6]
    else:
        grey = rng.uniform(0.62, 0.98) if not rain else rng.uniform(0.5, 0.82)
        zenith = grey * rng.uniform(0.8, 1.0) * np.array([0.97, 1.0, 1.04])
        rim = min(grey * 1.1, 1.0) * np.array([0.99, 1.0, 1.02])
    brightness = rng.uniform(0.9, 1.1)
    return Light(
        weather=weather,
        towards=towards,
        sun=sun,
        room=room,
        zenith=zenith * brightness,
        rim=rim * brightness,
        clouds={"clear": 0.25, "cloudy": 1.0, "overcast": 0.5, "dusk": 0.8, "rain": 0.4}[weather],
        haze=0.92 * rim * brightness,
        reach=rng.uniform(150, 450) if not rain else rng.uniform(80, 220),
        shadows={"clear": 0.62, "cloudy": 0.45, "overcast": 0.0, "dusk": 0.15, "rain": 0.0}[weather],
        lamps=rng.uniform(0.6, 1.0) if dusk else (rng.uniform(0.2, 0.6) if rain else 0.0),
        wet=rng.uniform(0.5, 1.0) if rain else 0.0,
    )


@lru_cache(maxsize=4)
def _noise(kind: str) -> np.ndarray:
    """(256, 256) float32 noise that can be repeated, of mean 0 and unit variance."""
    white = np.random.default_rng(7).normal(size=(256, 256))
    if kind == "fine":
        mixed = sum(s * ndimage.gaussian_filter(white, s, mode="wrap") for s in (0.5, 1.2))
    elif kind == "clouds":
        mixed = sum(s**1.1 * ndimage.gaussian_filter(white, s, mode="wrap") for s in (2, 5, 12, 24))
        mixed = mixed + 14 * ndimage.gaussian_filter(white, 24, mode="wrap")
    else:
        mixed = sum(s**0.8 * ndimage.gaussian_filter(white, s, mode="wrap") for s in (1, 3, 8))
    return ((mixed - mixed.mean()) / mixed.std()).astype(np.float32)


def _grid(canvas: Canvas) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n_H, 1) and columns (1, n_W) of the middles of the output pixels, in drawn pixels."""
    n_H, n_W = canvas.camera.height // OVERSAMPLING, canvas.camera.width // OVERSAMPLING
    rows, columns = np.arange(n_H, dtype=np.float32)[:, None], np.arange(n_W, dtype=np.float32)[None, :]
    return (rows + 0.5) * OVERSAMPLING, (columns + 0.5) * OVERSAMPLING


def _sky(canvas: Canvas, light: Light, rng: np.random.Generator) -> np.ndarray:
    """(n_H, n_W, 3) float32 light of the sky; below the horizon it goes on."""
    camera, (rows, columns) = canvas.camera, _grid(canvas)
    up = np.clip((camera.horizon - rows) / camera.focal, 0.0, None)
    share = (1 - np.exp(-up / 0.28))[..., None]
    sky = (light.rim + share * (light.zenith - light.rim)).astype(np.float32)
    away = 1 / (up + 0.12)  # a layer of clouds seen from below
    across = (columns - camera.centre) / camera.focal * away
    start = rng.integers(0, 256, 2)
    row = (away * 14 + start[0]).astype(np.int32) % 256
    column = (across * 26 + start[1]).astype(np.int32) % 256
    cloud = _noise("clouds")[np.broadcast_to(row, column.shape), column]
    cover = np.clip(0.5 + rng.uniform(0.3, 0.7) * cloud, 0, 1)[..., None] * light.clouds
    tone = light.rim * (0.95 if light.weather != "clear" else 1.04) - 0.12 * (light.weather == "dusk")
    sky = sky + 0.75 * cover * (np.minimum(tone, 1.05).astype(np.float32) - sky)
    if light.towards[2] > 0.2 and light.shadows > 0:
        sun = camera.centre + camera.focal * light.towards[0] / light.towards[2]
        height = camera.horizon - camera.focal * light.towards[1] / light.towards[2]
        far = ((columns - sun) ** 2 + (rows - height) ** 2) / (0.3 * camera.focal) ** 2
        sky = sky + 0.6 * np.exp(-far)[..., None] * light.sun
    return sky.astype(np.float32)


def _ground_noise(canvas: Canvas, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(n_H, 1) distance of the flat ground and (n_H, n_W) noise that lies on it."""
    camera, (rows, columns) = canvas.camera, _grid(canvas)
    away = camera.focal * camera.stands / np.maximum(rows - camera.horizon, 1.5)
    across = (columns - camera.centre) / camera.focal * away - 0.5 * camera.bend * away**2
    start = rng.integers(0, 256, 2)
    row, column = (away * 3 + start[0]).astype(np.int32) % 256, (across * 9 + start[1]).astype(np.int32) % 256
    noise = _noise("rough")[np.broadcast_to(row, column.shape), column]
    return away, noise * np.clip(9 / away, 0, 1)


ROUGH = np.array([0, 0.07, 0.10, 0.0, 0.0], np.float32)  # of PLAIN, ASPHALT, LAWN, LEAVES, WALL
FINE = np.array([0.0, 0.02, 0.05, 0.20, 0.03], np.float32)


def render(canvas: Canvas, light: Light, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(n_H, n_W, 3) float32 light, and how much of each pixel is ground, (n_H, n_W)."""
    colours, _, distances, textures = canvas.surfaces()
    ground = (textures == ASPHALT) | (textures == LAWN)
    haze = light.haze.astype(np.float32)
    veil = np.where(ground, 0, 1 - np.exp(-distances / light.reach))[:, None]
    looks = np.concatenate(
        [
            colours + veil * (haze - colours),
            ground[:, None],
            ROUGH[textures][:, None],
            FINE[textures][:, None] * (1 - veil),
            (np.arange(len(colours)) == 0)[:, None],
        ],
        axis=1,
        dtype=np.float32,
    )
    looks[0, :3] = 0
    drawn = looks[np.asarray(canvas.image)]
    shade = np.asarray(canvas.shade, dtype=np.float32) * np.float32(1 / 255)
    drawn[..., :3] *= (1 - shade * drawn[..., 3])[..., None]
    shrunk = shrink(drawn)
    picture, (flat, rough, fine, sky) = shrunk[..., :3], np.moveaxis(shrunk[..., 3:], -1, 0)
    away, noise = _ground_noise(canvas, rng)
    n_H, n_W = flat.shape
    grain = np.roll(_noise("fine"), rng.integers(0, 256, 2), (0, 1))
    grain = np.tile(grain, (-(-n_H // 256), -(-n_W // 256)))[:n_H, :n_W]
    picture = picture * (1 + rough * noise + fine * grain)[..., None]
    veil = (1 - np.exp(-np.minimum(away, 400) / light.reach)) * flat
    picture += veil[..., None] * (haze - picture)
    return picture + sky[..., None] * _sky(canvas, light, rng), flat


def shrink(image: np.ndarray) -> np.ndarray:
    """The mean of each OVERSAMPLING x OVERSAMPLING pixels."""
    step = OVERSAMPLING
    rows = sum(image[k::step] for k in range(step))
    return sum(rows[:, k::step] for k in range(step)) * np.float32(1 / step**2)


def _lamps(picture: np.ndarray, canvas: Canvas) -> np.ndarray:
    """picture with the glow of the lamps that are seen; (n_H, n_W, 3)."""
    glow, index = np.zeros_like(picture), np.asarray(canvas.image)
    n_H, n_W = picture.shape[:2]
    for lamp in canvas.glows:
        row, column = max(int(lamp.row), 1), max(int(lamp.column), 1)
        if not (index[row - 1 : row + 2, column - 1 : column + 2] == lamp.surface).any():
            continue
        x, y, radius = lamp.column / OVERSAMPLING, lamp.row / OVERSAMPLING, lamp.radius / OVERSAMPLING
        reach = int(3 * radius) + 1
        left, right = max(int(x) - reach, 0), min(int(x) + reach + 1, n_W)
        top, bottom = max(int(y) - reach, 0), min(int(y) + reach + 1, n_H)
        if left >= right or top >= bottom:
            continue
        down = np.exp(-0.5 * ((np.arange(top, bottom) + 0.5 - y) / radius) ** 2)
        across = np.exp(-0.5 * ((np.arange(left, right) + 0.5 - x) / radius) ** 2)
        glow[top:bottom, left:right] += (down[:, None] * across)[..., None] * np.asarray(lamp.colour)
    return picture + glow


def _mirrored(picture: np.ndarray, ground: np.ndarray, light: Light) -> np.ndarray:
    """A wet road shows what stands on it, upside down and drawn out; ground: (n_H, n_W) share."""
    rows = np.arange(len(picture))[:, None]
    foot = np.maximum.accumulate(np.where(ground < 0.5, rows, 0), axis=0)
    upside = picture[np.clip(2 * foot - rows, 0, None), np.arange(picture.shape[1])[None, :]]
    upside = ndimage.gaussian_filter(upside, (4.0, 0.7, 0), truncate=2)
    share = (light.wet * 0.32 * ground)[..., None]
    return picture + share * (upside - picture - 0.05)


def _developed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exposure, white balance and contrast of a camera that sets itself, more or less."""
    exposure = (0.45 / max(float(picture.mean()), 0.05)) ** 0.45 * np.exp(rng.normal(0, 0.12))
    balance = np.exp(rng.normal(0, 0.03) * np.array([1, 0.1, -1]) + rng.normal(0, 0.01, 3))
    picture = picture * (exposure * balance).astype(np.float32)
    return 0.45 + np.float32(rng.normal(1.08, 0.09)) * (picture - 0.45) + np.float32(rng.uniform(0, 0.05))


def photograph(canvas: Canvas, light: Light, rng: np.random.Generator) -> np.ndarray:
    """(n_H, n_W, 3) uint8: lens, sensor, exposure, white balance and compression."""
    picture, ground = render(canvas, light, rng)
    picture = _lamps(picture, canvas)
    if light.wet:
        picture = _mirrored(picture, ground, light)
    n_H, n_W = picture.shape[:2]
    blur = rng.uniform(0.25, 0.55) + (rng.uniform(0.15, 0.4) if rng.random() < 0.06 else 0)
    picture = ndimage.gaussian_filter(picture, (blur, blur, 0), truncate=3)
    rows, columns = np.linspace(-1, 1, n_H)[:, None], np.linspace(-1, 1, n_W)[None, :]
    uneven = 1 - rng.uniform(0, 0.14) * (rows**2 + columns**2) + rng.normal(0, 0.03) * columns
    picture = _developed(picture * uneven[..., None].astype(np.float32), rng)
    grey = picture.mean(axis=-1, keepdims=True)
    colour = picture - grey
    colour = 0.5 * colour + 0.5 * ndimage.gaussian_filter(colour, (0.7, 0.7, 0), truncate=3)
    noise = rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(rng.uniform(0.002, 0.010))
    picture = grey + np.float32(rng.normal(0.88, 0.13)) * colour + noise
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)
