"use strict";
// The plot of the variances and its controls.

const SMALLEST_FITTED = 4; // As bornscape.tables.variance leaves smaller sizes out of its fits.
const DEPTH_NAMES = { 0: "product (0 layers)", shallow: "log2(n) layers", inf: "deep limit" };
const AXES = { auto: "as the sizes need", linear: "linear", log: "logarithmic" };
const LAW_DEPTHS = { 0: "product", inf: "deep" };
const TABLE_DEPTHS = { product: "0", shallow: "shallow", deep: "inf" };

const short = (value) => (value === null ? "" : String(+value.toPrecision(3)));

function rowsOf(columns) {
  const text = Object.keys(columns).filter((name) => columns[name].codes);
  return columns.n_qubits.map((n, k) => {
    const row = { n, variance: columns.variance[k], low: columns.ci_low[k], high: columns.ci_high[k] };
    for (const name of text) row[name] = columns[name].values[columns[name].codes[k]];
    return row;
  });
}

const shallowLayers = (n) => Math.max(1, Math.round(Math.log2(n)));
const hasDepth = (row, depth) => (depth === "shallow" ? +row.n_layers === shallowLayers(row.n) : row.n_layers === depth);
const hasShots = (row, shots) => (shots === "n**2" ? +row.shots === row.n ** 2 : row.shots === shots);
const unique = (values) => [...new Set(values)];

// Numbers of shots that were used at several sizes, and n**2 where that is how they were set.
function shotsIn(rows) {
  const sizes = new Map();
  let square = false;
  for (const row of rows) {
    if (!row.shots) continue;
    if (!sizes.has(row.shots)) sizes.set(row.shots, new Set());
    sizes.get(row.shots).add(row.n);
    square ||= +row.shots === row.n ** 2 && row.n !== 10;
  }
  const fixed = [...sizes].filter(([, seen]) => seen.size > 2).map(([shots]) => shots).sort((a, b) => a - b);
  return ["", ...fixed, ...(square ? ["n**2"] : [])];
}

function depthsIn(rows) {
  const layers = unique(rows.map((row) => row.n_layers)).sort((a, b) => Number(a) - Number(b));
  return layers.length > 1 ? ["shallow", ...layers] : layers;
}

