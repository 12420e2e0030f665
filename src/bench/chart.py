"""A chart of ratios as an SVG: for each row a bar to each peer, and a line at 1."""

from xml.sax.saxutils import escape

COLOURS = ["#4c78a8", "#f28e2b", "#59a14f"]
LABELS, PLOT, RIGHT = 400, 420, 80
BAR, GAP, TITLE = 13, 12, 44
MOST = 2.5  # ratios beyond are cut off; the number beside the bar is right


def chart(title, names, panels):
    """The SVG of panels with ratios to these names, each a heading and rows of a label and ratios by name: (median, least, most)."""
    parts, y = [text(16, 28, title, size=16, weight="bold")], 40
    x = 16
    bars = list(zip(names, COLOURS, strict=False))
    for name, colour in bars:
        parts.append(f'<rect x="{x}" y="{y + 2}" width="12" height="12" fill="{colour}"/>')
        parts.append(text(x + 18, y + 12, f"gateway / {name}"))
        x += 150
    parts.append(text(x, y + 12, "thin line: least and most of the rounds", fill="#666"))
    y += 22
    for heading, rows in panels:
        top = y + TITLE
        parts.append(text(16, y + 30, heading, size=13, weight="bold"))
        y = top
        for label, ratios in rows:
            parts.append(text(LABELS - 10, y + BAR + 4, label, anchor="end"))
            for name, colour in bars:
                if name in ratios:
                    parts += bar(y, ratios[name], colour)
                y += BAR
            y += GAP
        parts += scale(top - 6, y)
        y += 20
    width, height = LABELS + PLOT + RIGHT, y + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def bar(y, ratio, colour):
    median, least, most = ratio
    middle = y + BAR / 2
    return [
        f'<rect x="{LABELS}" y="{y}" width="{across(median) - LABELS:.1f}" height="{BAR - 1}" fill="{colour}"/>',
        f'<path d="M{across(least):.1f} {middle}H{across(most):.1f}" stroke="#222" stroke-width="1.5"/>',
        text(max(across(median), across(most)) + 6, y + BAR - 2, f"{median:.2f}", size=11),
    ]


def scale(top, bottom):
    lines = []
    for tenths in range(0, int(MOST * 10) + 1, 5):
        x = across(tenths / 10)
        colour, width = ("#c00", 1.5) if tenths == 10 else ("#ddd", 1)
        lines.append(f'<path d="M{x} {top}V{bottom - 6}" stroke="{colour}" stroke-width="{width}" opacity="0.7"/>')
        lines.append(text(x, bottom + 8, f"{tenths / 10:g}", anchor="middle", size=11, fill="#666"))
    return lines


def across(ratio):
    return LABELS + PLOT * min(ratio, MOST) / MOST


def text(x, y, content, size=12, anchor="start", weight="normal", fill="#222"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="{fill}">{escape(content)}</text>'
    )
