#!/usr/bin/env python3
"""scale_report.py RESULTS [PLOT.svg]: the results of bench_scale, a line of JSON each, as a table,
and processor time and memory over the number of files as a picture."""
import json
import sys

COLOURS = {"first": "#0b6e99", "changed": "#b35900", "unchanged": "#2d7d46"}
WIDTH, HEIGHT, LEFT, BOTTOM = 420, 300, 62, 46


def table(rows):
    print(f"{'run: work':38} {'count':>11} {'wall s':>9} {'cpu s':>9} {'each us':>9} {'MB':>8} {'with maps':>10}")
    for row in rows:
        of = f"{row['run']}: {row['work']}"
        print(f"{of:38} {row['count']:>11,} {row['wall_s']:>9.2f} {row['cpu_s']:>9.2f} "
              f"{row['cpu_s'] / row['count'] * 1e6:>9.2f} {row['memory_mb']:>8.1f} "
              f"{row['with_maps_mb']:>10.1f}")


def nice(value):
    """The next round number for the end of an axis."""
    step = 1.0
    while step * 10 <= value:
        step *= 10
    return next(step * m for m in (1, 2, 3, 4, 5, 6, 8, 10) if step * m >= value)


def chart(rows, field, title, x_offset, limit=None):
    files = max(row["of"] for row in rows)
    top = nice(max([row[field] for row in rows] + ([limit[0]] if limit else [])))
    def x(value):
        return x_offset + LEFT + value / files * (WIDTH - LEFT - 20)
    def y(value):
        return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - 50)
    out = [f'<text x="{x_offset + LEFT}" y="24" font-weight="bold">{title}</text>']
    for part in range(5):
        value = top * part / 4
        out.append(f'<line x1="{x(0):.1f}" x2="{x(files):.1f}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{x(0) - 6:.1f}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in sorted({row["of"] for row in rows}):
        label = f"{value / 1e6:g} M" if value >= 1e6 else f"{value / 1e3:g} k"
        out.append(f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{label}</text>')
    out.append(f'<text x="{x(files / 2):.1f}" y="{HEIGHT - 8}" text-anchor="middle">files</text>')
    if limit:
        out.append(f'<line x1="{x(0):.1f}" x2="{x(files):.1f}" y1="{y(limit[0]):.1f}" y2="{y(limit[0]):.1f}" stroke="#a00" stroke-dasharray="5 4"/>')
        out.append(f'<text x="{x(files):.1f}" y="{y(limit[0]) - 5:.1f}" text-anchor="end" fill="#a00">{limit[1]}</text>')
    for work, colour in COLOURS.items():
        points = [(row["of"], row[field]) for row in rows if row["work"] == work]
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
    return out


def picture(rows, path):
    rows = [row for row in rows if row["run"] == "files"]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT + 26}" '
           'font-family="sans-serif" font-size="12" fill="#222">',
           f'<rect width="{2 * WIDTH}" height="{HEIGHT + 26}" fill="#fff"/>']
    out += chart(rows, "cpu_s", "Processor time of a backup, s", 0)
    out += chart(rows, "memory_mb", "Peak memory without mapped files, MB", WIDTH, (256, "256 MB"))
    for number, (work, colour) in enumerate(COLOURS.items()):
        x = LEFT + number * 150
        out.append(f'<rect x="{x}" y="{HEIGHT + 6}" width="12" height="12" fill="{colour}"/>')
        label = {"changed": "1 % changed"}.get(work, work)
        out.append(f'<text x="{x + 18}" y="{HEIGHT + 16}">{label}</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["</svg>\n"]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    table(rows)
    if len(sys.argv) > 2:
        picture(rows, sys.argv[2])


main()
