"use strict";
// What is read from files reaches the page as text nodes and attributes only, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const devices = data.methods[0].devices.map((device) => device.device);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}
function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** A number as the tables print it; what is no number is a dash, no line breaks before a sign. */
function fixed(value, digits) {
  return value === null ? "–" : value.toFixed(digits);
}
function figure(metric, value) {
  return metric.percent && value !== null ? `${fixed(100 * value, 1)}\u00a0%` : fixed(value, 3);
}
function milliseconds(value) {
  return String(Number(value.toPrecision(4)));
}

/** A table that scrolls in a frame of its own, by the keyboard too. */
function table(caption, header, rows, tall = false) {
  const head = html("tr", {}, ...header.map((text) => html("th", { scope: "col" }, text)));
  const body = rows.map(([first, ...rest]) => html("tr", {},
    html("th", { scope: "row" }, first), ...rest.map((text) => html("td", {}, text))));
  return html("div", {
    class: tall ? "scroll tall" : "scroll", role: "region", tabindex: "0", "aria-label": caption,
  }, html("table", {}, html("caption", {}, html("span", {}, caption)), html("thead", {}, head),
    html("tbody", {}, ...body)));
}

/** A table made when it is first opened: a thousand rows a device are slow to lay out. */
function foldedTable(title, caption, header, rows) {
  const details = html("details", {}, html("summary", {}, title));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1)
      details.append(table(caption, header, rows(), true));
  });
  return details;
}

function choice(label, texts, changed) {
  const select = html("select", {}, ...texts.map((text, i) => html("option", { value: i }, text)));
  select.addEventListener("change", () => changed(Number(select.value)));
  return html("label", {}, html("span", {}, label), select);
}

/** Round values within [low, high], about as many as asked for. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i)
    found.push(Number((i * step).toPrecision(12)));
  return found;
}
/** Whole decades for a wide range, more within each for a narrow one. */
function logarithmicTicks(low, high) {
  const marks = (multiples) => {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; ++power)
      for (const m of multiples) found.push(Number((m * 10 ** power).toPrecision(12)));
    return found.filter((v) => v >= low && v <= high);
  };
  const choices = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]].map(marks);
  return choices.find((found) => found.length >= 4) ??
    (choices[2].length > 1 ? choices[2] : ticks(low, high, 4).filter((v) => v > 0));
}

/** A plot's frame; an axis has a title, a scale from values to positions, ticks and their text. */
function frame(box, horizontal, vertical) {
  const [x, y] = [horizontal.scale, vertical.scale];
  const parts = [svg("rect", {
    class: "frame", x: box.left, y: box.top, width: box.right - box.left,
    height: box.bottom - box.top,
  })];
  for (const value of horizontal.ticks)
    parts.push(
      svg("line", { class: "tick", x1: x(value), x2: x(value), y1: box.top, y2: box.bottom }),
      svg("text", { x: x(value), y: box.bottom + 15, "text-anchor": "middle" },
        horizontal.text(value)));
  for (const value of vertical.ticks)
    parts.push(
      svg("line", { class: "tick", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }),
      svg("text", { x: box.left - 5, y: y(value) + 4, "text-anchor": "end" },
        vertical.text(value)));
  const middle = (box.top + box.bottom) / 2;
  parts.push(
    svg("text", { x: (box.left + box.right) / 2, y: box.bottom + 33, "text-anchor": "middle" },
      horizontal.title),
    svg("text", { transform: `translate(12 ${middle}) rotate(-90)`, "text-anchor": "middle" },
      vertical.title));
  return parts;
}
