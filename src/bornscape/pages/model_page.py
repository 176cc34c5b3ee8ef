"""A model's page and its row in the table of models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from bornscape.aliases import Settings
from bornscape.my_model.parameter_table import LISTED, parameter_summary, too_many
from bornscape.my_model.path_table import path_words
from bornscape.my_model.settings import EXTRAPOLATED, samples_file
from bornscape.my_model.tables import precision_summary
from bornscape.my_model.verdict.resampling import RESAMPLES
from bornscape.my_model.verdict.verdicts import measured_sizes
from bornscape.my_model.verdict.words import number
from bornscape.pages.self_contained import page_environment, picture_uri
from bornscape.simulators.words.choice import STATE_VECTOR

MODELS_COLUMNS = [
    *("model", "circuit", "initialisation", "data", "n_max", "shots", "loss", "verdict", "reason", "stability"),
    *("at_largest", "draws_to_decide", "warning", "law", "rate", "snr"),
    *("shots_needed_20", "shots_needed_50", "shots_needed_100"),
]

_OF_VERDICT = ("loss", "verdict", "reason", "stability", "at_largest", "draws_to_decide", "warning")


def describe(part: Mapping[str, Any]) -> str:
    """A circuit, an initialisation or a data set in a few words."""
    if "file" in part:
        words = f"{part['file']}: {part['function']}"
    elif (samples := samples_file(part)) is not None:
        words = str(samples)
    elif "family" in part:
        words = str(part["family"])
    elif "set" in part:
        words = str(part["set"])
    else:
        words = {"uniform": "uniform angles", "small": f"normal angles, sd {part.get('scale')}"}[part["kind"]]
    return words + "".join(f", {key}: {part[key]}" for key in ("layers", "keywords", "columns") if key in part)


def model_rows(
    name: str,
    settings: Settings,
    sizes: pd.DataFrame,
    laws: pd.DataFrame,
    extrapolation: pd.DataFrame,
    verdicts: pd.DataFrame,
) -> pd.DataFrame:
    """The model's rows of models.csv (``MODELS_COLUMNS``): one a loss."""
    rows = []
    for verdict in verdicts.to_dict("records"):
        label = verdict["loss"]
        law = laws[(laws["loss"] == label) & (laws["quantity"] == "shots_needed")].iloc[0]
        last = measured_sizes(sizes, label).iloc[-1]
        beyond = extrapolation[extrapolation["loss"] == label].set_index("n_qubits")["shots_needed"]
        rows.append(
            {
                "model": name,
                **{part: describe(settings[part]) for part in ("circuit", "initialisation", "data")},
                "n_max": last["n_qubits"],
                "shots": last["shots"],
                "snr": last["snr"],
                **{key: verdict[key] for key in _OF_VERDICT},
                "law": law["preferred"],
                "rate": law["rate"],
                **{f"shots_needed_{n}": value for n, value in _at(sizes[sizes["loss"] == label], beyond).items()},
            }
        )
    return pd.DataFrame(rows)[MODELS_COLUMNS]


def _at(sizes: pd.DataFrame, beyond: pd.Series) -> dict[int, float]:
    """Shots needed at ``EXTRAPOLATED`` sizes: as measured, or extrapolated; NaN at others within those measured."""
    known = sizes.set_index("n_qubits")["shots_needed"].to_dict() | beyond.to_dict()
    return {n: known.get(n, math.nan) for n in EXTRAPOLATED}


def as_markdown(models: pd.DataFrame) -> str:
    """The trainability table of models."""
    lines = [
        "# Are these models trainable?",
        "",
        "| model | circuit | initialisation | data | loss | verdict | stable | at the largest n | reason |",
        "|" + " --- |" * 9,
    ]
    for row in models.fillna("").to_dict("records"):
        reason = row["reason"] + (f" (beware: {row['warning']})" if row["warning"] else "")
        cells = [row[key] for key in ("model", "circuit", "initialisation", "data", "loss", "verdict")]
        cells += [
            "" if row["verdict"] == "inconclusive" else stable(row["stability"]),
            f"{row['at_largest']} (n = {row['n_max']})",
            reason,
        ]
        lines.append("| " + " | ".join(escape(str(cell), quote=False).replace("|", "\\|") for cell in cells) + " |")
    lines += [
        "",
        "Stable: the share of resamples of the draws that give this answer, as another seed would. At the largest n: "
        "whether a gradient component stands out of its noise there with the shots given.",
        "",
        "Evidence at finite n never proves a law; noise is that of shots, and what a model's key noise says.",
        "",
    ]
    return "\n".join(lines)


