/** How good a figure is, larger being better. */
function quality(metric, value) {
  if (metric.better === "high") return value;
  return metric.better === "low" ? -value : -Math.abs(value - 0.9);
}

function mean(values) {
  return values.every((value) => value !== null)
    ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

function heatMap(metric) {
  const spreads = devices.map((_, d) => data.methods.map((m) => m.devices[d].metrics[metric.name]));
  const known = spreads.flat().map((s) => s.mean).filter((v) => v !== null);
  const qualities = known.map((value) => quality(metric, value));
  const worst = Math.min(...qualities);
  const range = Math.max(...qualities) - worst;
  const means = data.methods.map((_, m) => mean(spreads.map((row) => row[m].mean)));
  const rows = spreads.map((row, d) => [devices[d], ...row.map((s) => figure(metric, s.mean))]);
  const caption = `${metric.label}: ${metric.meaning}`;
  const region = table(caption, ["device", ...data.methods.map((m) => m.name)],
    [...rows, ["mean", ...means.map((value) => figure(metric, value))]]);
  const lines = region.querySelectorAll("tbody tr");
  spreads.forEach((row, d) => row.forEach((spread, m) => {
    const cell = lines[d].children[m + 1];
    cell.append(html("small", {}, `± ${figure(metric, spread.sd)}`));
    if (spread.mean === null) return;
    const share = range > 0 ? (quality(metric, spread.mean) - worst) / range : 0.5;
    cell.style.setProperty("--share", `${Math.round(8 + 92 * share)}%`);
  }));
  lines[devices.length].className = "mean";
  return region;
}

{
  const map = html("div", {}, heatMap(data.metrics[0]));
  document.getElementById("heat-map").append(
    html("div", { class: "controls" },
      choice("Figure", data.metrics.map((metric) => metric.label),
        (i) => map.replaceChildren(heatMap(data.metrics[i])))),
    map);
}
