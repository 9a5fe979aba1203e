"""The page of `hale evaluate --report` in Chromium: on a phone and a desktop, light and dark."""
import csv
import functools
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from browser import CHROMIUM, Browser
from harness import *

HOSTILE = ["</script><script>hacked=1</script>", "<img src=x onerror=hacked=1>", "{{data}}&lt;\"'",
           "a_name_without_any_place_to_break_it_at_0123456789_0123456789_0123456789"]
BASE = "<b onclick=hacked=1>another base, of a long name.hale"
SCREENS = [(360, False), (360, True), (1280, False), (1280, True)]

# What lies outside the screen or its frame, what is cut off, and labels that cover each other.
LAYOUT = """(() => {
  const found = [];
  const name = (e) => `${e.tagName}.${e.getAttribute("class")} '${e.textContent.slice(0, 30)}'`;
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 &&
    a.bottom <= b.bottom + 1;
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} wide`);
  for (const e of document.body.querySelectorAll("*:not(.scroll *, .skip, script, noscript)")) {
    const area = e.getBoundingClientRect();
    if (area.width > 0 && (area.left < 0 || area.right > innerWidth + 0.5))
      found.push(`${name(e)} from ${area.left} to ${area.right}`);
    if (!e.matches(".scroll, svg, svg *, select, input") && e.scrollWidth > e.clientWidth + 1 &&
        e.clientWidth > 0) found.push(`${name(e)} is cut off`);
  }
  for (const e of document.querySelectorAll(".scroll th, .scroll td"))
    if (e.scrollWidth > e.clientWidth + 1) found.push(`${name(e)} is cut off`);
  for (const region of document.querySelectorAll(".scroll"))
    if (region.querySelector("tbody th").offsetWidth > 0.6 * region.clientWidth)
      found.push(`${name(region)}: its first column fills it`);
  for (const plot of document.querySelectorAll("svg")) {
    const frame = plot.getBoundingClientRect();
    const areas = [...plot.querySelectorAll("text")].map((e) => e.getBoundingClientRect());
    if (areas.some((area) => !inside(area, frame))) found.push(`${name(plot)}: text is cut off`);
    areas.forEach((a, i) => areas.slice(i + 1).forEach((b) => {
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        found.push(`${name(plot)}: labels cover each other`);
    }));
    if (areas.some((area) => Math.max(area.width, area.height) < 9))
      found.push(`${name(plot)}: tiny text`);
  }
  return found;
})()"""

# Text whose contrast with what is behind it is below 4.5 to 1.
CONTRAST = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (colour) => [...rgba(colour)].slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    const colour = getComputedStyle(e).backgroundColor;
    return rgba(colour)[3] === 255 ? colour : behind(e.parentElement);
  };
  const found = [];
  for (const e of document.querySelectorAll("p, h1, h2, h3, td, th, small, a, dt, dd, pre, text, " +
      "label, output, summary, select, caption, li")) {
    if (e.closest("noscript, .skip")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [luminance(e.tagName === "text" ? style.fill : style.color),
      luminance(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5)
      found.push(`${e.tagName} '${e.textContent.slice(0, 20)}': ${(a + 0.05) / (b + 0.05)}`);
  }
  return found;
})()"""


def make_reports():
    """A table whose devices have hostile names, a second base, and a report of each protocol."""
    table(rows=1500)
    rows = pathlib.Path("table.csv").read_text().split("\n", 1)[1]
    names = [f"device{d}" for d in range(6)] + HOSTILE
    with open("table.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(["arch", *names])
        file.write(rows)
    sources = ",".join(names[:5] + HOSTILE[:3])
    common = ["--space", "nasbench201", "--table", "table.csv"]
    good("train", *common, "--devices", sources, "--valid", "device5", "--episodes", "20", "-o",
         BASE)
    command = ["evaluate", *common, "--devices", ",".join(HOSTILE), "--draws", "2", "--base",
               "nasbench201-help", "--base", BASE]
    return {protocol: good_json(*command, "--protocol", protocol, "--report", protocol + ".html")
            for protocol in ("strict", "help")}


@functools.cache
def made():
    """The reports' pages and figures, made once for all cases."""
    printed = make_reports()
    return {name: pathlib.Path(name + ".html").read_text() for name in printed}, printed


def reports():
    """Writes the pages here; the figures they show."""
    pages, printed = made()
    for name, text in pages.items():
        write(name + ".html", text)
    return printed


