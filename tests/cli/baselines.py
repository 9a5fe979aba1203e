"""hale evaluate --baseline: what a user would pick instead, beside the bases."""
from harness import *

EVALUATE = ["evaluate", "--space", "nasbench201", "--table", "table.csv", "--devices",
            "device9,device8"]


def methods(*arguments, draws="2"):
    """Each method's figures by its name."""
    found = good_json(*EVALUATE, "--draws", draws, *arguments)["methods"]
    return {method["method"]: method for method in found}


@case("each baseline learns from as many rows as it is given")
def _():
    table()
    found = methods("--baseline", "flops", "--baseline", "lut:200", "--baseline", "lut:20",
                    "--baseline", "ada-proxy:20", "--proxy", "device0")
    expect(list(found) == ["nasbench201-help", "flops:10", "lut:200", "lut:20", "ada-proxy:20"],
           str(list(found)))
    expect([m["samples"] for m in found.values()] == [10, 10, 200, 20, 20], "its rows")
    spearman = {name: method["mean"]["spearman"] for name, method in found.items()}
    # The table's latencies are sums over operations, as the look-up table has it.
    expect(spearman["lut:200"] > .98, str(spearman))
    expect(found["lut:200"]["mean"]["median_error"] < .03, str(found["lut:200"]["mean"]))
    expect(spearman["lut:20"] < spearman["lut:200"], str(spearman))
    expect(spearman["flops:10"] < spearman["lut:200"], str(spearman))
    expect(spearman["ada-proxy:20"] > .5, str(spearman))
    for method in found.values():
        expect([d["device"] for d in method["devices"]] == ["device9", "device8"], str(method))


@case("BRP-NAS learns the order of rows that it has not seen")
def _():
    table(rows=300)
    found = methods("--baseline", "brp-nas:150", draws="1")
    expect(found["brp-nas:150"]["mean"]["spearman"] > .8, str(found["brp-nas:150"]["mean"]))


@case("baselines obey both protocols")
def _():
    table()
    for protocol in ("strict", "help"):
        found = methods("--baseline", "lut:200", "--protocol", protocol)
        expect(found["lut:200"]["mean"]["spearman"] > .9, f"{protocol}: {found['lut:200']['mean']}")


@case("baselines that cannot be are refused")
def _():
    table()
    refused(*EVALUATE, "--baseline", "nearest", says=["'nearest'", "flops", "lut", "brp-nas",
                                                      "ada-proxy"])
    refused(*EVALUATE, "--baseline", "lut:none", says=["--baseline lut:none", "'none'"])
    refused(*EVALUATE, "--baseline", "lut:0", says=["--baseline lut:0", "'0'"])
    refused(*EVALUATE, "--baseline", "lut:100000", says="1000")
    refused(*EVALUATE, "--baseline", "lut:20", "--baseline", "lut:20", says="given before")
    refused(*EVALUATE, "--baseline", "ada-proxy:20", "--proxy", "device9",
            says="--proxy device9: found among --devices")
    refused(*EVALUATE, "--baseline", "ada-proxy:20", "--proxy", "abacus", says="'abacus'")


main()
