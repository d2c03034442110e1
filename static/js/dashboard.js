// Draws the chart of the open figure from the values that the page carries. Without it the table below says the same.
(() => {
  "use strict";

  const place = document.getElementById("plot");
  const values = document.getElementById("plot-data");
  if (!place || !values) return;
  const chart = JSON.parse(values.textContent);

  // Below this width the names of the lines stand under the chart and not beside it, in pixels.
  const NARROW = 560;
  // How close two names may come, as a part of the height.
  const CLOSE = 0.07;
  // What a letter of a label below the chart takes, and what is left free beside it, in pixels.
  const LETTER = 7;
  const FREE = 14;
  const COLOURS = { b: "--c-blue", r: "--c-verm", w: "--c-purple", l: "--c-orange", g: "--c-green", n: "--ink", t: "--line-2" };

  // Colours follow light and dark: only an element knows what a variable comes to.
  function colour(variable) {
    const probe = document.createElement("span");
    probe.style.color = `var(${variable})`;
    place.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  const isNarrow = () => place.clientWidth < NARROW;
  const columns = chart.labels.map((_, index) => index);

  function trace(series, index) {
    const shade = colour(COLOURS[series.key]);
    const common = {
      name: series.name,
      x: columns,
      y: series.values,
      customdata: chart.labels,
      hovertemplate: `%{customdata}: %{y:,.4~f} ${chart.unit}<extra>${series.name}</extra>`,
      showlegend: isNarrow(),
    };
    if (series.look === "bar") {
      const line = series.key === "l" ? { color: colour("--ink-2"), width: 0.75 } : { color: colour("--surface"), width: 0.75 };
      return { ...common, type: "bar", marker: { color: shade, line } };
    }
    const isTarget = series.look === "dashes";
    return {
      ...common,
      type: "scatter",
      mode: isTarget ? "lines" : "lines+markers",
      line: { color: shade, width: isTarget ? 1.5 : 2, dash: isTarget ? "4px,4px" : "solid" },
      // What lies behind is larger, so that two equal values both show.
      marker: { color: shade, size: index ? 9 : 7, line: { color: colour("--surface"), width: 1 } },
      connectgaps: false,
    };
  }

  // Where each name belongs: beside the last value of a line, the middle of the last piece of a stack.
  function heights() {
    let above = 0;
    let below = 0;
    const bars = chart.series.filter((series) => series.look === "bar");
    const column = columns.findLast((index) => bars.some((series) => series.values[index]));
    return chart.series.map((series) => {
      if (series.look !== "bar") return series.values.findLast((value) => value !== null) ?? 0;
      const value = series.values[column] ?? 0;
      const from = value < 0 ? below : above;
      if (value < 0) below += value;
      else above += value;
      return from + value / 2;
    });
  }

  function range() {
    const sums = columns.flatMap((index) => {
      const bars = chart.series.filter((each) => each.look === "bar").map((each) => each.values[index] ?? 0);
      const others = chart.series.filter((each) => each.look !== "bar").map((each) => each.values[index] ?? 0);
      const add = (sum, value) => sum + value;
      return [bars.filter((value) => value > 0).reduce(add, 0), bars.filter((value) => value < 0).reduce(add, 0), ...others];
    });
    const low = Math.min(0, ...sums);
    const high = Math.max(0, ...sums);
    const room = (high - low || 1) * 0.06;
    return [low < 0 ? low - room : 0, high > 0 ? high + room : room];
  }

  function names([low, high]) {
    const step = (high - low) * CLOSE;
    const wanted = heights();
    const placed = chart.series.map((series, index) => ({ series, y: wanted[index] })).sort((one, other) => one.y - other.y);
    // Up where they are too close, and then down where the last ones would leave the chart.
    for (let index = 1; index < placed.length; index += 1) placed[index].y = Math.max(placed[index].y, placed[index - 1].y + step);
    let limit = high - step / 4;
    for (const each of placed.toReversed()) {
      each.y = Math.min(each.y, limit);
      limit = each.y - step;
    }
    return placed.map(({ series, y }) => ({
      text: series.name,
      x: 1,
      xref: "paper",
      y,
      xanchor: "left",
      xshift: 8,
      showarrow: false,
      font: { color: colour("--ink"), size: 12 },
      align: "left",
      bgcolor: colour("--surface"),
    }));
  }

  // One swatch beside each name, since some colours are too light for letters.
  function swatches([low, high], labels) {
    return labels.map((label) => {
      const series = chart.series.find((each) => each.name === label.text);
      const half = (high - low) * 0.012;
      return {
        type: "rect",
        xref: "paper",
        x0: 1.002,
        x1: 1.002,
        y0: label.y - half,
        y1: label.y + half,
        line: { color: colour(COLOURS[series.key]), width: 6 },
      };
    });
  }

  // Which columns the figure of the tile counts.
  function windowLine([from, to]) {
    return { type: "line", yref: "paper", x0: from, x1: to, y0: 1.02, y1: 1.02, line: { color: colour("--ink"), width: 2 } };
  }

  function windowName([from]) {
    const font = { color: colour("--ink"), size: 12 };
    return { text: "this window", x: from, yref: "paper", y: 1.03, xanchor: "left", yanchor: "bottom", showarrow: false, font };
  }

  // A year stands below the first label that is in it.
  function ticks(shown) {
    return shown.map((index, place) => {
      const [label, year] = chart.ticks[index];
      return place && chart.ticks[shown[place - 1]][1] === year ? label : `${label}<br>${year}`;
    });
  }

  function layout() {
    const narrow = isNarrow();
    const span = range();
    const labels = narrow ? [] : names(span);
    const room = place.clientWidth - (narrow ? 60 : 176);
    const letters = Math.max(...chart.ticks.map(([label]) => Math.max(label.length, 4)));
    const every = Math.max(1, Math.ceil((columns.length * (letters * LETTER + FREE)) / room));
    const shown = columns.filter((index) => (columns.length - 1 - index) % every === 0);
    return {
      barmode: "relative",
      bargap: 0.36,
      dragmode: false,
      font: { family: "Inter, system-ui, sans-serif", size: 12, color: colour("--ink-2") },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { t: chart.window ? 28 : 8, r: narrow ? 12 : 128, b: narrow ? 112 : 40, l: 52 },
      hovermode: "closest",
      hoverlabel: { bgcolor: colour("--surface"), bordercolor: colour("--line-2"), font: { color: colour("--ink") } },
      // At the very bottom, below labels of two lines; two names a line.
      legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", x: 0, entrywidth: 0.5, entrywidthmode: "fraction", font: { size: 11 } },
      annotations: [...labels, ...(chart.window ? [windowName(chart.window)] : [])],
      shapes: [...swatches(span, labels), ...(chart.window ? [windowLine(chart.window)] : [])],
      xaxis: {
        range: [-0.6, columns.length - 0.4],
        tickvals: shown,
        ticktext: ticks(shown),
        tickangle: 0,
        showgrid: false,
        ticklabelstandoff: 4,
        zeroline: false,
        fixedrange: true,
      },
      yaxis: {
        range: span,
        gridcolor: colour("--line"),
        zerolinecolor: colour("--line-2"),
        fixedrange: true,
        tickformat: ",",
        automargin: true,
        ticklabelstandoff: 6,
        nticks: 6,
      },
    };
  }

  const isBar = (each) => each.type === "bar";

  function draw() {
    const options = { displayModeBar: false, responsive: false, showTips: false };
    const traces = chart.series.map(trace);
    window.Plotly.react(place, [...traces.filter(isBar), ...traces.filter((each) => !isBar(each)).reverse()], layout(), options).then(() => {
      place.dataset.drawn = "";
    });
  }

  const script = document.createElement("script");
  script.src = place.dataset.plotly;
  script.addEventListener("load", () => {
    draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - width) < 2) return;
      width = place.clientWidth;
      draw();
    }).observe(place);
  });
  document.head.append(script);
})();
