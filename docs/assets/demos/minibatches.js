// One start, one order of the rows, batches of several sizes: paths on the cost, and cost over samples.
demos.drawings.minibatches = (stage, { x, y, order, start, best }) => {
  const { descend_in_batches } = demos.models.minibatches
  const { told } = demos
  const columns = x.map(each => [each, 1])
  const sizes = [1, 2, 5, 10, 20]
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length
  const cost = ([w, b]) => mean(x.map((each, i) => (w * each + b - y[i]) ** 2))
  const low = cost(best)
  const total = order.length

  const size = stage.choice("batch", "Rows in a batch", sizes.map(String), "5")
  const counted = stage.choice("count", "What is counted", ["samples", "updates"], "samples")
  const budget = stage.slider("budget", { label: "so many", min: 0, max: 200, step: 1, value: 60, tell: each => `${told(each, 0)} ${counted.value}` })
  const lr = stage.slider("lr", { label: "learning rate", min: 0.01, max: 0.4, step: 0.005, value: 0.2, tell: each => told(each, 3) })
  stage.run("Run", budget, 40)

  const looks = ["orange", "green", "blue", "purple", "ink"]
  const [xx, xm] = [mean(x.map(each => each * each)), mean(x)]
  const ring = level => Array.from({ length: 73 }, (_, i) => {
    const dw = (Math.sqrt(level / (xx - xm * xm))) * Math.cos(i * Math.PI / 36)
    return [best[0] + dw, best[1] + Math.sqrt(level) * Math.sin(i * Math.PI / 36) - xm * dw]
  })

  return () => {
    const { width, height, phone } = stage
    const now = String(size.value)
    budget.refresh()
    const paths = sizes.map(each => {
      // After its last epoch the order begins anew.
      const batches = Array.from({ length: 200 }, (_, n) => Array.from({ length: each }, (_, j) => order[(n * each + j) % total]))
      return descend_in_batches(columns, y, start, batches, lr.value)
    })
    const used = each => counted.value === "samples" ? Math.floor(budget.value / each) : budget.value
    const done = paths.map((path, i) => path.slice(0, used(sizes[i]) + 1))
    const ends = done.map(path => cost(path.at(-1)))
    const chosen = sizes.map(String).indexOf(now)

    const half = phone ? height * 0.54 : height
    const wide = phone ? width : width / 2
    const map = stage.pane({
      box: [0, 0, wide, half], x: [-13, 13], y: [0, 24], xlabel: "slope in cm per kg", ylabel: phone ? "" : "bias in cm",
    })
    for (let i = 1; i < 12; i++) map.line(ring(1.6 * i * i), "muted thin faint")
    const path = done[chosen]
    map.line(path, `${looks[chosen]} thin`)
    map.dots(path, looks[chosen], 2.5)
    map.dots([path.at(-1)], looks[chosen], 6)
    map.line([[best[0] - 0.5, best[1]], [best[0] + 0.5, best[1]]], "ink")
    map.line([[best[0], best[1] - 0.5], [best[0], best[1] + 0.5]], "ink")

    const race = stage.pane({
      box: phone ? [0, half, width, height - half] : [wide, 0, wide, height], x: [0, 200], y: [low * 0.8, 300], log: true,
      yticks: [1, 10, 100], xlabel: counted.value, ylabel: phone ? "" : "cost in cm²",
    })
    race.line([[0, low], [200, low]], "muted dash thin")
    const order_of = [...sizes.keys()].sort((a, b) => (a === chosen) - (b === chosen))
    for (const i of order_of) {
      const at = j => counted.value === "samples" ? j * sizes[i] : j
      const all = done[i].map((each, j) => [at(j), Math.min(1e9, cost(each))])
      race.line(all, `${looks[i]}${i === chosen ? "" : " thin faint"}`)
      if (i === chosen || all.length < 30) race.dots(all.slice(-1), looks[i], i === chosen ? 6 : 3)
    }
    race.surface("race", each => budget.set(each))
    sizes.forEach((each, i) => race.parts.push(
      `<path class="line ${looks[i]}" d="M${race.frame[0] + race.frame[2] - 54} ${race.frame[1] + 10 + 17 * i}h18"/>` +
      `<text class="small${i === chosen ? " bold" : ""}" x="${race.frame[0] + race.frame[2] - 30}" y="${race.frame[1] + 14 + 17 * i}">${each}</text>`))

    const winner = ends.indexOf(Math.min(...ends))
    return {
      say: `${now} row${now === "1" ? "" : "s"} in a batch: ${used(+now)} updates, ${used(+now) * now} samples, cost ${told(ends[chosen])} cm²; the best line has ${told(low)}.`,
      yes: budget.value < 40 || winner !== chosen ? ""
        : counted.value === "updates"
          ? `No other size has a lower cost after ${budget.value} updates, but these have read ${used(+now) * now} samples. Count samples, and see.`
          : `No other size has a lower cost after ${budget.value} samples: it has made ${used(+now)} updates of them. Count updates, and see.`,
    }
  }
}
