"""What assignment 13 hands to answers: small pipelines, some look ahead."""

import numpy as np

from course_lib.checks.lent import kept_back

FIRST, HORIZON = 8, 3


@kept_back
def pipeline(code):
    """A pipeline (n_steps, D) -> (n_steps, 3, D), NaN in the first 8 rows.

    Args:
        code: 0 to 2 are clean; 3 to 6 look ahead, each in its own way.
    """

    def run(series):
        xs = np.array(series, dtype=float)
        n_steps, D = xs.shape
        forecasts = np.full((n_steps, HORIZON, D), np.nan)
        for t in range(0 if code == 0 else FIRST, n_steps):
            known = xs[: t + 1]
            level = {
                0: known[-1],
                1: known[-4:].mean(axis=0),
                2: known.mean(axis=0),
                3: 0.9 * known[-1] + 0.1 * xs.mean(axis=0),
                4: xs[max(t - 1, 0) : t + 2].mean(axis=0),
                5: known[-1] / (1 + abs(xs[-1])),
                6: known[-1] + 0.2 * xs[t + 1 :, -1:].sum(),
            }[code]
            forecasts[t] = level
        return forecasts

    return run
