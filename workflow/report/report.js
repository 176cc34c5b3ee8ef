"use strict";
// What every part of the page needs, the filter of the claims, and the tables of the figures.

const byId = (id) => document.getElementById(id);

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Text that was put into the page as base64 of gzip.
async function unpack(id) {
  const letters = atob(byId(id).textContent);
  // A function called for each of two million letters would take as long as to unpack them.
  const bytes = new Uint8Array(letters.length);
  for (let k = 0; k < letters.length; k++) bytes[k] = letters.charCodeAt(k);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function tableOf(header, rows, caption) {
  const head = element("tr", {}, header.map((text) => element("th", { scope: "col", textContent: text })));
  const body = rows.map((row) => element("tr", {}, row.map((text) => element("td", { textContent: text }))));
  return element("table", {}, [
    element("caption", { textContent: caption, className: "small faint" }),
    element("thead", {}, [head]),
    element("tbody", {}, body),
  ]);
}

// The claims.

function setUpFilter() {
  const form = byId("filter");
  const rows = [...document.querySelectorAll(".claims tbody tr")];
  // Without the broken variants: each was contradicted, and a search for that word means the claim.
  const texts = rows.map((row) => {
    const kept = row.cloneNode(true);
    kept.querySelectorAll(".control").forEach((part) => part.remove());
    return kept.textContent.toLowerCase();
  });

  function apply() {
    const verdicts = new Set([...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
    const topic = byId("filter-topic").value;
    const words = byId("filter-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, k) => {
      const fits =
        verdicts.has(row.dataset.verdict) &&
        (!topic || row.dataset.topic === topic) &&
        words.every((word) => texts[k].includes(word));
      row.hidden = !fits;
      shown += fits;
    });
    byId("filter-count").textContent = `${shown} of ${rows.length} claims shown`;
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields have their first values only after the event.
  form.addEventListener("reset", () => setTimeout(apply));
  // A link to a claim shows it, and its evidence, whatever the filter says.
  function showTarget() {
    const row = byId(decodeURIComponent(location.hash.slice(1)));
    if (!row || !row.matches(".claims tr")) return;
    row.querySelector("details").open = true;
    if (row.hidden) form.reset();
    setTimeout(() => row.scrollIntoView());
  }
  window.addEventListener("hashchange", showTarget);
  form.hidden = false;
  // What was tested and did not reproduce comes first; "Show all" shows the rest.
  const left = [...form.querySelectorAll("[name=verdict]")].filter((box) => ["reproduced", "not_run"].includes(box.value));
  if (rows.some((row) => !["reproduced", "not_run"].includes(row.dataset.verdict))) left.forEach((box) => { box.checked = false; });
  apply();
  showTarget();
}

// The tables of the figures.

const ROWS_SHOWN = 50;

function parseCsv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}

const brief = (cell) => (/^-?\d*\.\d{5,}/.test(cell) || /\de-?\d/.test(cell) ? String(+(+cell).toPrecision(5)) : cell);

async function fillTable(details) {
  const name = details.dataset.name;
  const text = await unpack(`data-${name}`);
  const [header, ...rows] = parseCsv(text);
  const save = element("button", { type: "button", textContent: `Save ${name}.csv` });
  save.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    element("a", { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
  const said = rows.length > ROWS_SHOWN ? `The first ${ROWS_SHOWN} of ${rows.length} rows` : `All ${rows.length} rows`;
  const shown = rows.slice(0, ROWS_SHOWN).map((row) => row.map(brief));
  const region = element("div", { className: "scroll", tabIndex: 0 }, [tableOf(header, shown, said)]);
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", `Data of ${name}`);
  details.append(save, region);
}

function setUpTables() {
  for (const details of document.querySelectorAll("details.data")) {
    if (!byId(`data-${details.dataset.name}`)) continue;
    details.addEventListener("toggle", () => fillTable(details), { once: true });
  }
}

// What scrolls sideways must be reachable by keyboard; what does not should not be a stop on the way.
function setUpScrolling() {
  const scrolling = document.querySelectorAll(".scroll, .formula");
  const mark = () => scrolling.forEach((part) => {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  });
  window.addEventListener("resize", mark);
  // What is folded has no width: it is looked at when it opens.
  document.addEventListener("toggle", mark, true);
  mark();
}

function setUpPictures() {
  for (const button of document.querySelectorAll("button.picture")) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    });
  }
}

setUpPictures();
setUpFilter();
setUpTables();
setUpScrolling();
