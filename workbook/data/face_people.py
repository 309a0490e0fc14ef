"""People for drawn faces: what stays the same in all pictures of one person.

Lengths are in centimetres, angles in degrees. The origin of a head lies between the eyes' heights and the
ears; x points to the right of the picture, y up, z out of the face.
"""

from typing import NamedTuple

import numpy as np

STYLES = ("short", "crop", "side", "fringe", "curly", "bob", "long", "receding", "bald")

SKIN_TONES = np.array(  # RGB reflectance from light to dark
    [
        [0.95, 0.78, 0.69],
        [0.90, 0.71, 0.60],
        [0.83, 0.62, 0.49],
        [0.70, 0.49, 0.36],
        [0.52, 0.35, 0.26],
        [0.36, 0.24, 0.19],
    ]
)
HAIR_COLOURS = np.array(  # black, dark brown, brown, chestnut, dark blond, blond, red
    [
        [0.08, 0.07, 0.07],
        [0.15, 0.10, 0.08],
        [0.25, 0.17, 0.12],
        [0.33, 0.19, 0.12],
        [0.47, 0.36, 0.24],
        [0.70, 0.55, 0.36],
        [0.52, 0.24, 0.11],
    ]
)
GREY_HAIR = np.array([0.62, 0.61, 0.60])
EYE_COLOURS = np.array(  # dark brown, brown, hazel, green, blue, grey
    [
        [0.16, 0.10, 0.07],
        [0.30, 0.18, 0.10],
        [0.40, 0.30, 0.15],
        [0.33, 0.40, 0.28],
        [0.35, 0.48, 0.62],
        [0.45, 0.50, 0.54],
    ]
)


class Hair(NamedTuple):
    """The hair on the head."""

    style: str  # one of STYLES
    colour: np.ndarray  # (3,) RGB reflectance
    line: float  # height of the hairline in the middle of the forehead, cm
    volume: float  # thickness on top, cm
    parting: float  # -1 to 1: the side from which the hair is combed
    wave: float  # 0 straight to 1 curled
    length: float  # how far it hangs down, cm below the eyes; long styles only
    strands: int  # seed of the single strands


class Person(NamedTuple):
    """The face of one person."""

    # The head
    width: float  # half the width at the cheekbones
    temples: float  # half the width at the temples, as a part of width
    jaw: float  # half the width at the corners of the jaw, as a part of width
    chin: float  # half the width of the chin, as a part of width
    length: float  # from the eyes down to the chin
    crown: float  # from the eyes up to the top of the skull
    cheekbones: float  # how far they stand out
    chin_out: float  # how far the chin stands out
    brow_ridge: float  # how far it stands out
    fullness: float  # -1 hollow to 1 round cheeks
    # Eyes and brows
    eye_spacing: float  # from the middle of the face to the middle of an eye
    eye_width: float
    eye_opening: float
    eye_tilt: float  # how much the outer corner is higher
    eye_depth: float  # how deep the sockets lie
    lid_fold: float  # 0 none to 1 clear: the fold in the upper lid
    iris: np.ndarray  # (3,) RGB reflectance
    lashes: float  # 0 to 1
    brow_height: float  # above the eye
    brow_thickness: float
    brow_arch: float
    brow_slant: float  # how much the outer end is higher
    brow_colour: np.ndarray  # (3,) RGB reflectance
    # Nose, mouth, ears
    nose_length: float  # from the eyes down to its base
    nose_width: float  # half the width at the wings
    nose_out: float  # how far the tip stands out
    nose_bridge: float  # how high the bridge is
    nose_hump: float
    nose_up: float  # how far the tip is lifted
    mouth_height: float  # from the chin up to the lips
    mouth_width: float  # half
    mouth_curve: float  # how far the corners lie above the middle, at rest
    upper_lip: float  # thickness
    lower_lip: float  # thickness
    lip_bow: float  # 0 to 1: the notch of the upper lip
    lips: np.ndarray  # (3,) RGB reflectance
    ears: float  # size, 1 is the mean
    ears_out: float  # how far they stand off
    # Skin
    skin: np.ndarray  # (3,) RGB reflectance
    blush: float  # 0 to 1
    freckles: float  # 0 to 1
    marks: int  # seed of freckles, moles and pores
    moles: int  # how many
    age: float  # 0 young to 1 old
    beard: float  # 0 none, 0.3 shadow, to 1 full
    beard_shape: str  # "full", "chin" or "moustache"
    hair: Hair


