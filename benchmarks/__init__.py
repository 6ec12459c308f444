"""Side-by-side measurements; `python -m benchmarks` runs them all.

`timing` measures two sides in turns, `layers` and `models` say what is
measured, `keras_side` and `keras_worker` run Keras in an environment of its
own, `report` writes what the results page shows.
"""