def stable(share: Any) -> str:
    """A share of resamples in per cent, rounded down; "" where there is none.

    Examples
    --------
    >>> stable(0.996), stable("")
    ('99 %', '')
    """
    return f"{math.floor(100 * share)} %" if isinstance(share, int | float) and not math.isnan(share) else ""


def _shown(value: Any, digits: int = 3) -> str:
    """A cell of the page."""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return number(value) if abs(value) >= 100 or math.isinf(value) else f"{value:.{digits}g}"
    return str(value)


def page(
    template: Path,
    name: str,
    run: str,
    settings: Settings,
    tables: Mapping[str, pd.DataFrame],
    pictures: Mapping[str, Path],
) -> str:
    """The one-page report of a model, self-contained HTML.

    Parameters
    ----------
    template
        Jinja template; the style that it puts in lies beside it.
    tables
        sizes, laws, extrapolation, bodyness, parameters, path and verdicts.
    pictures
        PNG of each figure, by its name.
    """
    environment = page_environment(template.parent)
    environment.filters |= {"shown": _shown, "capitalized": lambda text: text[:1].upper() + text[1:]}
    sizes = tables["sizes"]
    return environment.get_template(template.name).render(
        name=name,
        run=run,
        settings=yaml.safe_dump({name: dict(settings)}, sort_keys=False, allow_unicode=True),
        circuit=describe(settings["circuit"]),
        initialisation=describe(settings["initialisation"]),
        data=describe(settings["data"]),
        csv=samples_file(settings["data"]) is not None and "columns" not in settings["data"],
        n_min=sizes["n_qubits"].min(),
        n_max=sizes["n_qubits"].max(),
        n_bodyness=tables["bodyness"]["n_qubits"].max(),
        words=bool((sizes["engine"] != STATE_VECTOR).any()),
        choices=_choices(sizes),
        precision=precision_summary(sizes),
        resamples=RESAMPLES,
        pictures={key: picture_uri(path) for key, path in pictures.items()},
        **{key: table.to_dict("records") for key, table in tables.items() if key not in ("bodyness", "parameters")},
        bodyness=_leading(tables["bodyness"]),
        noise=", ".join(f"{kind} {chance}" for kind, chance in (settings.get("noise") or {}).items()),
        stepped=list(
            tables["path"][["n_qubits", "loss", "steps_by", "engine"]].drop_duplicates().itertuples(index=False)
        ),
        walks={label: path_words(settings, tables["path"], label) for label in settings["losses"]},
        parameters=parameter_summary(tables["parameters"]).to_dict("records"),
        grouped=too_many(tables["parameters"]),
        listed=LISTED,
    )


def _choices(sizes: pd.DataFrame) -> list[str]:
    """Why the engines beyond state vectors were taken, each reason once, and of each loss the first for want of any."""
    taken = sizes[(sizes["engine"] != "") & (sizes["engine"] != STATE_VECTOR)].drop_duplicates(["loss", "note"])
    told = pd.concat([taken, sizes[sizes["engine"] == ""].drop_duplicates("loss")])
    return [f"{row.loss}, n = {row.n_qubits}: {row.note}" for row in told.itertuples()]


def _leading(bodyness: pd.DataFrame) -> list[dict[str, Any]]:
    """Of each loss at the largest size: mean order, and the shares of the first three."""
    entries = []
    largest = bodyness[bodyness["n_qubits"] == bodyness["n_qubits"].max()]
    for label, group in largest.groupby("loss", sort=False):
        shares = group.set_index("order")["share"]
        entry = {"loss": label, "mean_order": float((shares * shares.index).sum())}
        entries.append(entry | {f"order_{k}": float(shares.get(k, math.nan)) for k in (1, 2, 3)})
    return entries
