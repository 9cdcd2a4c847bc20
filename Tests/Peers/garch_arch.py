"""arch estimates GARCH(1,1) with Student-t innovations; `bellwether bench garch` runs this.

Arguments: a file of little-endian doubles, returns per series, estimates per round. A sample is one estimate.
"""
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import arch  # noqa: E402: the threads must be set before
import numpy as np  # noqa: E402
from rounds import serve  # noqa: E402

path, length, fits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
series = 100 * np.fromfile(path, "<f8").reshape(-1, length)


def fit(returns):
    return arch.arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, dist="t").fit(disp="off", show_warning=False)


def run():
    for i in range(fits):
        fit(series[i % len(series)])


fit(series[0])
serve(f"arch {arch.__version__}, 1 thread, constant mean, Student's t", fits, run)
