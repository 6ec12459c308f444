"""The course's library, in the order in which data flows through it.

series -> split -> standardise -> windows -> cell -> recurrent layer ->
forecaster -> fit -> score -> plot
"""

from course_lib.baselines import (
    Dense,
    LeastSquares,
    Mean,
    Naive,
    SeasonalNaive,
    ridge_by_validation,
)
from course_lib.bptt import (
    RNNWeights,
    numerical_gradient,
    relative_error,
    rnn_backward,
    rnn_forward,
)
from course_lib.captioner import Captioner, ImageEncoder
from course_lib.captions import captioned_shapes
from course_lib.cells import (
    GRUCell,
    LSTMCell,
    LSTMState,
    RNNCell,
)
from course_lib.classical import ETS, SARIMA
from course_lib.climatology import Climatology, DampedAnomaly
from course_lib.contest import (
    best_on,
    block_interval,
    changed_by_the_future,
    errors_by_origin,
)
from course_lib.datasets import (
    co2,
    noisy_level,
    sea_surface_temperature,
    sunspots,
    two_sine_waves,
    us_macro,
)
from course_lib.decoding import (
    beam,
    exact_match,
    forced,
    greedy,
    log_likelihood,
    token_accuracy,
)
from course_lib.dropout import RecurrentDropout, StepwiseDropout
from course_lib.fillers import (
    HarmonicFill,
    forward_fill,
    interpolate,
    mean_fill,
)
from course_lib.forecasters import (
    DirectForecaster,
    EveryStepForecaster,
    Iterated,
    LastOutput,
)
from course_lib.gate_surgery import hold_gates_
from course_lib.gradients import (
    GradientMonitor,
    gradient_flow,
    spectral_radius,
)
from course_lib.gru_variants import ResetFirstGRUCell, swap_update_
from course_lib.imputation import (
    BidirectionalImputer,
    hide,
    imputation_error,
    imputation_loss,
    pieces,
)
from course_lib.influence import exchange_effect, input_gradients
from course_lib.initialisation import (
    chrono_,
    glorot_,
    glorot_orthogonal_,
    uniform_,
)
from course_lib.jacobians import jacobian_norms, power_norms
from course_lib.lags import closing_task, random_seasons
from course_lib.leaks import ridge_pipeline
from course_lib.lstm_variants import CoupledLSTMCell, PeepholeLSTMCell
from course_lib.metrics import by_horizon, mae, mase, mse, predict, score
from course_lib.monitoring import HealthMonitor, new_run, read_scalars
from course_lib.normalised_cells import NormedRNNCell, StepwiseBatchNormRNNCell
from course_lib.output_cells import JordanCell, OutputCell
from course_lib.padding import (
    first_symbol_task,
    last_state,
    majority_task,
)
from course_lib.panel import Panel, changes, economy, fertility, panel_windows
from course_lib.plotting import use_style
from course_lib.readouts import SolvedReadout, last_states, memory_by_lag
from course_lib.recurrent import (
    Bidirectional,
    Recurrent,
    detach_state,
    trace_gates,
)
from course_lib.schedules import one_cycle
from course_lib.seq2seq import (
    EncoderDecoder,
    SequenceToVector,
    VectorToSequence,
    at_lengths,
)
from course_lib.several import VAR, ChangeForecaster, PerFeature, PerSeries
from course_lib.splits import Standardizer, chronological_split
from course_lib.stacking import (
    LayerNormGRUCell,
    LayerNormLSTMCell,
    LayerNormRNNCell,
    Stack,
)
from course_lib.streams import (
    LearnedStart,
    carried,
    fit_streams,
    in_order,
    left_over,
    next_steps,
    parallel_streams,
    restarted,
    stream_errors,
)
from course_lib.tasks import (
    adding_problem,
    distinct_recall_task,
    leaky_sum,
    recall_task,
)
from course_lib.training import (
    DivergedError,
    History,
    evaluate,
    every_step_loss,
    fit,
    forecast_loss,
    seed_everything,
    teacher_forced_loss,
)
from course_lib.translation import random_pairs
from course_lib.truncation import Truncated
from course_lib.vocabulary import Vocabulary
from course_lib.weight_surgery import cell_with_weights
from course_lib.windows import (
    Windows,
    batches,
    sliding_windows,
    split_examples,
    split_last,
    targets_at_every_step,
)
from course_lib.writers import (
    Texts,
    ToldNothing,
    Translator,
    WordByWord,
    word_loss,
)

