"""The evidence of Theorem 3: what is measured, and what its judges say of a made-up run and of broken ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.experiments import light_cones, linear_depth, single_subsets
from bornscape.figures import theorem_3, theorem_3_laws
from bornscape.tables.columns import MASS_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.scaling import scaling_table
from bornscape.tables.trainability import trainability_table
from bornscape.tables.variance import tidy
from support.shipped import BANDWIDTHS, RESTS_ON, settings_of, shipped_claims

CLAIMS = {claim["claim"]: claim for claim in shipped_claims() if claim["result"] == "theorem_3"}
SETS = ("zero", "ghz", "o_n", "o_n2", "cardinality")
STATES, BEYOND = (4, 6, 8, 10, 12), (20, 40, 60, 100)
ERROR = 0.03


# A made-up run that obeys the theorem


def interval(value: float) -> dict[str, float]:
    return {"variance": value, "ci_low": value * np.exp(-1.96 * ERROR), "ci_high": value * np.exp(1.96 * ERROR)}


def shallow(n: int) -> int:
    return round(np.log2(n))


def light_cone_rows() -> list[dict[str, Any]]:
    rows = []
    for circuit in light_cones.CIRCUITS:
        for n in STATES + BEYOND:
            for layers in sorted({1, shallow(n), n} if n in STATES else {1, shallow(n)}):
                law = np.exp(-0.9 * n) if layers == n else n**-2.0
                for dataset in SETS[:3]:
                    row = {
                        "circuit": circuit,
                        "n_qubits": n,
                        "n_layers": layers,
                        "dataset": dataset,
                        "bandwidth": "n/4",
                    }
                    if circuit != "quadrant":
                        row |= {"bound": 0.2 * law, "bound_error": 0.002 * law, "linear_expected": 0.5 * law}
                        row |= {"linear_expected_error": 0.005 * law, "bound_without_cones": 4 * law}
                        row |= {"linear_product": 2 * law, "light_cone": 2.0, "largest_subset": 2}
                    if n in STATES:
                        linear = {f"linear_{name}": value for name, value in interval(0.51 * law).items()}
                        row |= {"draws": 3000, **interval(law), **linear, "self_variance": 0.5 * law}
                        off = 0.3 if circuit == "quadrant" else 0.01
                        row |= {"covariance": off * law, "covariance_error": 0.02 * law, "checked": 20}
                        row |= {"z_error": 1e-15, "z_error_mirrored": 1.0, "excess": 1e-6, "excess_error": 1e-5}
                        row |= {"excess_without_singles": -1e-2}
                    rows.append(row)
    return rows


def variance_rows() -> list[dict[str, Any]]:
    rows = []
    for n in STATES + BEYOND:
        for dataset in SETS:
            for layers in sorted({1, shallow(n)}):
                row = {"experiment": "line_tensor", "ansatz": "line", "loss": "mmd", "dataset": dataset}
                row |= {"bandwidth": "n/4", "n_qubits": n, "n_layers": layers, "shots": np.nan, "draws": 3000}
                rows.append(row | {"mean": 0.1} | interval(n**-2.0))
            if n in STATES:
                deep = {"experiment": "line", "n_layers": np.inf, **interval(np.exp(-0.9 * n))}
                rows.append(row | deep)
                rows.append(row | deep | {"n_layers": shallow(n)} | interval(n**-2.0))
    return rows


def linear_depth_rows() -> list[dict[str, Any]]:
    """Bounds a factor of 2 off the made-up variances at n layers; at log2(n) layers much larger."""
    rows = []
    for n in STATES + BEYOND:
        for depth, layers, law in (("n", n, np.exp(-0.9 * n)), ("log2(n)", shallow(n), n**-2.0)):
            for quantity, factor in (("lower_zero", 0.5), ("lower_ghz", 0.5), ("upper", 2.0)):
                value = interval(factor * law)
                row = {"n_qubits": n, "depth": depth, "n_layers": layers, "bandwidth": "n/4", "quantity": quantity}
                rows.append(row | value | {"repetitions": 20, "value": value["variance"]})
    return rows


def single_subset_rows() -> list[dict[str, Any]]:
    """Light cones that grow by half a qubit a layer; without layers they are the subset."""
    rows = []
    for circuit in ("entanglers", "line_haar"):
        for n in (4, 6, 8, 12, 16, 24, 32, 64, 128):
            for subset, wires in (("1", 1), ("2", 2), ("log2(n)", shallow(n))):
                for layers in sorted({0, 1, shallow(n), n} if n <= 24 else {0, 1, shallow(n)}):
                    cone, coefficient = wires + layers / 2, 4.0 * n ** (-2 * wires)
                    row = {"circuit": circuit, "subset": subset, "n_qubits": n, "n_layers": layers, "wires": wires}
                    row |= {"coefficient": coefficient, "light_cone": cone, "light_cone_error": 0.03 * (layers > 0)}
                    row |= {"draws": 300 * (n <= 8), "moment": 3.0 ** (-cone + 0.2 * (layers > 0))}
                    rows.append(row | {"moment_error": 0.05 * row["moment"], "bound": coefficient * 3.0**-cone})
    return rows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_table(pd.DataFrame(light_cone_rows()).reindex(columns=light_cones.COLUMNS), folder / "theorem_3.csv")
    write_table(pd.DataFrame(linear_depth_rows())[linear_depth.COLUMNS], folder / "linear_depth.csv")
    write_table(pd.DataFrame(single_subset_rows())[single_subsets.COLUMNS], folder / "single_subsets.csv")
    write_table(tidy(variance_rows(), VARIANCE_COLUMNS), folder / "variance.csv")
    variance = pd.read_csv(folder / "variance.csv", dtype={"bandwidth": str})
    write_table(scaling_table(variance, pd.DataFrame(columns=MASS_COLUMNS)), folder / "scaling.csv")
    return folder


def changed(run: Path, folder: Path, name: str, column: str, factor: float) -> Tables:
    """The run with one column of one table multiplied."""
    for path in run.glob("*.csv"):
        table = pd.read_csv(path, dtype={"bandwidth": str})
        if path.stem == name:
            lead = column.removesuffix("variance")
            for part in {column, f"{lead}ci_low", f"{lead}ci_high"} & set(table.columns):
                table[part] *= factor
        write_table(table, folder / path.name)
    return Tables(folder, BANDWIDTHS)


@pytest.mark.parametrize("name", list(CLAIMS))
def test_claims_are_reproduced_and_their_controls_contradicted(run: Path, name: str) -> None:
    found, control = judge_claim(CLAIMS[name], Tables(run, BANDWIDTHS))
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


@pytest.mark.parametrize(
    ("name", "table", "column", "factor"),
    [
        ("theorem_3_bound", "theorem_3", "bound", 6),
        ("theorem_3_bound_uniform_angles", "theorem_3", "bound", 6),
        ("theorem_3_bound_beyond_state_vectors", "variance", "variance", 0.15),
        ("theorem_3_linear_term", "theorem_3", "linear_variance", 1.3),
        ("theorem_3_linear_term", "theorem_3", "linear_variance", 0.7),
        ("theorem_3_covariance", "theorem_3", "covariance", -20),
        ("theorem_3_sequential_states", "theorem_3", "z_error", 1e9),
        ("theorem_3_sequential_mmd", "theorem_3", "excess", 1e3),
        ("theorem_3_single_subset", "single_subsets", "moment", 0.3),
        ("theorem_3_linear_depth_bounds", "theorem_3", "variance", 3),
        ("theorem_3_linear_depth_bounds", "theorem_3", "variance", 0.3),
    ],
)
def test_claims_are_contradicted_where_they_fail(
    run: Path, tmp_path: Path, name: str, table: str, column: str, factor: float
) -> None:
    assert judge_claim(CLAIMS[name], changed(run, tmp_path, table, column, factor))[0].verdict == "contradicted"


def test_too_small_a_run_says_nothing_of_laws(run: Path, tmp_path: Path) -> None:
    for path in run.glob("*.csv"):
        table = pd.read_csv(path, dtype={"bandwidth": str})
        write_table(table[table["n_qubits"] <= 8] if "n_qubits" in table else table.iloc[:0], tmp_path / path.name)
    for name in ("theorem_3_law_shallow", "theorem_3_law_linear_depth", "theorem_3_bound_beyond_state_vectors"):
        assert judge_claim(CLAIMS[name], Tables(tmp_path, BANDWIDTHS))[0].verdict == "not_run"


def test_the_longer_study_stands_for_the_shorter_one() -> None:
    columns = ["experiment", "ansatz", "loss", "dataset", "bandwidth", "depth", "preferred"]
    rows = [
        ("line", "line", "mmd", "ghz", "n/4", "shallow", "inconclusive"),
        ("line_tensor", "line", "mmd", "ghz", "n/4", "shallow", "polynomial"),
    ]
    other = ("line", "line", "mmd", "o_n", "n/4", "shallow", "inconclusive")

    def verdict(*laws: tuple[str, ...]) -> str:
        found = trainability_table(
            pd.DataFrame(laws, columns=columns), pd.DataFrame(), pd.DataFrame(columns=VARIANCE_COLUMNS), RESTS_ON
        )
        return found.set_index(["circuit_depth", "strategy"]).loc[("shallow", "mmd"), "verdict"]

    assert verdict(*rows) == "yes"
    assert verdict(rows[0]) == "inconclusive"
    assert verdict(*rows, other) == "inconclusive"


# Drawing


def test_figures(run: Path) -> None:
    read = {name: pd.read_csv(run / f"{name}.csv", dtype={"bandwidth": str}) for name in ("theorem_3", "variance")}
    bound = theorem_3.figure_table(**read, **settings_of("theorem_3"))
    assert set(bound["part"]) == {"bound", "variance"}
    drawn, shown = theorem_3.figure(**read, **settings_of("theorem_3"))
    assert len(drawn.axes) == 3
    pd.testing.assert_frame_equal(shown, bound)
    settings = settings_of("theorem_3_laws")
    table = theorem_3_laws.figure_table(read["variance"], **settings)
    assert set(table["part"]) == {"variance", "law"}
    laws = table[table["part"] == "law"]
    last = laws[laws["largest_n"] == max(BEYOND)]
    assert last["poly_slope"].tolist() == pytest.approx([2.0] * 3)
    assert (last["rate_ci_low"] < 0).all()
    assert (last["rate_ci_high"] * max(BEYOND) < 2).all()
    drawn, shown = theorem_3_laws.figure(read["variance"], **settings)
    assert len(drawn.axes) == 3
    pd.testing.assert_frame_equal(shown, table)
