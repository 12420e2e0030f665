"""Draws the panels of the Grafana dashboard from their queries' results, where the dashboard has them."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import patches, pyplot, ticker

COLUMNS = 24
INCHES = 0.75  # of one of the grid's columns
ROW_INCHES = 0.42
PAPER, PANEL, INK, FAINT = "#f4f5f7", "#ffffff", "#24292e", "#8a9199"
STATES = {0: "#d64f4f", 1: "#5a9e6f", 2: "#d6a84f"}  # down, up, drained
KINDS = {"bytes", "Bps"}


def dashboard(panels, file):
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    mpl.rcParams.update({"font.size": 7, "text.color": INK, "axes.edgecolor": FAINT, "axes.linewidth": 0.4})
    figure = pyplot.figure(figsize=(COLUMNS * INCHES, height * ROW_INCHES), facecolor=PAPER)
    for panel in panels:
        place = panel["gridPos"]
        left, width = place["x"] / COLUMNS, place["w"] / COLUMNS
        bottom, tall = 1 - (place["y"] + place["h"]) / height, place["h"] / height
        if panel["type"] == "row":
            figure.text(left + 0.004, bottom + tall * 0.2, panel["title"], fontsize=11, fontweight="bold")
            continue
        gap = 0.12 / (height * ROW_INCHES)
        box = patches.FancyBboxPatch(
            (left + 0.002, bottom + gap / 2), width - 0.004, tall - gap,
            boxstyle="round,pad=0,rounding_size=0.002", facecolor=PANEL, edgecolor="#dfe2e6", linewidth=0.6,
            transform=figure.transFigure, zorder=-1,
        )
        figure.add_artist(box)
        figure.text(left + 0.006, bottom + tall - 0.27 / (height * ROW_INCHES), panel["title"], fontsize=8, fontweight="bold")
        DRAWN.get(panel["type"], lines)(figure, panel, (left, bottom, width, tall), height)
    figure.savefig(file, dpi=70, facecolor=PAPER)
    pyplot.close(figure)


def axes(figure, place, height, left_inches=0.55):
    left, bottom, width, tall = place
    inch_x, inch_y = 1 / (COLUMNS * INCHES), 1 / (height * ROW_INCHES)
    area = (
        left + left_inches * inch_x, bottom + 0.35 * inch_y,
        width - (left_inches + 0.2) * inch_x, tall - 0.75 * inch_y,
    )
    made = figure.add_axes(area, facecolor=PANEL)
    made.tick_params(length=2, width=0.4, colors=FAINT, labelcolor=INK)
    made.spines[["top", "right"]].set_visible(False)
    made.set_xlabel("")
    return made


def text(value, unit):
    if unit == "percentunit":
        return f"{100 * value:.3g}%"
    if unit == "s":
        return f"{value * 1000:.3g} ms" if abs(value) < 1 else f"{value:.3g} s" if value < 86400 else f"{value / 86400:.3g} d"
    if unit in KINDS:
        for name, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
            if abs(value) >= size:
                return f"{value / size:.3g} {name}"
    return f"{value:.4g}" + {"reqps": "/s"}.get(unit, "")


def unit_of(panel):
    return panel.get("fieldConfig", {}).get("defaults", {}).get("unit")


def lines(figure, panel, place, height):
    made = axes(figure, place, height)
    unit = unit_of(panel)
    ranked = sorted(panel["series"], key=lambda each: -max((value for _, value in each[1]), default=0))
    for name, values in ranked:
        made.plot([at for at, _ in values], [value for _, value in values], linewidth=0.9, label=name[:42] or panel["title"])
    made.set_ylim(bottom=0)
    made.grid(axis="y", linewidth=0.3, color="#e3e6ea")
    made.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: text(value, unit)))
    made.yaxis.set_major_locator(ticker.MaxNLocator(4))
    made.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f} s"))
    handles, labels = made.get_legend_handles_labels()
    made.legend(handles[:5], labels[:5], fontsize=5.5, loc="upper left", frameon=True, framealpha=0.75, edgecolor="none")


def stat(figure, panel, place, height):
    left, bottom, width, tall = place
    last = [values[-1][1] for _, values in panel["series"] if values]
    figure.text(
        left + width / 2, bottom + tall * 0.32, text(last[-1], unit_of(panel)) if last else "-",
        fontsize=20, ha="center", va="center",
    )


def timeline(figure, panel, place, height):
    made = axes(figure, place, height, left_inches=1.3)
    for row, (_, values) in enumerate(panel["series"]):
        for (at, value), (then, _) in itertools.pairwise(values):
            made.barh(row, then - at, left=at, height=0.8, color=STATES.get(int(value), FAINT))
    made.set_yticks(range(len(panel["series"])), [name for name, _ in panel["series"]])
    made.invert_yaxis()
    made.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f} s"))


def heatmap(figure, panel, place, height):
    """Of cumulative buckets: what each has beyond the one below."""
    made = axes(figure, place, height)
    buckets = sorted((each for each in panel["series"] if each[0]), key=lambda each: float(each[0].replace("+Inf", "inf")))
    below, rows = {}, []
    for _, values in buckets:
        now = dict(values)
        rows.append([max(0, value - below.get(at, 0)) for at, value in values])
        below = now
    width = max((len(row) for row in rows), default=0)
    made.imshow([row + [0] * (width - len(row)) for row in rows], aspect="auto", origin="lower", cmap="Blues")
    made.set_yticks(range(0, len(buckets), 4), [name for name, _ in buckets][::4])
    made.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:.0f} s"))


DRAWN = {"stat": stat, "state-timeline": timeline, "heatmap": heatmap}