class Explorer {
  constructor(data, library) {
    this.data = data;
    this.library = library;
    this.rows = rowsOf(data.columns);
    this.form = byId("plot-controls");
    this.makeControls();
    this.form.addEventListener("input", () => this.draw());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.hidden = false;
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.draw());
    this.draw();
  }

  makeControls() {
    const { losses, datasets } = this.data;
    const of = (name, rows = this.rows) => unique(rows.map((row) => row[name])).filter(Boolean);
    const boxes = (name, legend, values, label, checked) => element("fieldset", {}, [
      element("legend", { textContent: legend }),
      ...values.map((value, k) => element("label", {}, [
        element("input", { type: "checkbox", name, value, checked: checked(value, k) }), ` ${label(value)}`,
      ])),
    ]);
    const choice = (id, label, values, name) => element("label", { className: "stacked" }, [
      element("span", { className: "label", textContent: label }),
      element("select", { id }, values.map((value) => element("option", { value, textContent: name(value) }))),
    ]);
    const bandwidths = of("bandwidth");
    const sets = of("dataset").sort((a, b) => Object.keys(datasets).indexOf(a) - Object.keys(datasets).indexOf(b));
    const wanted = bandwidths.includes("n/4") ? ["n/4", "1"] : bandwidths;
    const first = sets.includes("ghz") ? "ghz" : sets[0];
    const shotsName = (value) => (value === "" ? "exact values" : value === "n**2" ? "n²" : value);
    const depthName = (value) => DEPTH_NAMES[value] ?? `${value} layer${value === "1" ? "" : "s"}`;
    this.form.append(
      boxes("loss", "Loss", of("loss"), (loss) => losses[loss] ?? loss, (loss) => ["mmd", "lqf", "kld"].includes(loss)),
      boxes("bandwidth", "Bandwidth of the MMD", bandwidths, (s) => (s === "average" ? "averaged" : `s = ${s}`),
        (s) => wanted.includes(s)),
      boxes("dataset", "Data set", sets, (set) => datasets[set]?.[1] ?? set, (set) => set === first),
      choice("plot-depth", "Depth", depthsIn(this.rows), depthName),
      choice("plot-shots", "Shots an estimate", shotsIn(this.rows), shotsName),
      choice("plot-axis", "Axis of n", Object.keys(AXES), (type) => AXES[type]),
    );
  }

  checked(name) {
    return new Set([...this.form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));
  }

  show(loss, depth) {
    for (const box of this.form.querySelectorAll("[name=loss]")) box.checked = box.value === loss;
    for (const box of this.form.querySelectorAll("[name=bandwidth], [name=dataset]")) box.checked = true;
    const select = byId("plot-depth");
    if ([...select.options].some((option) => option.value === TABLE_DEPTHS[depth])) select.value = TABLE_DEPTHS[depth];
    byId("plot-shots").value = "";
    this.draw();
    byId("explorer").scrollIntoView();
    select.focus({ preventScroll: true });
  }

  // The points that are asked for, by study, loss, bandwidth and data set.
  series() {
    const [losses, bandwidths, datasets] = ["loss", "bandwidth", "dataset"].map((name) => this.checked(name));
    const depth = byId("plot-depth").value, shots = byId("plot-shots").value;
    const found = new Map();
    for (const row of this.rows) {
      const asked = losses.has(row.loss) && datasets.has(row.dataset) && (!row.bandwidth || bandwidths.has(row.bandwidth));
      if (!asked || !hasDepth(row, depth) || !hasShots(row, shots)) continue;
      const key = [row.experiment, row.loss, row.bandwidth, row.dataset].join("|");
      if (!found.has(key)) found.set(key, { ...row, points: [] });
      found.get(key).points.push(row);
    }
    const several = unique([...found.values()].map((one) => one.experiment));
    return [...found.values()].map((one) => this.dressed(one, depth, shots, several));
  }

  dressed(one, depth, shots, studies) {
    const { curves, datasets, losses, laws } = this.data;
    const [colour, name] = curves[one.bandwidth ? `${one.loss}_${one.bandwidth}` : one.loss]
      ?? ["#808080", `${losses[one.loss] ?? one.loss}${one.bandwidth ? `, s = ${one.bandwidth}` : ""}`];
    const [marker, set] = datasets[one.dataset] ?? ["star", one.dataset];
    const wanted = LAW_DEPTHS[depth] ?? depth;
    const same = (law) => law.depth === wanted
      && ["experiment", "loss", "bandwidth", "dataset"].every((key) => law[key] === one[key]);
    return {
      points: one.points.sort((a, b) => a.n - b.n),
      colour: this.dark.matches ? lightened(colour) : colour,
      marker: studies.indexOf(one.experiment) % 2 ? `${marker}-open` : marker,
      name: [name, set, ...(studies.length > 1 ? [this.data.studies[one.experiment] ?? one.experiment] : [])].join(", "),
      law: shots === "" ? laws.find(same) : undefined,
    };
  }

  draw() {
    const series = this.series();
    const style = getComputedStyle(document.documentElement);
    const [ink, paper, grid] = ["--ink", "--paper", "--line"].map((name) => colourOf(style, name));
    const axis = { color: ink, gridcolor: grid, zeroline: false, linecolor: ink, ticks: "outside", fixedrange: true };
    const type = axisType(series);
    const layout = {
      height: 430,
      margin: { l: 60, r: 10, t: 10, b: 45 },
      paper_bgcolor: paper,
      plot_bgcolor: paper,
      font: { color: ink, family: "system-ui, sans-serif", size: 13 },
      showlegend: true,
      // Many series would leave no room: they are told by the marks' own labels and by the table.
      legend: { orientation: "h", x: 0, y: -0.14, yanchor: "top", maxheight: 0.25, font: { size: 12 } },
      dragmode: false,
      hovermode: "closest",
      xaxis: { ...axis, title: { text: "n (qubits)", standoff: 6 }, type, ...sizeTicks(series, type) },
      yaxis: { ...axis, title: { text: "variance" }, type: "log", exponentformat: "power", automargin: true,
        ...decadeTicks(series) },
    };
    const traces = series.flatMap((one, k) => [pointsOf(one, k), ...lawLine(one, k)]);
    this.library.react("plot", traces, layout, { displayModeBar: false, responsive: true });
    this.tell(series);
  }

  tell(series) {
    const points = series.flatMap((one) => one.points);
    const zeros = points.filter((point) => !(point.variance > 0)).length;
    const said = series.length
      ? `${series.length} series, ${points.length} points.`
        + (zeros ? ` ${zeros} with a variance of exactly 0 have no place on this axis: see the table.` : "")
      : "Nothing was measured at this combination.";
    byId("plot-status").textContent = said;
    const plot = byId("plot");
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `Variance against n: ${series.map((one) => one.name).join("; ") || "empty"}. ${said}`);
    byId("plot-laws").replaceChildren(
      ...series.filter((one) => one.law).map((one) => element("li", { textContent: `${one.name}: ${lawText(one.law)}` })),
    );
    const rows = series.flatMap((one) => one.points.map((point) => [
      one.name, point.n, point.n_layers, short(point.variance), `${short(point.low)} to ${short(point.high)}`,
    ]));
    const header = ["series", "n", "layers", "variance", "95 % interval"];
    byId("plot-table").querySelector("div").replaceChildren(tableOf(header, rows, said));
  }
}

