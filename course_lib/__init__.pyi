"""What `course_lib` offers, and the module that has it."""

from .baselines import (
    Dense,
    LeastSquares,
    Mean,
    Naive,
    SeasonalNaive,
    ridge_by_validation,
)
from .bptt import (
    RNNWeights,
    numerical_gradient,
    relative_error,
    rnn_backward,
    rnn_forward,
)
from .captioner import Captioner, ImageEncoder
from .captions import captioned_shapes
from .cells import (
    GRUCell,
    LSTMCell,
    LSTMState,
    RNNCell,
)
from .classical import ETS, SARIMA
from .climatology import Climatology, DampedAnomaly
from .contest import (
    best_on,
    block_interval,
    changed_by_the_future,
    errors_by_origin,
)
from .datasets import (
    co2,
    noisy_level,
    sea_surface_temperature,
    sunspots,
    two_sine_waves,
    us_macro,
)
from .decoding import (
    beam,
    exact_match,
    forced,
    greedy,
    log_likelihood,
    sample,
    token_accuracy,
)
from .dropout import RecurrentDropout, StepwiseDropout
from .fillers import (
    HarmonicFill,
    forward_fill,
    interpolate,
    mean_fill,
)
from .forecasters import (
    DirectForecaster,
    EveryStepForecaster,
    Iterated,
    LastOutput,
)
from .gate_surgery import hold_gates_
from .gradients import (
    GradientMonitor,
    gradient_flow,
    spectral_radius,
)
from .gru_variants import ResetFirstGRUCell, swap_update_
from .imputation import (
    BidirectionalImputer,
    hide,
    imputation_error,
    imputation_loss,
    pieces,
)
from .influence import exchange_effect, input_gradients
from .initialisation import (
    chrono_,
    glorot_,
    glorot_orthogonal_,
    uniform_,
)
from .jacobians import jacobian_norms, power_norms
from .lags import closing_task, random_seasons
from .language import LanguageModel, WordCounts, perplexity
from .leaks import ridge_pipeline
from .lstm_variants import CoupledLSTMCell, PeepholeLSTMCell
from .metrics import by_horizon, mae, mase, mse, predict, score
from .monitoring import HealthMonitor, new_run, read_scalars
from .normalised_cells import NormedRNNCell, StepwiseBatchNormRNNCell
from .output_cells import JordanCell, OutputCell
from .padding import (
    first_symbol_task,
    last_state,
    majority_task,
)
from .panel import Panel, changes, economy, fertility, panel_windows
from .plotting import use_style
from .readouts import SolvedReadout, last_states, memory_by_lag
from .recurrent import (
    Bidirectional,
    Recurrent,
    detach_state,
    trace_gates,
)
from .schedules import one_cycle
from .seq2seq import (
    EncoderDecoder,
    SequenceToVector,
    VectorToSequence,
    at_lengths,
)
from .several import VAR, ChangeForecaster, PerFeature, PerSeries
from .splits import Standardizer, chronological_split
from .stacking import (
    LayerNormGRUCell,
    LayerNormLSTMCell,
    LayerNormRNNCell,
    Stack,
)
from .streams import (
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
from .tasks import (
    adding_problem,
    distinct_recall_task,
    leaky_sum,
    recall_task,
)
from .training import (
    DivergedError,
    History,
    evaluate,
    every_step_loss,
    fit,
    forecast_loss,
    seed_everything,
    teacher_forced_loss,
)
from .translation import random_pairs
from .truncation import Truncated
from .vocabulary import Vocabulary
from .weight_surgery import cell_with_weights
from .windows import (
    Windows,
    batches,
    sliding_windows,
    split_examples,
    split_last,
    targets_at_every_step,
)
from .writers import (
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
    "sample",
    "LanguageModel",
    "WordCounts",
    "perplexity",
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
