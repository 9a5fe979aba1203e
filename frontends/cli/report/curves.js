const wide = { left: 50, right: 330, top: 10, bottom: 190 };
const shapes = [
  (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
  (x, y) => `M${x - 4} ${y - 4}h8v8h-8z`,
  (x, y) => `M${x} ${y - 5}l5 9h-10z`,
  (x, y) => `M${x} ${y - 5}l5 5l-5 5l-5 -5z`,
];

/** Methods differ by colour, by the shape of their marks and by their dashes. */
function lineStyle(m) {
  return { stroke: `var(--s${m % 6})`, "stroke-width": 2, fill: "none",
    "stroke-dasharray": ["none", "6 3", "2 3"][Math.floor(m / 4) % 3] };
}
function mark(m, x, y) {
  return svg("path", { fill: `var(--s${m % 6})`, d: shapes[m % 4](x, y) });
}

/** The points of a device that are numbers: constant predictions have no rank correlation. */
function curveOf(device) {
  return device.curve.filter(([, mean, sd]) => mean !== null && sd !== null);
}

/** The same scales for every device, so that their plots compare. Pre: two counts or more. */
function curveScales(points) {
  const samples = [...new Set(points.map(([count]) => count))].sort((a, b) => a - b);
  const low = Math.floor(Math.min(...points.map(([, mean, sd]) => mean - sd)) * 20) / 20;
  const top = Math.ceil(Math.max(...points.map(([, mean, sd]) => mean + sd)) * 20) / 20;
  const high = Math.max(Math.min(1, top), low + 0.05);
  const [first, last] = [samples[0], samples[samples.length - 1]].map(Math.log);
  const [left, right] = [wide.left + 20, wide.right - 20];
  const within = (share) => Math.min(1, Math.max(0, share));
  return {
    samples, low, high,
    x: (count) => left + ((Math.log(count) - first) / (last - first)) * (right - left),
    y: (value) => wide.bottom - within((value - low) / (high - low)) * (wide.bottom - wide.top),
  };
}

function curveLine(m, curve, scales) {
  const y = (value) => scales.y(value).toFixed(1);
  const at = curve.map(([count, mean]) => `${scales.x(count).toFixed(1)} ${y(mean)}`);
  const whiskers = curve.map(([count, mean, sd]) =>
    `M${scales.x(count).toFixed(1)} ${y(mean - sd)}V${y(mean + sd)}`);
  return [svg("path", { ...lineStyle(m), d: `M${at.join("L")}` }),
    svg("path", { stroke: `var(--s${m % 6})`, "stroke-width": 1.5, d: whiskers.join("") }),
    ...curve.map(([count, mean]) => mark(m, scales.x(count), scales.y(mean)))];
}

function curveText([, mean, sd]) {
  return `${fixed(mean, 3)} ± ${fixed(sd, 3)}`;
}

function curveFigure(d, scales) {
  const curves = data.methods.map((method) => curveOf(method.devices[d]));
  const description = `Spearman by samples on ${devices[d]}. ` + data.methods.map((method, m) =>
    `${method.name}: ${curves[m].map((p) => `${p[0]} samples ${curveText(p)}`).join(", ")}. `)
    .join("");
  const plot = svg("svg", { viewBox: "0 0 340 232", role: "img", "aria-label": description },
    ...frame(wide,
      { title: "samples", scale: scales.x, ticks: scales.samples, text: String },
      { title: "Spearman", scale: scales.y, ticks: ticks(scales.low, scales.high, 5),
        text: (value) => fixed(value, 2) }),
    ...curves.flatMap((curve, m) => (curve.length > 0 ? curveLine(m, curve, scales) : [])));
  const rows = () => scales.samples.map((count) => [String(count), ...curves.map((curve) => {
    const point = curve.find(([samples]) => samples === count);
    return point ? curveText(point) : "–";
  })]);
  return html("figure", {}, html("figcaption", {}, html("h3", {}, devices[d])), plot,
    foldedTable("Table of this plot", `Spearman by samples on ${devices[d]}`,
      ["samples", ...data.methods.map((method) => method.name)], rows));
}

function legend() {
  return html("ul", { class: "legend" }, ...data.methods.map((method, m) => html("li", {},
    svg("svg", { viewBox: "0 0 40 16", "aria-hidden": "true" },
      svg("path", { ...lineStyle(m), d: "M2 8H38" }), mark(m, 20, 8)),
    html("span", {}, method.name))));
}

{
  const section = document.getElementById("curve-plots");
  for (const method of data.methods)
    if (method.curve_note) section.append(html("p", { class: "note" }, method.curve_note));
  const points = data.methods.flatMap((method) => method.devices.flatMap(curveOf));
  if (new Set(points.map(([samples]) => samples)).size > 1) {
    const scales = curveScales(points);
    section.append(legend(),
      html("div", { class: "grid" }, ...devices.map((_, d) => curveFigure(d, scales))));
  }
}
