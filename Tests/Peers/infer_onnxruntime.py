"""ONNX Runtime runs an exported network; `bellwether bench infer` runs this.

Arguments: the file, windows at a time, runs per round, threads. The file's input is windows of 60 x 24.
"""
import sys

import numpy as np
import onnxruntime
from rounds import serve

path, batch, runs, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
feed = {session.get_inputs()[0].name: np.random.default_rng(1).normal(size=(batch, 60, 24)).astype(np.float32)}


def run(count):
    for _ in range(count):
        session.run(None, feed)


run(min(runs, 20))
serve(f"onnxruntime {onnxruntime.__version__}, {threads} threads, all optimisations", runs * batch, lambda: run(runs))
