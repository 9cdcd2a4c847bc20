"""Keras on TensorFlow trains the same LSTM on the same shapes; `bellwether bench train` runs this.

Arguments: the network (lstm), updates a round, threads.
"""
import os
import sys

batches, threads = int(sys.argv[2]), int(sys.argv[3])
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["OMP_NUM_THREADS"] = str(threads)

import keras  # noqa: E402: the environment must be set before
import tensorflow as tf  # noqa: E402
from rounds import serve  # noqa: E402

BATCH, WINDOW, INPUTS, HIDDEN = 256, 60, 24, 64
HORIZONS, LEVELS = 3, (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(1)
keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.layers.Input((WINDOW, INPUTS)), keras.layers.LSTM(HIDDEN), keras.layers.Dense(HORIZONS * len(LEVELS)),
    keras.layers.Reshape((HORIZONS, len(LEVELS)))])
optimizer = keras.optimizers.AdamW(1e-4)
optimizer.build(model.trainable_variables)
levels = tf.constant(LEVELS)
windows = tf.random.normal((BATCH, WINDOW, INPUTS))
targets = tf.random.normal((BATCH, HORIZONS))


@tf.function
def update():
    with tf.GradientTape() as tape:
        error = targets[..., None] - model(windows, training=True)
        loss = tf.reduce_mean(tf.maximum(levels * error, (levels - 1) * error))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))


def updates(count):
    for _ in range(count):
        update()


updates(5)
serve(f"Keras {keras.__version__} on TensorFlow {tf.__version__}, {threads} threads, AdamW", batches * BATCH, lambda: updates(batches))
