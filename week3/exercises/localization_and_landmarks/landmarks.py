"""Checks for landmark_model: a network that finds points of a face."""

from typing import Any

from workbook import Exercise, case
from workbook.slips import switched

from .observers import look_at_network
from .trunk import IN_THE_TRUNK, NO_BIASES, trunk


def landmark_model(
    input_shape: tuple[int, int, int],
    landmarks: int,
    *,
    activation: str | None = None,
    shape: str = "right",
    biases: bool = True,
    **switches: Any,
) -> Any:
    """Pictures to (m, landmarks, 2): x and y of each landmark."""
    import keras
    from keras import layers

    inputs, X = trunk(input_shape, **switches)
    X = layers.Dense(2 * landmarks, activation=activation, use_bias=biases, kernel_initializer="zeros")(X)
    if shape == "right":
        X = layers.Reshape((landmarks, 2))(X)
    elif shape == "two rows":
        X = layers.Reshape((2, landmarks))(X)
    return keras.Model(inputs, X)


the_landmarks = Exercise(
    name="landmark_model",
    points=10,
    difficulty=2,
    minutes=10,
    cases=[
        case("pictures wider than high, ten landmarks", (16, 32, 3), landmarks=10),
        case("grey pictures, three landmarks", (24, 24, 1), landmarks=3),
    ],
    reference=landmark_model,
    observe=look_at_network,
    gives="a Keras model",
    tolerance=2e-4,
    time_limit=60,
    slow=True,
    mistakes=switched(
        landmark_model,
        {
            "the output is flat: (m, 2 * landmarks). Reshape it to (m, landmarks, 2)": {"shape": "flat"},
            "the output has the shape (m, 2, landmarks). Here it is (m, landmarks, 2)": {"shape": "two rows"},
            "the landmarks have a sigmoid: one outside the picture could never be told": {
                "activation": "sigmoid"
            },
            "the landmarks have a ReLU: left of the picture and above it nothing could be told": {
                "activation": "relu"
            },
            "the landmarks have a softmax": {"activation": "softmax"},
            "the argument landmarks is ignored: there are always ten": {"landmarks": 10},
            NO_BIASES: {"biases": False},
            **IN_THE_TRUNK,
        },
    ),
    hints=[
        "Everything up to the 128 numbers is as before. Two numbers for each landmark.",
        "Reshape takes the shape without the batch.",
        "If only the shape is wrong, the reshape is missing or turned; if the outputs never fall below 0, an "
        "activation is left.",
        "X = layers.Reshape((landmarks, 2))(layers.Dense(2 * landmarks)(X)).",
    ],
    idea="A hundred landmarks cost no more layers than ten. Bodies, hands and cows have them too.",
    try_next="Once the network is trained, print localizing.answers(finder(), faces_test[:1, :, ::-1])[0, 0], x "
    "and y of landmark 0 in a mirrored face, and say first on which side it will lie.",
)
