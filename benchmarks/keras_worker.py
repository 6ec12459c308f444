"""The chapters' models in Keras 3; runs in an environment of its own.

Reads orders from standard input and answers on standard output, a line of
JSON each: first the versions; for ``{"model", "data", "epochs"}`` the
number of weights; then the seconds of one epoch for each ``{"go"}``. It
ends when the input does.
"""

import json
import os
import sys
import time

# Whatever a library prints goes to standard error, not among the answers.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

import keras  # noqa: E402  reads its settings from the environment
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

K = 10
# The names of `models.MODELS`, and the same layers.
MODELS = {
    "dense": lambda: [layers.Flatten(), layers.Dense(1)],
    "neuron": lambda: [layers.SimpleRNN(1)],
    "one_step": lambda: [
        layers.SimpleRNN(20, return_sequences=True),
        layers.SimpleRNN(20),
        layers.Dense(1),
    ],
    "direct": lambda: [
        layers.SimpleRNN(20, return_sequences=True),
        layers.SimpleRNN(20),
        layers.Dense(K),
    ],
    "every_step": lambda: [
        layers.SimpleRNN(20, return_sequences=True),
        layers.SimpleRNN(20, return_sequences=True),
        layers.Dense(K),
    ],
    "every_step_lstm": lambda: [
        layers.LSTM(20, return_sequences=True),
        layers.LSTM(20, return_sequences=True),
        layers.Dense(K),
    ],
}


def orders():
    """The next order; ends the process when there is none."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def answer(**content):
    """Send one line."""
    answers.write(json.dumps(content) + "\n")
    answers.flush()


class TakeTurns(keras.callbacks.Callback):
    """Wait for an order before each epoch, answer with its seconds after.

    So all epochs are those of a single `fit`, whose preparations are not
    counted, as a user would train.
    """

    def on_epoch_begin(self, epoch, logs=None):
        """Wait, then start the clock."""
        orders()
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stop the clock."""
        answer(seconds=time.perf_counter() - self.start)


def train(order):
    """Build, compile and train one model."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    with np.load(order["data"]) as data:
        inputs, targets = data["inputs"], data["targets"]
    model = keras.Sequential(
        [keras.Input(inputs.shape[1:]), *MODELS[order["model"]]()]
    )
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(1e-3))
    answer(weights=model.count_params())
    model.fit(
        inputs,
        targets,
        epochs=order["epochs"],
        batch_size=32,
        verbose=0,
        callbacks=[TakeTurns()],
    )


if __name__ == "__main__":
    answer(keras=keras.__version__, tensorflow=tf.__version__)
    while True:
        train(orders())
