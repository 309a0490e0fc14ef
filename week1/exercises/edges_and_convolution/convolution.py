"""Checks for convolve2d: cross-correlation with the kernel flipped."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .cross_correlation import correlate, kernel_of
from .windows import TOLERANCE


def convolve(image, kernel):
    """The reference: the definition. Each pixel spreads the kernel around itself; the edges are cut off."""
    (n_H, n_W), (f_H, f_W) = image.shape, kernel.shape
    full = np.zeros((n_H + f_H - 1, n_W + f_W - 1))
    for i, j in np.ndindex(f_H, f_W):
        full[i : i + n_H, j : j + n_W] += kernel[i, j] * image
    return full[f_H - 1 : n_H, f_W - 1 : n_W]


def convolve_with(slip):
    """convolve2d, with one slip."""

    def convolve2d(image, kernel):
        f_H, f_W = kernel.shape
        if slip == "picture flipped":
            return correlate(image[::-1, ::-1], kernel)
        if slip == "result flipped":
            return correlate(image, kernel)[::-1, ::-1]
        if slip == "full":
            return convolve(np.pad(image, ((f_H - 1, f_H - 1), (f_W - 1, f_W - 1))), kernel)
        if slip == "same":
            before = (f_H - 1) // 2, (f_W - 1) // 2
            widths = [(f - 1 - b, b) for f, b in zip(kernel.shape, before, strict=True)]
            return convolve(np.pad(image, widths), kernel)
        if slip == "same_padding":
            return convolve(np.pad(image, (f_H - 1) // 2), kernel)
        if slip == "whole numbers":
            return convolve(image, kernel).astype(image.dtype)
        if slip == "kernel as picture":
            return convolve(image, kernel.astype(image.dtype))
        if slip == "picture as kernel":
            return convolve(image.astype(kernel.dtype), kernel)
        if slip == "whole numbers of the kernel":
            return convolve(image, kernel).astype(kernel.dtype)
        if slip in ("f_H // 2", "f // 2"):
            before = f_H // 2, (f_H if slip == "f_H // 2" else f_W) // 2
            return convolve(np.pad(image, [(b, b) for b in before]), kernel)
        if slip == "in a circle":
            spectrum = np.fft.fft2(image) * np.fft.fft2(kernel, image.shape)
            return np.real(np.fft.ifft2(spectrum))
        if slip == "circle cut":
            spectrum = np.fft.fft2(image) * np.fft.fft2(kernel, image.shape)
            around = np.real(np.fft.ifft2(spectrum))
            return around[: image.shape[0] - f_H + 1, : image.shape[1] - f_W + 1]
        if slip == "same, TensorFlow":
            widths = [((f - 1) // 2, f // 2) for f in kernel.shape]
            return convolve(np.pad(image, widths), kernel)
        if slip == "full, its start":
            around = convolve(np.pad(image, ((f_H - 1, 0), (f_W - 1, 0))), kernel)
            return around[: image.shape[0] - f_H + 1, : image.shape[1] - f_W + 1]
        if slip == "last product":
            return kernel[0, 0] * image[f_H - 1 :, f_W - 1 :]
        if slip == "mean":
            return convolve(image, kernel) / kernel.size
        return correlate(image, kernel_of(kernel, slip))

    return convolve2d


PADDED = "the picture is padded by f // 2 on each side: keep the windows inside it, 'valid'"
CONVOLVE_SLIPS = {
    "not flipped": "the kernel is not flipped (or twice): this is cross-correlation",
    "rows flipped": "the kernel is turned upside down only: its columns need flipping too",
    "columns flipped": "the kernel is turned left to right only: its rows need flipping too",
    "transposed": "the kernel is transposed in place of flipped: kernel.T exchanges rows and columns",
    "quarter turn": "the kernel is turned by a quarter: flipping both axes is half a turn, np.rot90(kernel, 2)",
    "quarter back": "the kernel is turned back by a quarter: flipping both axes is half a turn, np.rot90(kernel, 2)",
    "other diagonal": "the kernel is flipped and transposed as well: .T exchanges rows and columns, leave it out",
    "negated": "the kernel's sign is changed: that is the same as flipping for kernels like Sobel's, not for all",
    "picture flipped": "the picture is flipped, not the kernel: the result comes out upside down",
    "result flipped": "the result is flipped, not the kernel",
    "full": "windows that stick out of the picture are counted ('full'): keep those that lie inside, 'valid'",
    "same": "the picture is padded so that its size stays ('same'): keep the windows inside it, 'valid'",
    "same, TensorFlow": "the picture is padded so that its size stays ('same'): keep the windows inside it, 'valid'",
    "same_padding": "the picture is padded so that its size stays ('same'): keep the windows inside it, 'valid'",
    "whole numbers": "the results are cut to whole numbers where the picture holds such: sums of fractions are fractions",
    "kernel as picture": "the kernel is cut to whole numbers where the picture holds such: make floats of both",
    "whole numbers of the kernel": "the results are cut to whole numbers where the kernel holds such: sums of fractions are "
    "fractions",
    "picture as kernel": "the picture is cut to whole numbers where the kernel holds such: make floats of both",
    "full, its start": "the full result is cut at the wrong end: its first f - 1 rows and columns belong to windows "
    "that stick out",
    "f_H // 2": PADDED,
    "f // 2": PADDED,
    "in a circle": "the window comes in again on the other side, as FFT has it: keep the windows inside",
    "circle cut": "the first windows stick out and come in again on the other side: image[h - r, w - s] counts from the "
    "end where it is below 0, so take image[h + f_H - 1 - r, w + f_W - 1 - s]; of an FFT cut off the first f - 1",
    "rolled": "the flipped kernel is moved by one place: kernel[-r] begins at kernel[0], for -0 is 0. Take "
    "kernel[f_H - 1 - r, f_W - 1 - s]",
    "without 0": "the flipped kernel lacks a row and a column: kernel[-1:0:-1] stops before place 0, kernel[::-1] does not",
    "last product": "only one product of each window is kept: in a loop over the kernel the products add up (+=)",
    "mean": "the mean of the products is taken in place of their sum",
}

convolve2d = Exercise(
    name="convolve2d",
    points=10,
    difficulty=2,
    minutes=10,
    cases=lambda rng: [
        case("the example of the text", *small_pair()),
        case("height unlike width", rng.normal(size=(5, 7)), rng.normal(size=(3, 3))),
        case("a flat kernel", rng.normal(size=(6, 5)), rng.normal(size=(2, 4))),
        case(
            "a tall kernel, a picture of whole numbers", rng.integers(0, 10, (5, 6)), rng.normal(size=(3, 2))
        ),
        case(
            "an edge kernel, of whole numbers",
            3 * rng.normal(size=(4, 6)),
            np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ),
    ],
    reference=convolve,
    tolerance=TOLERANCE,
    needs=("cross_correlate2d",),
    mistakes=by_slip(convolve_with, CONVOLVE_SLIPS),
    hints=[
        "You have a function that slides a kernel over a picture. What must happen to the kernel first?",
        "kernel[::-1] turns it upside down. What turns it left to right as well?",
        "If the edge kernel passes and the others fail, the sign is changed in place of the places. If the "
        "shape is too large, windows outside the picture are counted.",
        "cross_correlate2d(image, kernel[::-1, ::-1]). np.flip(kernel) does the same.",
    ],
    idea="One line, once the other function is there. Flip only one axis, and it is neither of the two.",
    try_next="Compare convolve2d(coins, K) with cross_correlate2d(coins, K) by np.allclose for K = np.ones((3, "
    "3)), for sobel and for -sobel: which kernel cannot tell the two apart, and why?",
)


def small_pair():
    """The worked example: one window, so one number. 5*4 + 6*3 + 7*2 + 8*1 = 60."""
    return np.array([[5.0, 6], [7, 8]]), np.array([[1.0, 2], [3, 4]])
