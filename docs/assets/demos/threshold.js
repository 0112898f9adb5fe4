// A threshold over the scores of a classifier: who is called ill, the four counts, two curves, the cost.
demos.drawings.threshold = (stage, { scores, targets, names, given }) => {
  const { confusion_matrix, roc_curve, precision_recall_curve, expected_cost } = demos.models.threshold
  const { told } = demos
  const odds = p => Math.log(p / (1 - p))
  const chance = z => 1 / (1 + Math.exp(-z))
  const [low, high] = [odds(0.0005), odds(0.9995)]
  const told_chance = p => told(p, p < 0.0995 ? 3 : 2)

  const threshold = stage.slider("threshold", {
    label: "threshold", min: low, max: high, step: 0.02, value: 0, tell: z => told_chance(chance(z)),
  })
  const miss = stage.slider("miss", {
    label: "a miss costs", min: 1, max: 50, step: 1, value: given, tell: each => `${each} alarms`,
  })

  const roc = roc_curve(scores, targets)
  const precise = precision_recall_curve(scores, targets)
  const grid = Array.from({ length: 241 }, (_, i) => low + (i / 240) * (high - low))
  const place = scores.map(each => Math.max(low, Math.min(high, odds(each))))
  const seen = [{}, {}] // equal places stand above one another
  const heights = place.map((z, i) => {
    const bin = Math.round(z * 6)
    return (seen[targets[i]][bin] = (seen[targets[i]][bin] ?? -1) + 1)
  })

  return () => {
    const cut = chance(threshold.value)
    const yes = scores.map(each => each >= cut)
    const [[right, alarms], [missed, found]] = confusion_matrix(yes, targets, 2)
    const costs = expected_cost(scores, targets, grid.map(chance), 1, miss.value)
    const cost = expected_cost(scores, targets, [cut], 1, miss.value)[0]
    const best = Math.min(...expected_cost(scores, targets, scores, 1, miss.value))
    const { width, height, phone } = stage
    const [one, two] = [height * 0.34, height * 0.58]
    const x = [low - 0.3, high + 0.3]

    const strip = stage.pane({ box: [0, 0, width, one], x, y: [-9, 9], yticks: [], xticks: [] })
    strip.put(`<rect class="area orange" x="${strip.X(threshold.value)}" y="${strip.frame[1]}" width="${Math.max(0, strip.X(x[1]) - strip.X(threshold.value))}" height="${strip.frame[3]}"/>`)
    place.forEach((z, i) => {
      const up = targets[i] ? 1 : -1
      const at = `${strip.X(z).toFixed(1)} ${strip.Y(up * (0.8 + Math.min(7.5, heights[i] * 0.62))).toFixed(1)}`
      strip.put(yes[i] === !!targets[i]
        ? `<circle class="fill ${targets[i] ? "orange" : "blue"}" r="3" transform="translate(${at})"/>`
        : `<path class="line ink" d="M${at}m-4-4l8 8m0-8l-8 8"/>`)
    })
    strip.text(low, 8, names[1], "orange bold")
    strip.text(high, -8, names[0], "blue bold", "end")
    strip.surface("strip", z => threshold.set(z))
    strip.line([[threshold.value, -9], [threshold.value, 9]], "orange")

    const names_of = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99]
    const price = stage.pane({
      box: [0, one, width, two - one], x, y: [Math.min(...costs) * 0.6, Math.max(...costs) * 1.3], log: true, ylabel: phone ? "" : "cost", xticks: [], yticks: [],
    })
    const [a, b, , h] = price.frame
    price.parts.push(...names_of.map(p => `<path class="axis" d="M${price.X(odds(p))} ${b + h}v5"/><text x="${price.X(odds(p))}" y="${b + h + 18}" text-anchor="middle">${p}</text>`))
    price.line(grid.map((z, i) => [z, costs[i]]), "muted")
    price.line([[threshold.value, 1e-9], [threshold.value, cost]], "orange dots")
    price.grip("threshold", threshold.value, cost, "orange", z => threshold.set(z))

    const third = width / 3
    const table = stage.pane({ box: [0, two, third, height - two], x: [0, 2], y: [0, 2], bare: true })
    const side = Math.min(third / 2 - 14, (height - two - 46) / 2)
    const left = (third - 2 * side) / 2
    const cells = [[right, "blue", ""], [alarms, "ink", "alarms"], [missed, "ink", "missed"], [found, "orange", "found"]]
    cells.forEach(([number, look, name], i) => {
      const [cx, cy] = [left + (i % 2) * side, two + 26 + (i > 1) * side]
      table.parts.push(`<rect class="area ${look}" x="${cx + 1}" y="${cy + 1}" width="${side - 2}" height="${side - 2}"/>` +
        `<text class="bold" x="${cx + side / 2}" y="${cy + side / 2 + (name ? 0 : 5)}" text-anchor="middle">${number}</text>` +
        `<text class="small" x="${cx + side / 2}" y="${cy + side / 2 + 16}" text-anchor="middle">${name}</text>`)
    })
    const square = phone ? [0, 1] : [0, 0.5, 1]
    const curve = (box, label, across, up, xlabel, at) => {
      const pane = stage.pane({ box, x: [0, 1], y: [0, 1.02], xlabel, ylabel: "", xticks: square, yticks: square })
      pane.line(across.map((each, i) => [each, up[i]]), "blue")
      pane.dots([at], "orange", 6)
      pane.parts.push(`<text class="small" x="${pane.frame[0] + pane.frame[2]}" y="${pane.frame[1] + pane.frame[3] - 8}" text-anchor="end">${label}</text>`)
    }
    const recall = found / (found + missed)
    curve([third, two, third, height - two], "ROC", roc[0], roc[1], "alarm rate", [alarms / (alarms + right), recall])
    curve([2 * third, two, third, height - two], phone ? "precision" : "precision–recall", precise[0], precise[1], "recall",
      [recall, found + alarms ? found / (found + alarms) : 1])

    return {
      say: `Threshold ${told_chance(cut)}: ${found} found, ${missed} missed, ${alarms} false alarms; cost per row ${told(cost, 3)}.`,
      yes: cost <= best + 1e-9 ? `No threshold costs less on these rows. If the probabilities are right, the formula says 1/(1 + ${miss.value}) = ${told_chance(1 / (1 + miss.value))}.` : "",
    }
  }
}