__all__ = [  # noqa: RUF022  in the order of the flow
    # series
    "two_sine_waves",
    "noisy_level",
    "sea_surface_temperature",
    "co2",
    "sunspots",
    "us_macro",
    "economy",
    "changes",
    "fertility",
    "Panel",
    "panel_windows",
    "recall_task",
    "distinct_recall_task",
    "adding_problem",
    "leaky_sum",
    "random_seasons",
    "closing_task",
    # split, standardise, windows
    "chronological_split",
    "Standardizer",
    "Windows",
    "sliding_windows",
    "split_last",
    "split_examples",
    "targets_at_every_step",
    "batches",
    # cells and layers
    "RNNCell",
    "LSTMCell",
    "LSTMState",
    "GRUCell",
    "glorot_",
    "glorot_orthogonal_",
    "uniform_",
    "chrono_",
    "Stack",
    "LayerNormRNNCell",
    "LayerNormLSTMCell",
    "LayerNormGRUCell",
    "NormedRNNCell",
    "StepwiseBatchNormRNNCell",
    "RecurrentDropout",
    "StepwiseDropout",
    "PeepholeLSTMCell",
    "CoupledLSTMCell",
    "ResetFirstGRUCell",
    "swap_update_",
    "hold_gates_",
    "Recurrent",
    "Bidirectional",
    "detach_state",
    "Truncated",
    "trace_gates",
    "cell_with_weights",
    "OutputCell",
    "JordanCell",
    # by hand
    "RNNWeights",
    "rnn_forward",
    "rnn_backward",
    "numerical_gradient",
    "relative_error",
    # forecasters
    "Naive",
    "SeasonalNaive",
    "Mean",
    "LeastSquares",
    "last_states",
    "SolvedReadout",
    "memory_by_lag",
    "ridge_by_validation",
    "Dense",
    "Climatology",
    "DampedAnomaly",
    "ETS",
    "SARIMA",
    "VAR",
    "PerFeature",
    "PerSeries",
    "LastOutput",
    "DirectForecaster",
    "EveryStepForecaster",
    "Iterated",
    "ChangeForecaster",
    "ridge_pipeline",
    "SequenceToVector",
    "VectorToSequence",
    "EncoderDecoder",
    "at_lengths",
    # sequences of many lengths, words
    "majority_task",
    "first_symbol_task",
    "last_state",
    "captioned_shapes",
    "random_pairs",
    "Vocabulary",
    "Texts",
    "ImageEncoder",
    "Captioner",
    "Translator",
    "WordByWord",
    "ToldNothing",
    "word_loss",
    "one_cycle",
    "greedy",
    "forced",
    "beam",
    "log_likelihood",
    "exact_match",
    "token_accuracy",
    # gaps
    "pieces",
    "hide",
    "mean_fill",
    "forward_fill",
    "interpolate",
    "HarmonicFill",
    "BidirectionalImputer",
    "imputation_loss",
    "imputation_error",
    # fit
    "fit",
    "evaluate",
    "forecast_loss",
    "every_step_loss",
    "teacher_forced_loss",
    "parallel_streams",
    "in_order",
    "next_steps",
    "carried",
    "restarted",
    "left_over",
    "LearnedStart",
    "fit_streams",
    "stream_errors",
    "History",
    "DivergedError",
    "seed_everything",
    # score
    "score",
    "predict",
    "by_horizon",
    "best_on",
    "errors_by_origin",
    "block_interval",
    "changed_by_the_future",
    "mse",
    "mae",
    "mase",
    # look inside, plot
    "GradientMonitor",
    "gradient_flow",
    "spectral_radius",
    "jacobian_norms",
    "power_norms",
    "HealthMonitor",
    "new_run",
    "read_scalars",
    "input_gradients",
    "exchange_effect",
    "use_style",
]
