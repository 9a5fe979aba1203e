const square = { left: 50, right: 330, top: 8, bottom: 288 };

/** A scale for both axes: the middle 99 % of values and a margin; the rest is held at the edge. */
function latencyScale(points, logarithmic) {
  const values = points.flatMap((p) => [p.truth, p.median]).sort((a, b) => a - b);
  const usable = logarithmic ? values.filter((v) => v > 0) : values;
  if (usable.length === 0) return null;
  const at = (share) => usable[Math.round(share * (usable.length - 1))];
  let [low, high] = [at(0.005), at(0.995)];
  if (low === high) [low, high] = logarithmic ? [low / 2, high * 2] : [low - 1, high + 1];
  const to = logarithmic ? Math.log : (v) => v;
  const back = logarithmic ? Math.exp : (v) => v;
  const margin = 0.05 * (to(high) - to(low));
  [low, high] = [back(to(low) - margin), back(to(high) + margin)];
  if (!logarithmic && at(0) >= 0) low = Math.max(low, 0);
  const share = (v) => (logarithmic && v <= 0 ? 0
    : Math.min(1, Math.max(0, (to(v) - to(low)) / (to(high) - to(low)))));
  return { low, high, share, holds: (v) => v >= low && v <= high };
}

/** The median interval of rows measured alike: about 25 groups of them. */
function band(points) {
  const size = Math.max(1, Math.ceil(points.length / 25));
  const middle = (group, key) => group.map((p) => p[key]).sort((a, b) => a - b)[group.length >> 1];
  const groups = [];
  for (let i = 0; i < points.length; i += size) {
    const group = points.slice(i, i + size);
    groups.push({ truth: middle(group, "truth"), low: middle(group, "low"),
      high: middle(group, "high") });
  }
  if (points.length > 0) {
    groups.unshift({ ...groups[0], truth: points[0].truth });
    groups.push({ ...groups[groups.length - 1], truth: points[points.length - 1].truth });
  }
  return groups;
}

function insideOf(p) {
  return p.low <= p.truth && p.truth <= p.high;
}

function sentence(p) {
  const error = (100 * (p.median - p.truth)) / p.truth;
  return `measured ${milliseconds(p.truth)} ms, predicted ${milliseconds(p.median)} ms ` +
    `(${milliseconds(p.low)} to ${milliseconds(p.high)}), ` +
    `${fixed(Math.abs(error), 1)}\u00a0% ${error < 0 ? "below" : "above"}` +
    (insideOf(p) ? "" : ", outside the interval");
}

function scatterPlot(points, scale, logarithmic, description) {
  const x = (v) => square.left + scale.share(v) * (square.right - square.left);
  const y = (v) => square.bottom - scale.share(v) * (square.bottom - square.top);
  const at = (v) => v.toFixed(1);
  const marks = logarithmic ? logarithmicTicks(scale.low, scale.high)
    : ticks(scale.low, scale.high, 7);
  const groups = band(points);
  const outline = [...groups.map((g) => `${at(x(g.truth))} ${at(y(g.low))}`),
    ...groups.reverse().map((g) => `${at(x(g.truth))} ${at(y(g.high))}`)];
  const dots = points.filter(insideOf).map((p) => `M${at(x(p.truth))} ${at(y(p.median))}h0`);
  const crosses = points.filter((p) => !insideOf(p))
    .map((p) => `M${at(x(p.truth) - 3)} ${at(y(p.median) - 3)}l6 6m-6 0l6 -6`);
  const chosen = svg("g", { class: "chosen" });
  const plot = svg("svg", { viewBox: "0 0 340 330", role: "img", "aria-label": description },
    ...frame(square, { title: "measured, ms", scale: x, ticks: marks, text: milliseconds },
      { title: "predicted, ms", scale: y, ticks: marks, text: milliseconds }),
    svg("polygon", { class: "band", points: outline.join(" ") }),
    svg("line", { class: "same", x1: square.left, y1: square.bottom, x2: square.right,
      y2: square.top }),
    svg("path", { class: "inside", d: dots.join("") }),
    svg("path", { class: "missed", d: crosses.join("") }), chosen);
  const choose = (p) => chosen.replaceChildren(
    svg("line", { x1: x(p.truth), x2: x(p.truth), y1: y(p.low), y2: y(p.high) }),
    svg("circle", { cx: x(p.truth), cy: y(p.median), r: 5 }));
  const nearest = (event) => {
    const area = plot.getBoundingClientRect();
    const [px, py] = [event.clientX - area.left, event.clientY - area.top].map(
      (v) => (v * 340) / area.width);
    const distance = (p) => (x(p.truth) - px) ** 2 + (y(p.median) - py) ** 2;
    return points.reduce((best, p, i) => (distance(p) < distance(points[best]) ? i : best), 0);
  };
  return { plot, choose, nearest };
}

