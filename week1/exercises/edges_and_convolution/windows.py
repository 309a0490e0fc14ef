"""What several checks share: all windows of a picture, and how close numbers have to be."""

import numpy as np

TOLERANCE = 1e-5  # sums of some ten float32 products of order 1 are off by about 1e-6


def windows(X, f_H, f_W):
    """All windows of (..., n_H, n_W): a view (..., n_H - f_H + 1, n_W - f_W + 1, f_H, f_W)."""
    return np.lib.stride_tricks.sliding_window_view(X, (f_H, f_W), (-2, -1))
