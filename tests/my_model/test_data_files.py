"""Files of a user's data: every form gives the same distribution, and every refusal names the row and a cure."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.my_model.data.files import read_data
from bornscape.my_model.data.samples import as_bits, checked_weights

SAMPLES = np.array([[0, 1, 1], [0, 0, 0], [0, 1, 1], [0, 1, 1]])
"""Three of four are 011."""


def matrix(separator: str, values: np.ndarray = SAMPLES, header: str = "") -> str:
    return header + "".join(separator.join(map(str, row)) + "\n" for row in values.tolist())


FORMS = {
    "header.csv": "bitstring\n011\n000\n011\n011\n",
    "upper.csv": " Bitstring \r\n011\r\n000\r\n011\r\n011\r\n",
    "quoted.csv": '"bitstring"\n"011"\n"000"\n"011"\n"011"\n',
    "count.csv": "bitstring,count\n000,10\n011,30\n111,0\n",
    "count_twice.csv": "count;bitstring\n10;011\n10;000\n20;011\n",
    "probability.csv": "bitstring,probability\n000,0.25\n011,0.75\n",
    "probability.tsv": "bitstring\tprobability\n000\t0.25\n011\t0.75\n",
    "spaces.txt": matrix(" "),
    "many_spaces.txt": "# samples\n" + matrix("   "),
    "commas.csv": matrix(","),
    "commas_spaces.csv": matrix(", "),
    "ends_in_commas.csv": matrix(",").replace("\n", ",\n"),
    "tabs.txt": matrix("\t"),
    "semicolons.csv": matrix(";"),
    "spins.txt": matrix(" ", 1 - 2 * SAMPLES),
    "savetxt.txt": matrix(" ", SAMPLES.astype(float)),
    "strings.txt": "011\n000\n\n011\n011",
    "columns.csv": matrix(",", header="q0,q1,q2\n"),
    "spin_columns.csv": matrix(",", 1 - 2 * SAMPLES, header="s1,s2,s3\n"),
    "numbered.csv": matrix(",", header="0,1,2\n"),
    "numbered_from_1.csv": matrix(",", header="1,2,3\n"),
    "counts.json": '{"000": 10, "011": 30, "111": 0}',
    "counts_twice.json": '\n{"011": 10, "000": 10, "011": 20}',
    "probabilities.json": '{"000": 0.25, "011": 0.75}',
    "strings.json": '["011", "000", "011", "011"]',
    "rows.json": "[[0, 1, 1], [0, 0, 0], [0, 1, 1], [0, 1, 1]]",
    "spins.json": "[[1, -1, -1], [1, 1, 1], [1, -1, -1], [1, -1, -1]]",
    "columns_count.csv": "a,b,c,count\n0,0,0,1\n0,1,1,3\n",
    "columns_probability.csv": "p,q,r,Probability\n0,0,0,0.25\n0,1,1,0.75\n",
}


def check(path: Path) -> None:
    found = read_data(path)
    assert found.bitstrings.tolist() == [[0, 0, 0], [0, 1, 1]]
    assert found.probabilities.tolist() == [0.25, 0.75]


@pytest.mark.parametrize("name", FORMS)
def test_text(tmp_path: Path, name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / f"{encoding}_{name}"
        path.write_bytes(FORMS[name].encode(encoding))
        check(path)
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(FORMS[name].encode()))
    check(packed)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "bool"])
def test_arrays(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "a.npy", SAMPLES.astype(dtype))
    check(tmp_path / "a.npy")


def test_arrays_of_spins(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", (1 - 2 * SAMPLES).astype(np.int8))
    check(tmp_path / "a.npy")


def test_parquet(tmp_path: Path) -> None:
    tables = {
        "strings": pd.DataFrame({"bitstring": ["011", "000", "011", "011"]}),
        "count": pd.DataFrame({"count": [3, 1], "bitstring": ["011", "000"]}),
        "columns": pd.DataFrame(SAMPLES, columns=["a", "b", "c"]),
        "booleans": pd.DataFrame(SAMPLES.astype(bool), columns=["a", "b", "c"]),
        "weights": pd.DataFrame({"a": [0, 0], "b": [0, 1], "c": [0, 1], "probability": [0.25, 0.75]}),
    }
    for name, table in tables.items():
        table.to_parquet(tmp_path / f"{name}.parquet")
        check(tmp_path / f"{name}.parquet")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("01\n")
    assert read_data(path).dense().tolist() == [0, 1, 0, 0]
    path.write_text("11\n10\n")
    assert read_data(path).dense().tolist() == [0, 0, 0.5, 0.5]


REFUSED = {
    "bitstring\n000000,0.9\n111111,0.1\n": (
        r"row 2: expected 1 value, as the header 'bitstring' names, got 2: '000000,0\.9'; "
        r"write the header 'bitstring,probability' or 'bitstring,count'"
    ),
    "bitstring\n0 1 1\n": r"row 2: .*got 3: '0 1 1'; leave the header out",
    "01,0.5\n10,0.5\n": r"expected a header: 'bitstring,probability' or 'bitstring,count' as first line",
    "bitstring,label\n01,up\n": (
        r"it has the columns \['bitstring', 'label'\], of which \['label'\] is not understood; "
        r"pandas\.read_csv\(\"a\.csv\", dtype=str, sep=','\)\[\['bitstring'\]\]\.to_csv"
    ),
    "q0,q1,label\n0,1,up\n": r"row 2, column 'label': expected 0 or 1 .*got 'up'; .*\[\['q0', 'q1'\]\]\.to_csv",
    "q0,q1,energy\n0,1,1\n1,1,0.5\n": r"row 3, column 'energy': expected 0 or 1 .*got '0\.5'",
    ",q0,q1\n0,0,1\n1,1,1\n": r"expected a name for every column, got \['', 'q0', 'q1'\]: an index\? ",
    "state,weight\n01,0.5\n10,0.5\n": r"columns \['state', 'weight'\]; call the one with whole strings 'bitstring'",
    "count\n3\n": r"it has the columns \['count'\]",
    "bitstring,probability,count\n01,1,1\n": r"one column of probabilities or counts, got \['probability', 'count'\]",
    "bitstring,probability\n01,0.5\n10,half\n": r"row 3: probability: expected finite probabilities.*got 'half'",
    "bitstring,probability\n01,0.5\n10,nan\n": r"row 3: probability: expected finite probabilities.*got 'nan'",
    "bitstring;probability\n01;0,5\n": r"row 2: probability: expected finite probabilities such as 0\.25, got '0,5'",
    "bitstring,probability\n01,1.5\n\n10,-0.5\n": r"row 4: probability: expected finite .*none below 0.*got -0\.5",
    "bitstring,probability\n01,3\n10,1\n": r"sum 1, got sum 4; divide them by their sum, or name whole numbers 'count'",
    "bitstring,count\n01,3\n10,1.5\n": r"row 3: count: expected whole numbers.*got 1\.5",
    "bitstring,count\n01,0\n": r"expected at least one count above 0",
    "0 1\n1 2\n": r"row 2, column 2: expected 0 or 1 \(or -1 and 1 throughout\), got 2\.0; .*threshold",
    "0 1\n1 -1\n": r"row 1, column 1: expected -1 or 1, as there is a -1, got 0",
    "0 1\n1\n": r"row 2: expected 2 values, as in the first row, got 1: '1'; write 2 in every row",
    "0,1,0\n1,?,0\n": r"row 2, column 2: expected 0 or 1 \(or -1 and 1\), got '\?'; write 0 1 1 0, a row a sample",
    "011\n1\n": r"row 2: bitstring: expected 3 characters as in the first, got 1; write zeros in front as well, '001'",
    "bitstring\n1.01E+05\n": r"row 2: bitstring: expected characters 0 and 1, got '1\.01E\+05'; write '0110', as text",
    "# nothing\n\n": r"an empty file",
    ",a,b\n" + "".join(f"{k},0,1\n" for k in range(12)): r"expected a name for every column, .*: an index\?",
    '{"01": 3': r"expected JSON, as it begins with {: .*; json\.dump",
    "{}": r"expected bitstrings with numbers, or a list of bitstrings; json\.dump",
    '{"counts": {"01": 3}}': r"expected bitstrings with numbers",
    '[{"01": 3}]': r"expected bitstrings with numbers",
    '{"01": null}': r"expected bitstrings with numbers",
    '{"0x1": 3}': r"row 1: bitstring: expected characters 0 and 1, got '0x1'",
    '{"01": 3, "011": 2}': r"row 2: bitstring: expected 2 characters as in the first, got 3",
    '{"01": 0.5, "10": 0.6}': r"sum 1, got sum 1\.1",
    '{"01": -1}': r"row 1: count: expected whole numbers",
    "[[0, 1], [1]]": r"expected rows of bits, all of one length",
    "[[0, 2], [1, 1]]": r"row 0, column 1: expected 0 or 1",
    '[["0", "x"], ["1", "1"]]': r"expected numbers or booleans",
    "[[0, null], [1, 1]]": r"expected numbers or booleans",
    "q0,q1\n": r"and at least one row below it, got 'q0,q1'",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"^a\.csv: .*{REFUSED[text]}") as caught:
        read_data("a.csv")
    assert "\n" not in str(caught.value)


def test_refused_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez("a.npz", x=SAMPLES)
    np.save("objects.npy", np.array([{}]))
    np.save("flat.npy", SAMPLES.ravel())
    np.save("real.npy", SAMPLES + 0.5)
    pd.DataFrame({"bitstring": [11, 10]}).to_parquet("numbers.parquet")
    pd.DataFrame({"x": [[0, 1]]}).to_parquet("nested.parquet")
    Path("broken.parquet").write_bytes(b"PAR1 nothing")
    Path("broken.csv.gz").write_bytes(gzip.compress(b"01\n" * 1000)[:20])
    Path("latin.csv").write_bytes("bitstring\né\n".encode("latin-1"))
    Path("no_bom.csv").write_bytes("01\n".encode("utf-16-le"))
    Path("a.pkl").write_bytes(b"\x80\x04.")
    expected = {
        "a.npz": r'np\.save\("bits\.npy", np\.load\("a\.npz"\)\["NAME"\]\)',
        "objects.npy": r"expected a NumPy array of numbers: .*np\.save",
        "flat.npy": r"got shape \(12,\); array\.reshape\(-1, n\)",
        "real.npy": r"row 0, column 0: expected 0 or 1 .*got 0\.5",
        "numbers.parquet": r"row 1: bitstring: expected characters 0 and 1, got 11",
        "nested.parquet": r"column 'x': expected 0 or 1",
        "broken.parquet": r"expected a Parquet file",
        "broken.csv.gz": r"expected a whole gzip file",
        "latin.csv": r"iconv -f LATIN1 -t UTF-8 latin\.csv",
        "no_bom.csv": r"iconv -f UTF-16LE",
        "a.pkl": r"a pickle is not read",
        "gone.csv": r"cannot be read: No such file",
    }
    for name, message in expected.items():
        with pytest.raises(ValueError, match=rf"^{name}: .*{message}") as caught:
            read_data(name)
        assert "\n" not in str(caught.value)


def test_bits_of_arrays() -> None:
    assert as_bits(np.ones((2, 2)), "x").tolist() == [[1, 1], [1, 1]]
    assert as_bits(-np.ones((1, 2)), "x").tolist() == [[1, 1]]
    for wrong in (np.zeros((0, 3)), [["a"]], [[1, 2], [1]], np.array([[np.nan, 1]])):
        with pytest.raises(ValueError, match=r"^x: .*expected"):
            as_bits(wrong, "x")
    assert checked_weights(np.array([3.0, 1.0]), "count", "x").tolist() == [3, 1]