class Expression(NamedTuple):
    """What a face does for a moment."""

    smile: float  # 0 none to 1 broad
    lift: float  # how far the corners of the mouth go up, cm; below 0 down
    stretch: float  # how far they go outwards, cm; below 0 inwards
    opening: float  # between the lips, cm
    teeth: float  # how much of the upper teeth shows, cm
    aside: float  # how far the mouth is pulled to one side, cm
    cheeks: float  # 0 to 1: raised by a smile
    squint: float  # 0 to 1: the lower lids raised
    lids: float  # 1 open eyes, 0.5 half closed
    brow: float  # raised, about -0.5 to 1
    frown: float  # 0 to 1
    gaze: tuple[float, float]  # where the eyes look: right and up, cm on the eyeball


def _mixed(colours: np.ndarray, place: float) -> np.ndarray:
    """The colour at a place between the rows of a table."""
    place = float(np.clip(place, 0, len(colours) - 1.001))
    lighter = int(place)
    return colours[lighter] + (place - lighter) * (colours[lighter + 1] - colours[lighter])


def _hair_colour(tone: float, age: float, rng: np.random.Generator) -> np.ndarray:
    """Mostly dark, whatever the person: its colour is no name tag."""
    fair = np.clip(1 - tone / 2.2, 0, 1)
    weights = np.array([1.0, 1.6, 0.2 + 1.4 * fair, 0.8 * fair, 0.9 * fair, 0.8 * fair, 0.35 * fair])
    colour = HAIR_COLOURS[rng.choice(len(HAIR_COLOURS), p=weights / weights.sum())]
    grey = np.clip((age - 0.6) * 2.4 + rng.normal(0, 0.25), 0, 0.95) if age > 0.55 else 0.0
    return np.clip((colour + grey * (GREY_HAIR - colour)) * np.exp(rng.normal(0, 0.12)), 0.04, 0.9)


def draw_hair(rng: np.random.Generator, tone: float = 2.0, age: float = 0.3, manly: float = 0.5) -> Hair:
    """A haircut. tone: 0 light to 5 dark skin; age: 0 to 1; manly: 0 to 1, how short it tends to be."""
    likely = np.array(
        [
            0.3 + 1.6 * manly,
            0.1 + 1.3 * manly,
            0.9,
            0.7,
            0.6 + 0.25 * tone,
            1.6 * (1 - manly),
            3.2 * (1 - manly),
            1.6 * manly * age,
            1.0 * manly * (0.3 + age),
        ]
    )
    style = STYLES[rng.choice(len(STYLES), p=likely / likely.sum())]
    volume = {"crop": 0.35, "receding": 0.6, "bald": 0.0, "curly": 1.8, "fringe": 1.2}.get(style, 1.3)
    line = {"fringe": 3.6, "receding": 8.6, "bald": 12.0}.get(style, 7.0)
    return Hair(
        style=style,
        colour=_hair_colour(tone, age, rng),
        line=line + rng.normal(0, 0.4),
        volume=volume * np.exp(rng.normal(0, 0.2)),
        parting=rng.choice([-1, 1]) * rng.uniform(0.3, 1),
        wave=1.0 if style == "curly" else float(np.clip(rng.normal(0.2, 0.25), 0, 0.9)),
        length=rng.uniform(7, 12) if style == "bob" else rng.uniform(14, 22),
        strands=int(rng.integers(2**31)),
    )