/** A point is read by pointer, by touch, or with the slider by keyboard. */
function reader(points, drawn) {
  const said = html("output", { "aria-live": "off" },
    "Point at the plot or move the slider to read a row.");
  const slider = html("input", { type: "range", min: 0, max: points.length - 1, value: 0 });
  const show = (i) => {
    slider.value = i;
    slider.setAttribute("aria-valuetext", sentence(points[i]));
    said.textContent = `Row ${i + 1} of ${points.length} by latency: ${sentence(points[i])}`;
    drawn.choose(points[i]);
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  for (const kind of ["pointermove", "pointerdown"])
    drawn.plot.addEventListener(kind, (event) => show(drawn.nearest(event)));
  return [html("label", { class: "walk" }, "Rows, fastest to slowest", slider), said];
}

function scatterFigure(method, device, logarithmic) {
  const points = device.points.filter((p) => p.every((v) => v !== null))
    .map(([truth, median, low, high]) => ({ truth, median, low, high }));
  const { spearman, mape, coverage_90: coverage } = device.first;
  const percent = (value) => figure({ percent: true }, value);
  const figures = `Spearman ${fixed(spearman, 3)}, mean error ${percent(mape)}, ` +
    `${percent(coverage)} within their interval`;
  const scale = latencyScale(points, logarithmic);
  const edge = scale ? points.filter((p) => !scale.holds(p.truth) || !scale.holds(p.median)).length
    : 0;
  const shown = points.length < device.rows
    ? `${points.length} of ${device.rows} rows are drawn` : `${points.length} rows`;
  const caption = html("figcaption", {}, html("h3", {}, device.device),
    html("p", {}, `${figures}; ${shown}${edge ? `, ${edge} of them held at the edge` : ""}.`));
  if (!scale) return html("figure", {}, caption, html("p", {}, "No row has a number to draw."));
  const drawn = scatterPlot(points, scale, logarithmic,
    `Scatter plot of predicted against measured latency on ${device.device} by ${method.name}: ` +
    `${figures}; ${shown}.`);
  return html("figure", {}, caption, drawn.plot, ...reader(points, drawn),
    foldedTable("Table of these rows", `${device.device} by ${method.name}, milliseconds`,
      ["measured", "predicted", "low", "high", "in the interval"],
      () => points.map((p) => [...[p.truth, p.median, p.low, p.high].map(milliseconds),
        insideOf(p) ? "yes" : "no"])));
}

{
  const grid = html("div", { class: "grid" });
  const shown = { method: 0, logarithmic: false };
  const draw = () => grid.replaceChildren(...data.methods[shown.method].devices.map(
    (device) => scatterFigure(data.methods[shown.method], device, shown.logarithmic)));
  const logarithmic = html("input", { type: "checkbox" });
  logarithmic.addEventListener("change", () => {
    shown.logarithmic = logarithmic.checked;
    draw();
  });
  draw();
  document.getElementById("scatter-plots").append(
    html("div", { class: "controls" },
      choice("Method", data.methods.map((method) => method.name), (i) => {
        shown.method = i;
        draw();
      }),
      html("label", {}, logarithmic, "Logarithmic axes")),
    grid);
}
