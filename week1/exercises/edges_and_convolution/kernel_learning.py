"""Checks for learn_kernel: a kernel found by gradient descent."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import windows

LEARNING_TOLERANCE = 1e-4
"""A right answer in float32 is off by less than 1e-6: each step shrinks the error of the steps before. A wrong one
may climb and lose digits on its way, and should be known all the same. In some case every slip is off by 1e-2."""


def learn(images, targets, steps, learning_rate):
    """The reference: the loss is quadratic in the kernel, so its gradient is a matrix product and a vector."""
    rows = windows(images, 3, 3).reshape(-1, 9)
    A, b = 2 * rows.T @ rows / len(rows), 2 * rows.T @ targets.ravel() / len(rows)
    kernel = np.zeros(9)
    for _ in range(steps):
        kernel = kernel - learning_rate * (A @ kernel - b)
    return kernel.reshape(3, 3)


def learn_with(slip):
    """learn_kernel, with one slip."""

    def learn_kernel(images, targets, steps, learning_rate):
        if slip == "solved":
            rows = windows(images, 3, 3).reshape(-1, 9)
            return np.linalg.lstsq(rows, targets.ravel(), rcond=None)[0].reshape(3, 3)
        if slip == "first picture":
            images, targets = images[:1], targets[:1]
        if slip == "last picture":
            views, targets_used = windows(images[-1:], 3, 3), targets[-1:]
        else:
            views, targets_used = windows(images, 3, 3), targets
        steps = {"100 steps": 100, "one step": 1, "a step more": steps + 1, "a step less": steps - 1}.get(
            slip, steps
        )
        rate = {"rate 0.1": 0.1, "no rate": 1, "rate falls": learning_rate}.get(slip, learning_rate)
        kernel = np.ones((3, 3)) if slip == "from ones" else np.zeros((3, 3))
        before, total, gradient = kernel, 0, kernel
        for step in range(steps):
            if slip in ("picture by picture", "picture by picture, of all"):
                share = 1 if slip == "picture by picture" else 1 / len(targets)
                for view, target in zip(views, targets, strict=True):
                    kernel = kernel - rate * share * slope(kernel, view[None], target[None], "")
                continue
            gradient = slope(before if slip == "old errors" else kernel, views, targets_used, slip)
            if slip == "last picture":
                gradient = gradient * len(targets_used) / len(targets)
            if slip == "by images":
                gradient = gradient * targets.size / images.size
            if slip == "stops early" and abs(gradient).max() < 0.05:
                break
            if slip == "kept":
                gradient = total = total + gradient
            if slip == "bias":
                error = np.einsum("mhwij,ij->mhw", views, kernel) + total - targets
                gradient = 2 * np.einsum("mhwij,mhw->ij", views, error) / error.size
                total = total - rate * 2 * error.mean()
            if slip == "rate falls":
                rate = learning_rate / (step + 1)
            move = (-1 if slip == "uphill" else 1) * rate * gradient
            kernel = -move if slip == "overwritten" else kernel - move
            if (
                slip == "stops early, after"
                and np.mean((np.tensordot(views, kernel, 2) - targets) ** 2) < 1e-3
            ):
                break
        return {"stays": np.zeros((3, 3)), "gradient": gradient}.get(slip, kernel)

    return learn_kernel


def slope(kernel, views, targets, slip):
    """The gradient of the mean squared error by the kernel, as the slip has it."""
    used = kernel[::-1, ::-1] if slip.startswith("convolved") else kernel
    used = kernel.T if slip == "transposed in the output" else used
    used = kernel / 9 if slip.startswith("output mean") else used
    error = np.einsum("mhwij,ij->mhw", views, used) - targets
    if slip == "matrices":
        error = np.sum(views @ kernel, axis=(3, 4)) - targets
    if slip == "cost":
        return np.mean(error**2)
    if slip == "averaged first":
        return 2 * error.mean() * views.mean((0, 1, 2))
    if slip in ("squared", "size"):
        error = error**2 if slip == "squared" else abs(error)
    if slip in ("absolute", "absolute, twice"):
        return (1 + (slip != "absolute")) * np.einsum("mhwij,mhw->ij", views, np.sign(error)) / error.size
    met = error[:, ::-1, ::-1] if slip in ("errors flipped", "convolved, errors flipped") else error
    gradient = 2 * np.einsum("mhwij,mhw->ij", views, met)
    counts = {
        "sum": 1,
        "sum, no 2": 1,
        "by pictures": len(views),
        "by pixels": error[0].size,
        "by windows": 9 * error.size,
    }
    counts |= {"by 9": 9, "by pictures too": len(views) * error.size, "output mean, twice": 9 * error.size}
    counts |= {"by pixels of one": (error.shape[1] + 2) * (error.shape[2] + 2)}
    gradient = gradient / counts.get(slip, error.size)
    factor = {
        "root": 0.5 / max(np.sqrt(np.mean(error**2)), 1e-300),
        "no 2": 0.5,
        "sum, no 2": 0.5,
        "4": 2,
        "//": 2 // error.size / (2 / error.size),
        "turned over": error.size**2 / 4,
    }
    gradient = gradient * factor.get(slip, 1)
    if slip in ("one number", "one number, mean"):
        return np.full((3, 3), gradient.sum() if slip == "one number" else gradient.mean())
    if slip == "errors only":
        return np.full((3, 3), 2 * error.mean())
    if slip == "windows only":
        return 2 * views.mean((0, 1, 2))
    turned = {"flipped": gradient[::-1, ::-1], "convolved": gradient[::-1, ::-1], "transposed": gradient.T}
    return turned.get(slip, gradient)


def learning_cases(rng):
    def pictures(m, n_H, n_W, kernel, noise=0.0, light=1.0):
        images = light * rng.normal(size=(m, n_H, n_W))
        targets = np.einsum("mhwij,ij->mhw", windows(images, 3, 3), kernel)
        return images, targets + rng.normal(0, noise, targets.shape) if noise else targets

    sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return [
        case("the example of the text: one window, one step", *small_window(), 1, 0.25),
        case("one step from zeros", *pictures(3, 6, 8, sobel), 1, 0.25),
        case("two steps", *pictures(3, 7, 5, sobel), 2, 0.2),
        case("five steps, another kernel", *pictures(2, 8, 6, rng.normal(size=(3, 3))), 5, 0.15),
        case("targets that no kernel meets", *pictures(4, 6, 5, sobel.T, noise=1.0), 3, 0.125),
        case("faint pictures, a large rate", *pictures(3, 6, 8, sobel, light=1e-3), 3, 0.2e6),
        case("a dozen steps", *pictures(3, 6, 8, rng.normal(size=(3, 3))), 12, 0.02),
    ]


def small_window():
    """The worked example: a picture of one window, whose output should be 4: 2 * window is learned."""
    return np.array([[[0.0, 0, 0.5], [0, 0, 1], [0, 0, 0.5]]]), np.array([[[4.0]]])


EARLY = (
    "the steps end early where gradient or cost is small: what is small depends on how bright the pictures are. Make "
    "all of the steps"
)
CONVOLVED = (
    "the output is computed by convolution, so the kernel learned is turned round: use cross-correlation"
)
MATRICES = (
    "window and kernel are multiplied as matrices in the output (@): use *, number by number, and add up"
)
ONE_BY_ONE = "a step is made for each picture: one step should look at all of them"
OUTPUT_MEAN = "the output is the mean of window times kernel: it is their sum, np.sum over the last two axes"
ONE_NUMBER = (
    "the gradient is a single number, added up over the places of the kernel too: each of the nine has one of its own, "
    "so sum over axis=(0, 1, 2) alone"
)
LEARN_SLIPS = {
    "sum": "the gradient is that of the sum of the squares: divide by targets.size, as the mean asks",
    "by pictures": "the squares are summed over the pixels and averaged over the pictures only: divide by "
    "targets.size, which counts all numbers",
    "by pixels": "each picture's mean is taken and these are added up: divide by targets.size, which counts "
    "the pictures too",
    "by images": "the sum is divided by images.size: divide by targets.size, for there is an error for each window and "
    "not for each pixel",
    "by windows": "the mean is also taken over the 9 places of the window: they are summed up",
    "by 9": "the sum is divided by 9, the numbers of the kernel: divide by targets.size",
    "by pictures too": "the number of pictures divides twice: targets.size counts them already",
    "by pixels of one": "the sum is divided by the pixels of one picture: divide by targets.size, for there is an error "
    "for each window of each picture",
    "root": "the slope is that of the root of the mean square: leave the root out",
    "sum, no 2": "the sum of error times window is the gradient as it stands: it lacks its factor, 2 / targets.size",
    "no 2": "the factor 2 is missing from the gradient: the square's slope is 2 * error",
    "4": "the factor 2 is there twice: the square's slope is 2 * error",
    "//": "2 // targets.size is rounded down to 0: use /",
    "turned over": "the gradient is multiplied by targets.size / 2: it should be 2 / targets.size",
    "errors only": "the windows are missing from the gradient: each error is multiplied by what its window holds",
    "averaged first": "errors and windows are averaged before they are multiplied: multiply each error with its own "
    "window, then take the mean",
    "cost": "the cost itself is taken off in place of its slope: each number of the kernel has a slope of its own",
    "squared": "the errors are squared in the gradient: the slope of error ** 2 is 2 * error",
    "size": "the errors lose their sign in the gradient: too little should move the kernel the other way than too much",
    "matrices": MATRICES,
    "transposed in the output": "the kernel is transposed where the output is computed: number (r, c) of the kernel "
    "meets number (r, c) of a window",
    "output mean": OUTPUT_MEAN,
    "output mean, twice": OUTPUT_MEAN,
    "bias": "a bias is learned as well, and takes a part of each error on itself: keep to the kernel (in a layer "
    "use_bias=False)",
    "one number": ONE_NUMBER,
    "one number, mean": ONE_NUMBER,
    "windows only": "the errors are missing from the gradient: each window is multiplied by its error",
    "stays": "the kernel stays full of zeros: each step takes learning_rate times the gradient off it, where the "
    "error is output - target",
    "gradient": "the last gradient comes back: return the kernel",
    "kept": "the gradients of all steps are added up: begin each step with a gradient of zeros",
    "absolute": "the error's sign is used in place of the error: that is the slope of its size, not of its square",
    "absolute, twice": "the error's sign is used in place of the error: that is the slope of its size, not of its "
    "square",
    "stops early": EARLY,
    "stops early, after": EARLY,
    "uphill": "the step goes uphill: take the gradient off, where output - target is the error",
    "flipped": "the gradient is turned round: the place (r, s) of the kernel meets the place (r, s) of a window",
    "errors flipped": "the errors are flipped on their way back, as convolution would: each window belongs to "
    "its own error",
    "transposed": "the gradient is transposed: its rows belong to the window's rows",
    "convolved": CONVOLVED,
    "convolved, not back": CONVOLVED,
    "convolved, errors flipped": CONVOLVED,
    "first picture": "only the first picture is used: the error and the gradient run over all of them",
    "last picture": "the gradient is overwritten (=) by each picture, so the last alone counts: add up (+=)",
    "picture by picture": ONE_BY_ONE,
    "picture by picture, of all": ONE_BY_ONE,
    "old errors": "the errors are computed once, before the loop: they change with the kernel at each step",
    "overwritten": "the kernel is overwritten by the step: each step moves the kernel that is there",
    "from ones": "the kernel starts from ones: it should start from zeros",
    "100 steps": "100 steps are made, whatever steps says",
    "one step": "one step is made, whatever steps says: does return stand inside the loop, does the step stand behind "
    "it, or does the kernel become zeros anew?",
    "a step more": "one step too many is made",
    "a step less": "one step too few is made",
    "rate 0.1": "the learning rate is 0.1, whatever learning_rate says",
    "no rate": "the gradient is taken off whole: multiply it by learning_rate",
    "rate falls": "the learning rate falls from step to step: it should stay as it is",
    "solved": "the best kernel is solved for outright: follow the gradient, steps times, and stop where you are",
}

learn_kernel = Exercise(
    name="learn_kernel",
    points=20,
    difficulty=4,
    minutes=30,
    cases=learning_cases,
    reference=learn,
    tolerance=LEARNING_TOLERANCE,
    needs=("cross_correlate2d",),
    mistakes=by_slip(learn_with, LEARN_SLIPS),
    hints=[
        "Three things happen in each step: compute the outputs with the kernel of now, compute the gradient, "
        "move the kernel.",
        "error has one number for each window. Number (r, c) of the gradient multiplies each error with what "
        "that window holds at (r, c).",
        "If 'one step' passes and 'two steps' fails, look at whether the errors are new in each step and the "
        "kernel is kept. If the example passes and 'one step' fails, look at what you divide by.",
        "error = np.sum(windows * kernel, axis=(3, 4)) - targets; gradient = 2 / targets.size * "
        "np.sum(windows * error[..., None, None], axis=(0, 1, 2)); kernel -= learning_rate * gradient.",
    ],
    idea="Nothing here knows that it is about edges. Give it other targets, and it finds other kernels.",
    try_next="Give the call of learn_kernel in the next cell the learning rates 0.05 and 1.5 in place of 0.2, "
    "and say which of the two creeps and which flies away.",
)