def draw_person(rng: np.random.Generator) -> Person:
    """A new person. rng: all chance comes from it; raises ValueError where it is no NumPy generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a NumPy generator such as np.random.default_rng(0), got {rng!r}")

    def about(mean: float, spread: float, reach: float = 2.2) -> float:
        return float(mean + spread * np.clip(rng.normal(), -reach, reach))

    manly = float(rng.beta(0.7, 0.7))
    age = float(rng.beta(1.2, 1.8))
    tone = float(np.clip(rng.gamma(2.2, 0.85), 0, 4.8))
    hair = draw_hair(rng, tone, age, manly)
    skin = _mixed(SKIN_TONES, tone) * np.exp(rng.normal(0, 0.03, 3))
    eyes = rng.choice([0, 1, 2, 3, 4, 5], p=_eye_odds(tone))
    width = about(6.95 + 0.2 * manly, 0.38)
    full_beard = manly > 0.55 and rng.random() < 0.42
    brow = hair.colour if age < 0.6 else 0.5 * (hair.colour + HAIR_COLOURS[1])
    return Person(
        width=width,
        temples=about(1.02, 0.035),
        jaw=about(0.76 + 0.09 * manly, 0.055),
        chin=about(0.40 + 0.10 * manly, 0.055),
        length=about(10.5 + 0.6 * manly, 0.5),
        crown=about(11.8, 0.5),
        cheekbones=about(0.45, 0.25),
        chin_out=about(0.35 + 0.2 * manly, 0.25),
        brow_ridge=about(0.15 + 0.5 * manly, 0.2),
        fullness=about(0.1, 0.45),
        eye_spacing=about(3.18, 0.19),
        eye_width=about(3.0, 0.19),
        eye_opening=about(1.22 - 0.16 * manly - 0.15 * age, 0.16),
        eye_tilt=about(0.13, 0.14),
        eye_depth=about(0.75 + 0.25 * manly, 0.25),
        lid_fold=float(rng.uniform(0.1, 1)),
        iris=np.clip(EYE_COLOURS[eyes] * np.exp(rng.normal(0, 0.12, 3)), 0.05, 0.8),
        lashes=float(np.clip(rng.normal(0.75 - 0.45 * manly, 0.2), 0.1, 1)),
        brow_height=about(2.35 - 0.45 * manly, 0.28),
        brow_thickness=about(0.52 + 0.32 * manly, 0.15, 1.8),
        brow_arch=about(0.40 - 0.15 * manly, 0.17),
        brow_slant=about(0.0, 0.2),
        brow_colour=np.clip(brow * rng.uniform(0.55, 1.0), 0.04, 0.6),
        nose_length=about(4.75 + 0.3 * manly, 0.38),
        nose_width=about(1.62 + 0.15 * manly + 0.08 * tone, 0.19),
        nose_out=about(2.05 + 0.25 * manly, 0.32),
        nose_bridge=about(0.75 + 0.15 * manly, 0.25),
        nose_hump=about(0.0, 0.16),
        nose_up=about(0.15 - 0.1 * manly, 0.22),
        mouth_height=about(4.25 + 0.15 * manly, 0.28),
        mouth_width=about(2.45 + 0.12 * manly, 0.2),
        mouth_curve=about(0.0, 0.09),
        upper_lip=about(0.75 - 0.22 * manly - 0.15 * age + 0.05 * tone, 0.14, 1.8),
        lower_lip=about(0.98 - 0.18 * manly - 0.15 * age + 0.05 * tone, 0.16, 1.8),
        lip_bow=float(rng.uniform(0, 1)),
        lips=_lip_colour(skin, tone, manly, rng),
        ears=about(1.0, 0.1),
        ears_out=about(0.45, 0.3),
        skin=np.clip(skin, 0.1, 0.97),
        blush=float(np.clip(rng.normal(0.4, 0.25), 0, 1)),
        freckles=float(rng.uniform(0.4, 1)) if tone < 1.6 and rng.random() < 0.22 else 0.0,
        marks=int(rng.integers(2**31)),
        moles=int(rng.poisson(0.8)),
        age=age,
        beard=rng.uniform(0.6, 1) if full_beard else (rng.uniform(0, 0.35) if manly > 0.5 else 0.0),
        beard_shape=str(rng.choice(["full", "full", "chin", "moustache"])) if full_beard else "full",
        hair=hair,
    )


def _eye_odds(tone: float) -> np.ndarray:
    """Light eyes go with light skin more often than with dark skin."""
    light = np.clip(1.2 - tone / 2, 0, 1)
    odds = np.array([1.0, 1.0, 0.5 * light, 0.4 * light, 0.9 * light, 0.4 * light])
    return odds / odds.sum()


def _lip_colour(skin: np.ndarray, tone: float, manly: float, rng: np.random.Generator) -> np.ndarray:
    """Redder and a little darker than the skin; sometimes painted."""
    natural = skin * np.array([0.86, 0.62, 0.64]) + 0.02
    if manly < 0.4 and rng.random() < 0.4:
        painted = np.array([0.68, 0.22, 0.26]) * np.exp(rng.normal(0, 0.2)) * (1 - 0.07 * tone)
        return np.clip(natural + rng.uniform(0.3, 0.8) * (painted - natural), 0.05, 0.9)
    pale = rng.uniform(0.0, 0.6) * manly
    return np.clip(natural + pale * (skin * [0.9, 0.78, 0.78] - natural), 0.05, 0.9)