def texts(browser, selector):
    return browser.run(f"[...document.querySelectorAll({json.dumps(selector)})]"
                       ".map((e) => e.textContent)")


def quiet(browser):
    expect(browser.complaints() == [], f"no error, no request: {browser.complaints()}")


@case("the page's script draws every plot, and asks for nothing outside")
def _():
    printed = reports()
    with Browser() as browser:
        for protocol, curves in (("strict", 0), ("help", len(HOSTILE))):
            browser.open(protocol + ".html", 1280)
            quiet(browser)
            expect(texts(browser, "#scatter h3") == HOSTILE, "a plot a device")
            expect(texts(browser, "#curves h3") == HOSTILE[:curves], "curves where there are some")
            expect(len(texts(browser, "#curves .note")) == (2 if protocol == "strict" else 0),
                   "and why where not")
            dots = browser.run("[...document.querySelectorAll('#scatter svg')].map((s) => "
                               "[...s.querySelectorAll('.inside, .missed')].map((p) => "
                               "p.getAttribute('d').split('M').length - 1))")
            rows = 1000 if protocol == "strict" else 480
            expect([sum(counts) for counts in dots] == [rows] * len(HOSTILE), str(dots))
            heat = browser.run("[...document.querySelectorAll('#heat-map td')].map((e) => "
                               "e.firstChild.data)")
            methods = printed[protocol]["methods"]
            figures = [f"{m['devices'][d]['spearman']['mean']:.3f}"
                       for d in range(len(HOSTILE)) for m in methods]
            expect(heat == figures + [f"{m['mean']['spearman']:.3f}" for m in methods], str(heat))


@case("names from files are text, whatever they hold")
def _():
    reports()
    with Browser() as browser:
        for protocol in ("strict", "help"):
            browser.open(protocol + ".html", 1280)
            quiet(browser)
            expect(browser.run("typeof hacked") == "undefined", "nothing of them is executed")
            expect(browser.run("document.querySelectorAll('img, b, h1 *').length") == 0, "no tags")
            expect(browser.run("document.title") == "Predicted latencies on nasbench201", "title")
            name = BASE.removesuffix(".hale")
            expect(name in texts(browser, "#figures caption"), "a base's name")
            expect(name in texts(browser, "#heat-map thead th"), "a base's name in the heat map")
            expect(texts(browser, "#figures tbody th")[:5] == [*HOSTILE, "mean"], "devices' names")
            labels = browser.run("[...document.querySelectorAll('#scatter svg')].map((s) => "
                                 "s.getAttribute('aria-label'))")
            expect(all(f" {d} by nasbench201-help" in text for d, text in zip(HOSTILE, labels)),
                   str(labels))


@case("nothing is cut off, overflows or is faint, on a phone and a desktop, light and dark")
def _():
    reports()
    with Browser() as browser:
        pages = set()
        for protocol in ("strict", "help"):
            for width, dark in SCREENS:
                browser.open(protocol + ".html", width, dark=dark)
                where = f"{protocol}, {width} px, {'dark' if dark else 'light'}: "
                browser.run("document.querySelectorAll('details').forEach((d) => d.open = true)")
                browser.run("new Promise((done) => setTimeout(done, 100))")
                expect(browser.run("innerWidth") == width, where + "as wide as the screen")
                tables = len(texts(browser, ".tall"))
                expect(tables == len(texts(browser, "details")), where + "tables are made")
                for audit in (LAYOUT, CONTRAST):
                    found = browser.run(audit)
                    expect(found == [], where + "; ".join(found[:5]))
                pages.add((dark, browser.run("getComputedStyle(document.body).backgroundColor")))
        expect(len(pages) == 2, f"a background for each scheme: {pages}")


