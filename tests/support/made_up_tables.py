"""Small made-up tables for every figure: plain laws at a few sizes, and every series that a figure can show."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from bornscape.experiments.training_hits import COLUMNS as HIT_COLUMNS
from bornscape.figures.look import palette
from bornscape.figures.shots_needed import LOSSES
from bornscape.formulas import evaluate
from bornscape.losses.explicit import DEFINITIONS
from bornscape.tables import trainability
from support import made_up_training
from support.made_up_rows import EXACT, around, crossed, noise, with_variance

SIZES = (4, 6, 8, 10, 12, 14)
LARGE = (4, 10, 30, 100)
LINE_SETS = ("ghz", "o_n", "o_n2", "cardinality")
DEPTHS = (0, 1, 2, 4, 6, 8, 10, 12, 14, 16, np.inf)


def variance() -> pd.DataFrame:
    line = crossed(experiment="line", loss=("mmd", "kld"), dataset=LINE_SETS, shots=(EXACT, 512.0), n_layers=DEPTHS)
    line = line.merge(pd.DataFrame({"n_qubits": SIZES}), how="cross").assign(bandwidth="n/4")
    other = [
        crossed(
            experiment=("product_haar", "product_ry"),
            loss="mmd",
            dataset="zero",
            bandwidth=("1", "10", "n/4"),
            n_qubits=LARGE,
        ),
        crossed(experiment="product_shots", loss="kld", dataset="zero", shots=(100, 1000), n_qubits=SIZES),
        crossed(experiment="fidelity", loss=("lqf", "qf"), dataset=LINE_SETS, n_layers=DEPTHS, n_qubits=SIZES),
        crossed(
            experiment="fidelity_large",
            loss="lqf",
            dataset=("zero", "o_n", "ghz"),
            n_layers=(0, 1, 2, 3, 5, 7),
            n_qubits=LARGE,
        ),
        crossed(
            experiment="line_tensor",
            loss="mmd",
            bandwidth="n/4",
            dataset=("zero", "ghz", "o_n"),
            n_layers=(1, 2, 3, 4, 5),
            n_qubits=(4, 8, 10, 14, 20, 40),
        ),
    ]
    rows = pd.concat([line, *other], ignore_index=True).assign(draws=100, ansatz="line", mean=1.0)
    depth = rows["n_layers"].fillna(0).replace(np.inf, 20)
    found = with_variance(rows, rows["n_qubits"] ** (-1.5 - depth / 10))
    # Estimates of larger product circuits do not vary at all.
    still = (rows["experiment"] == "product_shots") & (rows["n_qubits"] > 10)
    return found.assign(**{name: found[name].where(~still, 0.0) for name in ("variance", "ci_low", "ci_high")})


def exact_losses() -> pd.DataFrame:
    rows = crossed(states=("product_haar", "haar"), loss="kld", dataset=("zero", "ghz", "o_n", "o_n2"), n_qubits=LARGE)
    return with_variance(rows.assign(draws=9), 1.0)


def fixed_points() -> pd.DataFrame:
    studies = (
        ("product_shots", 0.0, ("zero", "ghz", "o_n")),
        ("line", 2.0, ("ghz", "o_n")),
        ("line", np.inf, ("ghz", "o_n", "o_n2")),
    )
    parts = []
    for experiment, layers, datasets in studies:
        for n in (*SIZES, 20):
            shots = tuple(sorted({100, 512, 1000, n * n}))
            cell = crossed(loss=tuple(DEFINITIONS), dataset=datasets, shots=shots, n_qubits=n)
            parts.append(cell.assign(experiment=experiment, n_layers=layers, draws=300))
    rows = pd.concat(parts, ignore_index=True)
    off = np.round(300 * (1 - np.exp(-rows["shots"] / 2.0 ** rows["n_qubits"])))
    share = 1 - off / 300
    ends = {"ci_low": (share - 0.03).clip(0, 1), "ci_high": (share + 0.03).clip(0, 1), "predicted": share}
    return rows.assign(at_fixed_point=(300 - off).astype(int), fraction=share, **ends)


def trainability_table() -> pd.DataFrame:
    rows = crossed(circuit_depth=tuple(trainability.DEPTHS), strategy=tuple(trainability.STRATEGIES), paper="yes")
    return rows.assign(verdict=[trainability.VERDICTS[k % 5] for k in range(len(rows))], agrees="", evidence="")


def training_hits() -> pd.DataFrame:
    rows = crossed(dataset=("zero", "o_n"), formula=("100", "1000", "n**2", "2.7**n"), n_qubits=(4, 8, 16, 32))
    rows = rows.assign(ensemble="product_haar")
    shots = [evaluate(str(row.formula).replace("n", str(row.n_qubits)), 1) for row in rows.itertuples()]
    share = np.minimum(1, np.array(shots, dtype=float) * 2.0 ** -rows["n_qubits"])
    rows = rows.assign(shots=shots, strings=1, draws=100, hits=np.ceil(100 * share), predicted=share)
    rows = around(rows, ("fraction", "ci_low", "ci_high"), share).assign(nearest=1.0, distance=rows["n_qubits"] / 2)
    return rows.reindex(columns=HIT_COLUMNS)


def fig_4() -> pd.DataFrame:
    rows = crossed(n_qubits=(5, 10, 15, 20, 25, 30), shots=(1, 100, 10000, 1000000)).assign(draws=9, plateau=32.2)
    rows = rows.assign(ensemble="product_haar")
    left = np.exp(-rows["shots"] / 2.0 ** rows["n_qubits"])
    rows = around(rows, ("mean", "mean_ci_low", "mean_ci_high"), 5 + 27 * left)
    return with_variance(rows, 100 * (1 - left))


def fig_5() -> pd.DataFrame:
    rows = crossed(bandwidth=("0", "1", "n/4", "average"), n_qubits=(10, 50, 100, 200), share=tuple(np.arange(11) / 10))
    rows = rows.assign(wires=(rows["share"] * rows["n_qubits"]).astype(int))
    centre = rows["bandwidth"].map({"0": 0.5, "1": 0.3, "n/4": 0.0, "average": 0.4})
    weight = np.exp(-20 * (rows["share"] - centre) ** 2)
    return rows.assign(weight=weight / weight.groupby([rows["bandwidth"], rows["n_qubits"]]).transform("sum"))


def truncation() -> pd.DataFrame:
    pairs = (("line", "ghz"), ("line", "cardinality"), ("line", "jets"), ("opposite", "opposite"))
    parts = [crossed(ansatz=ansatz, dataset=dataset, n_qubits=12, k=tuple(range(12))) for ansatz, dataset in pairs]
    rows = pd.concat(parts, ignore_index=True).assign(bandwidth="n/4")
    return rows.assign(error_largest=10.0 ** -rows["k"] * noise(rows))


def shots_needed() -> pd.DataFrame:
    rows = crossed(dataset=("zero", "ghz"), loss=LOSSES, n_qubits=(4, 8, 16, 32))
    place = rows["loss"].map({loss: k for k, loss in enumerate(LOSSES)})
    return around(rows, ("median", "ci_low", "ci_high"), 10 ** (2 + rows["n_qubits"] * (9 - place) / 24))


def shots_needed_deep() -> pd.DataFrame:
    rows = shots_needed()
    return rows[rows["loss"].isin(["mmd_n4", "lqf"]) & (rows["n_qubits"] < 16)]


def loss_differences() -> pd.DataFrame:
    rows = crossed(dataset=("zero", "o_n"), loss=(*DEFINITIONS, "mmd"), n_qubits=SIZES)
    for middle, stem in (("fraction", "ci"), ("best_accuracy", "best"), ("nearest_accuracy", "nearest")):
        rows = around(rows, (middle, f"{stem}_low", f"{stem}_high"), 0.7 * noise(rows))
    return rows


def exceptions() -> pd.DataFrame:
    supports = [
        crossed(model=model, dataset=dataset, start="uniform", sigma="uniform", n_qubits=(4, 8, 16))
        for model, dataset in palette.SUPPORT_STYLES
    ]
    starts = [
        crossed(model=("line", "product"), dataset="ghz", start=start, sigma=sigma, n_qubits=(4, 8, 16))
        for start, sigma in palette.START_STYLES
    ]
    rows = pd.concat([*supports, *starts], ignore_index=True).assign(strings=2, draws=9)
    fall = np.exp(-rows["n_qubits"] * (1 + np.arange(len(rows)) // 3) / 30)
    rows = around(rows, ("mass", "ci_low", "ci_high"), fall)
    return around(rows, ("fraction", "fraction_low", "fraction_high"), fall)


def hadamard_tests() -> pd.DataFrame:
    estimators = ("all_pairs", "random_pairs", "mmd")
    rows = crossed(
        source=("circuits", "elements"), estimator=estimators, n_qubits=(2, 3, 4), strings=(2, 4, 8), draw=(0, 1)
    )
    rows = rows.assign(exact=0.5, mean=0.5 + 0.01 * np.sin(np.arange(len(rows))), standard_error=0.01)
    rows = around(rows, ("shot_variance", "ci_low", "ci_high"), noise(rows))
    return rows.assign(shots_needed=1e4 * rows["shot_variance"] * rows["strings"])


def optimal_bandwidth() -> pd.DataFrame:
    circuits = {"product_haar": (10, 100), "product_ry": (10, 100), "line": (6, 14)}
    points = {"grid": (0.01, 0.05, 0.25, 1.0, 4.0), "best": (0.2,), "median": (0.5,), "median/2": (0.25,)}
    parts = [
        crossed(dataset=("zero", "ghz", "o_n"), ansatz=ansatz, n_qubits=sizes, point=point, over=over)
        for ansatz, sizes in circuits.items()
        for point, over in points.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = around(rows, ("s", "s_low", "s_high"), rows["over"] * rows["n_qubits"])
    return around(rows, ("ratio", "ratio_low", "ratio_high"), 1.3 + np.log(rows["over"] / 0.2) ** 2)


def proposition_2() -> pd.DataFrame:
    rows = crossed(circuit=("product", "shallow", "linear", "noisy", "deep"), n_qubits=(4, 8, 12, 24))
    return with_variance(rows.assign(draws=9), 3.5 ** -rows["n_qubits"].astype(float))


def proposition_5() -> pd.DataFrame:
    sizes = crossed(n_qubits=(4, 8), k=(1, 2, 3, 5, 7), order=tuple(range(9)))
    sizes = sizes[(sizes["k"] < sizes["n_qubits"]) & (sizes["order"] <= sizes["n_qubits"])]
    parts = [
        sizes.assign(quantity="mmd", family="moves", bandwidth="n/4"),
        sizes.assign(quantity="marginals", family="parities"),
        sizes.assign(quantity="observable", family="moves"),
    ]
    rows = pd.concat(parts, ignore_index=True)
    value = np.where(rows["order"] > rows["k"], 0.1 * noise(rows), 0.0)
    return rows.assign(smallest=0.9 * value, median=value, largest=1.1 * value)


def theorem_3() -> pd.DataFrame:
    rows = crossed(
        circuit=("line_haar", "line"), dataset=("zero", "ghz", "o_n"), n_layers=(1, 2, 3, *SIZES), n_qubits=SIZES
    )
    rows = with_variance(rows.assign(bandwidth="n/4", draws=9), rows["n_qubits"] ** -1.5)
    return rows.assign(bound=rows["n_qubits"] ** -2.5, bound_error=0.0, linear_expected=0.0)


def fig_11() -> pd.DataFrame:
    datasets = (*LINE_SETS, "jets", "showers", "published", "published_spread")
    rows = crossed(dataset=datasets, n_qubits=(6, 10, 12, 16, 18), k=(1, 4)).assign(strings=2, mmd_share=0.7)
    largest = np.where(rows["k"] == 1, rows["n_qubits"], rows["n_qubits"] ** 4.0 / 24)
    share = 0.1 + 0.1 * rows["dataset"].map({name: place for place, name in enumerate(datasets)})
    return rows.assign(largest=largest, total=share * largest * noise(rows), independent=0.9 * share * largest)


def expressivity() -> pd.DataFrame:
    parts = [
        crossed(circuit=circuit, n_qubits=n, n_layers=layers, repetition=(0, 1, 2))
        for n in (4, 8, 12)
        for circuit, layers in (("line", tuple(sorted({0, 1, 2, 3, n, 2 * n}))), ("haar", np.inf))
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(ratio=1 + np.exp(rows["n_qubits"] / 4 - rows["n_layers"]) + 0.01 * noise(rows))


def exact_fits() -> pd.DataFrame:
    sets = (("published", 6), ("showers", 9))
    parts = [crossed(dataset=name, n_qubits=n, n_layers=(0, 1, 2, 3, n), repetition=(0, 1)) for name, n in sets]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(tvd=0.6 * np.exp(-rows["n_layers"] / 2) * noise(rows), kld=0.1)


def iqp_graphs() -> pd.DataFrame:
    kinds = {"product": 0, "line": 2, "lattice": 4, "random": 3, "complete": 8}
    words = crossed(
        part="words", generators=tuple(kinds), start="full_range", word=("one", "two"), n_qubits=(9, 30, 100)
    )
    wires = np.where(words["word"] == "one", 1, 2)
    rank = wires + words["generators"].map(kinds)
    words = words.assign(wires=wires, rank=rank, mean_square=2.0**-rank * noise(words))
    starts = ("full_range", "identity", "wide", "unbiased", "data")
    gradients = pd.concat(
        [
            crossed(part="gradient", generators=tuple(kinds), start="full_range", word="qubit", n_qubits=(9, 30, 100)),
            crossed(part="gradient", generators="complete", start=starts, word="pair", n_qubits=(9, 30, 100)),
        ],
        ignore_index=True,
    )
    place = gradients["generators"].map(kinds) + 2 * gradients["start"].map({name: k for k, name in enumerate(starts)})
    gradients = gradients.assign(mean_square=gradients["n_qubits"] ** -2.0 * np.exp(-place), lower=0.0, upper=1.0)
    collisions = crossed(
        part="collisions", generators=(*kinds, "dense"), start="full_range", word="all", n_qubits=(9, 30)
    )
    collisions = collisions.assign(mean_square=2.0, lower=1.5, expected=2.0)
    rows = pd.concat([words, gradients, collisions], ignore_index=True).assign(draws=100, log_error=0.1)
    return rows.assign(log_mean=np.log(rows["mean_square"]), mean_square_error=0.1 * rows["mean_square"])


def made_up(name: str) -> pd.DataFrame:
    """The made-up table of this name."""
    maker: Callable[[], pd.DataFrame] = globals().get(name) or getattr(made_up_training, name)
    return maker()
