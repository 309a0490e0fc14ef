"""Checks for train_step: one step of gradient descent on the picture."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.observing import standing_in, written
from workbook.plain import Other, plain
from workbook.slips import by_slip

from .observers import TOLERANCE, number


def small_features(picture: Any, training: Any = None, mask: Any = None) -> list:
    """What stands in for a network: two style layers and the content layer of (1, n_H, n_W, 3)."""
    import tensorflow as tf

    x = tf.convert_to_tensor(picture)
    edges = tf.nn.relu(4 * (x[:, :, 1:] - x[:, :, :-1]) + 0.5)
    blurred = tf.nn.avg_pool2d(x, 2, 1, "VALID")
    return [2 * x, edges, 3 * blurred * blurred + blurred]


STYLE_LAYERS = [("pixels", 0.6), ("edges", 0.4)]


def _content_cost(content_output: Any, generated_output: Any) -> Any:
    import tensorflow as tf

    C, G = content_output[-1], generated_output[-1]
    return tf.reduce_mean(tf.square(C - G)) / 4


def _style_cost(
    style_image_output: Any, generated_image_output: Any, STYLE_LAYERS: Any = STYLE_LAYERS
) -> Any:
    import tensorflow as tf

    def gram(a: Any) -> Any:
        return tf.einsum("mhwi,mhwj->ij", a, a) / (a.shape[1] * a.shape[2])

    layers = zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=True)
    return sum(w * tf.reduce_mean(tf.square(gram(S) - gram(G))) / 4 for (_, w), S, G in layers)


def _total_cost(J_content: Any, J_style: Any, alpha: Any = 10, beta: Any = 40) -> Any:
    return alpha * J_content + beta * J_style


def _clip(image: Any, *_: Any) -> Any:
    import tensorflow as tf

    return tf.clip_by_value(image, 0.0, 1.0)


def stand_ins(content_picture: np.ndarray, style_picture: np.ndarray, rate: float) -> dict[str, Any]:
    """Everything that a step finds by name in a notebook, small and known."""
    import keras

    a_C, a_S = small_features(content_picture), small_features(style_picture)
    return {
        "model_outputs": small_features,
        "vgg_model_outputs": small_features,
        "a_C": a_C,
        "a_S": a_S,
        "STYLE_LAYERS": STYLE_LAYERS,
        "features": SimpleNamespace(model=small_features, names=["pixels", "edges", "blurred"]),
        "optimizer": keras.optimizers.SGD(rate, momentum=0.5),
        "compute_content_cost": _content_cost,
        "compute_style_cost": _style_cost,
        "total_cost": _total_cost,
        "clip_0_1": _clip,
        "alpha": 10,
        "beta": 40,
    }


def look_at_steps(function: Callable, start: np.ndarray, others: tuple, rate: float, steps: int = 1) -> Any:
    """The picture after some steps, and the costs that they return."""
    import tensorflow as tf

    picture = tf.Variable(start)
    with standing_in(function, stand_ins(*others, rate)):
        step = written(function)  # not the graph that tf.function laid out earlier, with other parts
        returned = [step(picture) for _ in range(steps)]
    if any(isinstance(each, list | tuple | dict) for each in returned):
        return Other("several", "several results: return J alone")
    return {
        "the picture afterwards": picture.numpy(),
        "the cost that is returned": None if returned[0] is None else _numbers(returned),
    }


def _numbers(returned: list) -> Any:
    """The costs of all steps as one array, where they are numbers."""
    found = [number(each) for each in map(plain, returned)]
    alone = all(isinstance(each, np.ndarray) and each.shape == () for each in found)
    if not alone:
        return plain(returned[0])
    return np.array(found, np.float64) if len(found) > 1 else found[0]


def step_with(slip: str) -> Callable:
    """train_step, with one slip."""

    def train_step(generated_image: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            a_G = model_outputs(generated_image)  # noqa: F821
            J = _cost(slip, a_G, a_C, a_S)  # noqa: F821
            J_content = 10 * _content_cost(a_C, a_G)  # noqa: F821
            learnt = J
            if slip == "gradient of content":
                learnt = _content_cost(a_C, a_G)  # noqa: F821
            if slip == "gradient of style":
                learnt = _style_cost(a_S, a_G)  # noqa: F821
            learnt = {"content cut off": J - J_content, "style cut off": J_content}.get(slip, learnt)
        gradient = tape.gradient(learnt, generated_image)
        if slip == "clip first":
            generated_image.assign(_clip(generated_image))
        if slip == "gradient clipped":
            gradient = tf.clip_by_value(gradient, 0.0, 1.0)
        if slip == "upwards":
            gradient = -gradient
        if slip == "picture as gradient":
            gradient = tf.convert_to_tensor(generated_image)
        for _ in range({"no step": 0, "twice": 2}.get(slip, 1)):
            chosen = _optimizer(slip, optimizer)  # noqa: F821
            chosen.apply_gradients([(gradient, generated_image)])
        if slip == "sigmoid":
            generated_image.assign(tf.sigmoid(generated_image))
        elif slip == "stretched":
            low, high = tf.reduce_min(generated_image), tf.reduce_max(generated_image)
            generated_image.assign((generated_image - low) / (high - low))
        elif slip not in ("not clipped", "clip first"):
            low, high = {
                "255": (0, 255),
                "-1": (-1, 1),
                "top only": (-1e9, 1),
            }.get(slip, (0, 1))
            generated_image.assign(tf.clip_by_value(generated_image, low, high))
        if slip == "cost afterwards":
            return _cost("", model_outputs(generated_image), a_C, a_S)  # noqa: F821
        if slip == "content returned":
            return _content_cost(a_C, a_G)  # noqa: F821
        return _style_cost(a_S, a_G) if slip == "style returned" else J  # noqa: F821

    return train_step


def _optimizer(slip: str, given: Any) -> Any:
    """The optimizer that takes a step: the one given, or one that is made for it."""
    import keras

    if slip == "made anew":
        return keras.optimizers.SGD.from_config(given.get_config())
    return keras.optimizers.Adam(float(slip.split()[1])) if slip.startswith("Adam") else given


def _cost(slip: str, a_G: Any, a_C: Any, a_S: Any) -> Any:
    """The cost of a step, with one slip."""
    if slip == "pictures swapped":
        a_C, a_S = a_S, a_C
    J_content, J_style = _content_cost(a_C, a_G), _style_cost(a_S, a_G)
    if slip == "content twice":
        J_style = _style_cost(a_C, a_G)
    if slip == "style twice":
        J_content = _content_cost(a_S, a_G)
    return {
        "content only": J_content,
        "style only": J_style,
        "plain": J_content + J_style,
        "costs swapped": _total_cost(J_style, J_content),
    }.get(slip, _total_cost(J_content, J_style))


STEP_SLIPS = {
    "not clipped": "clipping is forgotten: after the step the picture must go back to values from 0 to 1, and a "
    "clipped copy alone changes nothing (assign it)",
    "clip first": "the picture is clipped before the step: the step leads out of [0, 1] again",
    "gradient clipped": "the gradient is clipped to [0, 1], so that no pixel can become lighter: clip the picture",
    "255": "the picture is clipped at 0 and not at 1, or to [0, 255]: its values go from 0 to 1",
    "-1": "the picture is clipped to [-1, 1]: its values go from 0 to 1",
    "top only": "the picture is clipped at 1 and not at 0",
    "sigmoid": "a sigmoid squeezes the picture after every step: it is cut off at 0 and 1",
    "stretched": "the picture is stretched to [0, 1] after every step: it is cut off at 0 and 1",
    "no step": "no step is taken, or one on a copy: the optimizer has to change generated_image itself",
    "twice": "the optimizer takes the step twice",
    "made anew": "an optimizer is made anew in every step and forgets the earlier ones: use the one called optimizer",
    **{
        f"Adam {rate}": "an Adam of its own takes the step, made inside train_step: use the one called optimizer"
        for rate in (0.001, 0.01, 0.02, 0.03)
    },
    "upwards": "the step goes uphill: give the optimizer the gradient as it is",
    "picture as gradient": "the picture is given to the optimizer in place of the gradient",
    "content only": "the gradient is that of the content cost alone, and the total cost is not used",
    "style only": "the gradient is that of the style cost alone, and the total cost is not used",
    "gradient of content": "the total is returned, but the gradient is that of the content cost alone: ask the tape for "
    "that of J",
    "gradient of style": "the total is returned, but the gradient is that of the style cost alone: ask the tape for that "
    "of J",
    "content cut off": "the content cost has no part in the gradient: float, .numpy() or NumPy cuts it off",
    "style cut off": "the style cost has no part in the gradient: float, .numpy() or NumPy cuts it off",
    "plain": "the costs are added without alpha and beta: call total_cost",
    "costs swapped": "alpha and beta are swapped, or the costs are swapped on their way into total_cost: content first, "
    "then style",
    "pictures swapped": "a_C and a_S are swapped: the painting gives the content and the photograph the style",
    "content twice": "the style is compared with a_C: it belongs to a_S",
    "style twice": "the content is compared with a_S: it belongs to a_C",
    "cost afterwards": "the cost returned is that after the step: return the J of the tape",
    "style returned": "the style cost is returned and not the total",
    "content returned": "the content cost is returned and not the total",
}


def step_cases(rng: np.random.Generator) -> list:
    def picture(low: float = 0.2, high: float = 0.8) -> np.ndarray:
        return rng.uniform(low, high, (1, 5, 6, 3)).astype(np.float32)

    bright, dark = picture(0.5, 1.0), picture(0.0, 0.4)
    return [
        case("a small step", picture(), (bright, dark), 0.4),
        case("a step that leads below 0 and above 1", picture(0.0, 1.0), (dark, bright), 6.0),
        case("three steps one after the other", picture(), (picture(), bright), 1.0, steps=3),
    ]


step = Exercise(
    name="train_step",
    points=14,
    difficulty=3,
    minutes=20,
    needs=["compute_content_cost", "compute_style_cost", "total_cost"],
    cases=step_cases,
    observe=look_at_steps,
    gives="the total cost, one number",
    reference=step_with(""),
    time_limit=20,
    slow=True,
    tolerance=TOLERANCE,
    mistakes=by_slip(step_with, STEP_SLIPS),
    hints=[
        "Inside the tape: the features of the picture, both costs, the total. Outside: gradient, optimizer, clipping.",
        "The variable that learns is the picture. tape.gradient(J, generated_image) has the picture's shape.",
        "If 'a small step' passes and 'below 0 and above 1' does not, look at the clipping. If the cost is right and "
        "the picture is not, look at what you give to the optimizer.",
        "optimizer.apply_gradients([(gradient, generated_image)]), then "
        "generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0)), then return J.",
    ],
    idea="The same three lines train a network. Here the weights stand still and the input learns.",
    try_next="Change Adam(0.03) in the cell that paints to Adam(0.3): say first how the curve of the costs begins, "
    "and whether it ends higher or lower.",
)
