"""LightGBM trains one boosted quantile model on binned rows; `bellwether bench gbdt` runs this.

Arguments: rows, inputs, trees. One thread; rows are binned beforehand. A sample is one model.
"""
import sys

import lightgbm
import numpy as np
from rounds import serve

rows, inputs, trees = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random = np.random.default_rng(7)
values = random.normal(size=(rows, inputs)).astype(np.float32)
targets = (np.exp(0.3 * values[:, 0] + 0.2 * values[:, 1]) * random.normal(size=rows)).astype(np.float32)
parameters = dict(
    objective="quantile", alpha=0.1, num_leaves=15, learning_rate=0.05, min_data_in_leaf=500, feature_fraction=0.6, bagging_fraction=0.7,
    bagging_freq=1, lambda_l2=5, max_bin=63, num_threads=1, verbose=-1, seed=1)
data = lightgbm.Dataset(values, targets, params=parameters).construct()
serve(
    f"LightGBM {lightgbm.__version__}, 1 thread, {trees} trees of 15 leaves, 63 bins", 1,
    lambda: lightgbm.train(parameters, data, num_boost_round=trees))