// A custom property as the browser resolves it, which knows light-dark().
function colourOf(style, name) {
  const probe = element("span", { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

// The hues of losses are made for white: on black the dark ones need white mixed in.
function lightened(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const light = (0.3 * parts[0] + 0.6 * parts[1] + 0.1 * parts[2]) / 255;
  const share = Math.max(0, 0.62 - light);
  return `#${parts.map((part) => Math.round(part + share * (255 - part)).toString(16).padStart(2, "0")).join("")}`;
}

// Whole powers of ten alone, six of them at most: what lies between would be labelled 2 and 5.
function decadeTicks(series) {
  const values = series.flatMap((one) => one.points.map((point) => point.variance)).filter((value) => value > 0);
  if (!values.length) return {};
  const decades = Math.log10(Math.max(...values) / Math.min(...values));
  return decades < 1.2 ? { tickformat: ".1e" } : { dtick: Math.ceil(decades / 6) };
}

// Sizes that were measured, on a logarithmic axis as many as have room for their labels.
function sizeTicks(series, type) {
  if (type !== "log") return {};
  const sizes = unique(series.flatMap((one) => one.points.map((point) => point.n))).sort((a, b) => a - b);
  const apart = byId("plot").clientWidth < 600 ? 1.9 : 1.35;
  const kept = sizes.reduce((list, n) => (list.length && n < apart * list.at(-1) ? list : [...list, n]), []);
  return { tickvals: kept, ticktext: kept.map(String) };
}

// A power law is straight on a logarithmic axis, an exponential on a linear one.
function axisType(series) {
  const asked = byId("plot-axis").value;
  const sizes = series.flatMap((one) => one.points.map((point) => point.n));
  return asked !== "auto" ? asked : Math.max(...sizes) > 10 * Math.min(...sizes) ? "log" : "linear";
}

function lawText(law) {
  const rate = `rate ${short(law.rate)} a qubit [${short(law.rate_ci_low)}, ${short(law.rate_ci_high)}]`;
  const power = `as n to the power ${short(-law.poly_power)} [${short(-law.poly_ci_high)}, ${short(-law.poly_ci_low)}]`;
  const numbers = { polynomial: `${power}, ${rate}`, exponential: `${rate} beside n to the power ${short(-law.power)}` };
  return `${law.preferred}, ${numbers[law.preferred] ?? rate}`;
}

function pointsOf(one, k) {
  const points = one.points.filter((point) => point.variance > 0);
  const known = points.every((point) => point.low !== null);
  return {
    name: one.name,
    legendgroup: k,
    mode: one.law && one.law.preferred !== "inconclusive" ? "markers" : "lines+markers",
    line: { color: one.colour, width: 1, dash: "dot" },
    marker: { color: one.colour, symbol: one.marker, size: 8 },
    x: points.map((point) => point.n),
    y: points.map((point) => point.variance),
    error_y: {
      visible: known, type: "data", symmetric: false, color: one.colour, thickness: 1.2, width: 3,
      array: points.map((point) => point.high - point.variance),
      arrayminus: points.map((point) => point.variance - point.low),
    },
    hovertemplate: "n = %{x}<br>variance %{y:.3g}<extra>%{fullData.name}</extra>",
  };
}

// scaling.csv holds the slopes of both pure laws. The line of a weighted fit passes through the weighted mean of the logarithms.
function lawLine(one, k) {
  const law = one.law;
  if (!law || law.preferred === "inconclusive") return [];
  const fitted = one.points.filter((point) => point.n >= SMALLEST_FITTED && point.low > 0 && point.low < point.high);
  if (fitted.length < 2) return [];
  const [slope, scale] = law.preferred === "exponential" ? [law.exp_rate, (n) => n] : [law.poly_power, Math.log];
  let total = 0, sum = 0;
  for (const point of fitted) {
    const weight = 1 / Math.log(point.high / point.low) ** 2;
    total += weight;
    sum += weight * (Math.log(point.variance) + slope * scale(point.n));
  }
  const from = fitted[0].n, ratio = fitted.at(-1).n / from;
  const x = Array.from({ length: 41 }, (_, step) => from * ratio ** (step / 40));
  return [{
    name: `${one.name}: ${law.preferred}`,
    legendgroup: k,
    showlegend: false,
    mode: "lines",
    line: { color: one.colour, width: 1.5, dash: law.preferred === "exponential" ? "dash" : "solid" },
    x,
    y: x.map((n) => Math.exp(sum / total - slope * scale(n))),
    hoverinfo: "skip",
  }];
}

async function setUpExplorer() {
  const [data, script] = await Promise.all([unpack("explorer-data"), unpack("plotting")]);
  document.head.append(element("script", { textContent: script }));
  const explorer = new Explorer(JSON.parse(data), window.Plotly);
  for (const button of document.querySelectorAll("[data-plot-loss]")) {
    button.addEventListener("click", () => explorer.show(button.dataset.plotLoss, button.dataset.plotDepth));
  }
}

setUpExplorer();