@case("every control works by keyboard, and a plot by pointer")
def _():
    reports()
    with Browser() as browser:
        browser.open("help.html", 360)
        browser.run("document.body.focus()")
        reached = []
        for _ in range(30):
            browser.press("Tab", 9)
            reached.append(browser.run("document.activeElement.className || "
                                       "document.activeElement.type || "
                                       "document.activeElement.tagName"))
        for control in ("skip", "A", "select-one", "scroll", "checkbox", "range", "SUMMARY"):
            expect(control in reached, f"{control} is reached: {reached}")

        browser.run("document.querySelector('#scatter input[type=range]').focus()")
        browser.press("End", 35)
        said = texts(browser, "#scatter output")[0]
        expect(said.startswith("Row 480 of 480 by latency: measured "), said)
        expect(len(texts(browser, "#scatter .chosen > *")) == 2, "the row is marked")
        expect(said.endswith(browser.run("document.activeElement.getAttribute('aria-valuetext')")),
               "the slider says the same")

        browser.run("document.querySelector('#scatter summary').focus()")
        browser.press("Enter", 13, "\r")
        browser.run("new Promise((done) => setTimeout(done, 100))")
        expect(len(texts(browser, "#scatter .tall tbody tr")) == 480, "the table behind a plot")

        heat = texts(browser, "#heat-map td")
        browser.run("document.querySelector('#heat-map select').focus()")
        browser.press("End", 35)
        expect(texts(browser, "#heat-map caption")[0].startswith("Regret: "), "another figure")
        expect(texts(browser, "#heat-map td") != heat, "other figures")

        first = browser.run("document.querySelector('#scatter .inside').getAttribute('d')")
        browser.run("document.querySelector('#scatter select').focus()")
        browser.press("ArrowDown", 40)
        label = browser.run("document.querySelector('#scatter svg').getAttribute('aria-label')")
        expect(BASE.removesuffix(".hale") in label, label)
        second = browser.run("document.querySelector('#scatter .inside').getAttribute('d')")
        expect(second != first, "the other method's rows")
        browser.run("document.querySelector('#scatter input[type=checkbox]').focus()")
        browser.press(" ", 32, " ")
        third = browser.run("document.querySelector('#scatter .inside').getAttribute('d')")
        expect(third != second and len(third.split("M")) == len(second.split("M")), "log axes")
        expect(browser.run(LAYOUT) == [], str(browser.run(LAYOUT)))

        browser.run("document.querySelector('#scatter svg').scrollIntoView({block: 'center'})")
        x, y = browser.run("(() => { const a = document.querySelector('#scatter svg')"
                           ".getBoundingClientRect(); return [a.left + a.width / 2, "
                           "a.top + a.height / 2]; })()")
        browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        said = texts(browser, "#scatter output")[0]
        expect(said.startswith("Row ") and "predicted" in said, said)
        quiet(browser)


@case("figures that are no numbers are dashes, and their rows are left out")
def _():
    reports()
    text = pathlib.Path("help.html").read_text()
    head, rest = text.split('<script type="application/json" id="data">')
    body, tail = rest.split("</script>", 1)
    data = json.loads(body)
    device = data["methods"][0]["devices"][0]
    device["metrics"]["spearman"] = {"mean": None, "sd": None}
    device["first"]["spearman"] = None
    device["curve"][0] = [5, None, None]
    device["points"][0] = [1, None, None, None]
    data["methods"][0]["devices"][1]["points"] = []
    body = json.dumps(data).replace("<", "\\u003c")
    write("nan.html", head + '<script type="application/json" id="data">' + body + "</script>" +
          tail)
    with Browser() as browser:
        browser.open("nan.html", 360)
        quiet(browser)
        heat = texts(browser, "#heat-map td")
        expect(heat[0] == "–± –", heat[0])
        expect(heat[-2] == "–" and heat[-1] != "–", "no mean over what is no number")
        captions = texts(browser, "#scatter figcaption p")
        expect(captions[0].startswith("Spearman –, ") and "479 of 480 rows" in captions[0],
               captions[0])
        expect("No row has a number to draw." in texts(browser, "#scatter figure > p"), "said so")
        expect(browser.run(LAYOUT) == [], str(browser.run(LAYOUT)))
        broken = browser.run("[...document.querySelectorAll('svg *')].filter((e) => "
                             "[...e.attributes].some((a) => /NaN|undefined|Infinity/"
                             ".test(a.value))).length")
        expect(broken == 0, f"{broken} elements with a position that is no number")


@case("without a script the figures are there, and why the plots are not")
def _():
    reports()
    with Browser() as browser:
        browser.send("Emulation.setScriptExecutionDisabled", value=True)
        browser.open("help.html", 360)
        root = browser.send("DOM.getDocument")["root"]["nodeId"]

        def count(selector):
            return len(browser.send("DOM.querySelectorAll", nodeId=root,
                                    selector=selector)["nodeIds"])

        expect(count("svg") == 0, "nothing is drawn")
        expect(count("noscript p.note") == 1, "it is told")
        expect(count("#figures td") == 2 * 5 * 9, "the figures")


if CHROMIUM:
    main()
else:
    print("1..0 # SKIP chromium is absent")
