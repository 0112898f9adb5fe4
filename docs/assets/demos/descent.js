// Descent on the slope of a line: the line, where it is on the bowl, and its cost from step to step.
demos.drawings.descent = (stage, { x, y, best, start: given }) => {
  const { descend_slope, slope_gradient, cost_curve, largest_lr } = demos.models.descent
  const { told } = demos
  const border = largest_lr(x.map(each => [each]))
  const reach = 16
  const cost = weight => cost_curve(x, y, [weight])[0]

  const lr = stage.slider("lr", {
    label: "learning rate", min: 0.01, max: 0.8, step: 0.002, value: 0.2,
    tell: each => told(each, 3), marks: [[border, "2/λ"]],
  })
  const start = stage.slider("start", {
    label: "start", min: Math.ceil(best - reach), max: Math.floor(best + reach), step: 0.1, value: given,
    tell: each => told(each, 1),
  })
  const steps = stage.slider("step", {
    label: "step", min: 0, max: 20, step: 1, value: 3, tell: each => told(each, 0),
  })
  const buttons = stage.group("Steps")
  stage.button("Step", () => steps.set(steps.value + 1), buttons)
  stage.run("Run", steps, 250, buttons)
  stage.button("Back", () => { stage.stop(); steps.set(0) }, buttons)

  const bowl = Array.from({ length: 81 }, (_, i) => best + (i / 40 - 1) * (reach + 2))
  const top = cost(best + reach + 1)
  const low = cost(best)

  return () => {
    const path = descend_slope(x, y, start.value, lr.value, steps.value)
    const costs = cost_curve(x, y, path)
    const w = path.at(-1)
    const next = descend_slope(x, y, w, lr.value, 1)[1]
    const { width, height, phone } = stage
    const half = phone ? height * 0.56 : height * 0.58
    const split = width * (phone ? 0.42 : 0.46)

    const line = stage.pane({
      box: [0, 0, split, half], x: [0, 2.1], y: [-21, 15], ylabel: phone ? "" : "extension in cm", xlabel: "mass in kg",
      xticks: [0, 1, 2], yticks: [-20, -10, 0, 10],
    })
    path.slice(0, -1).slice(-8).forEach(each => line.line([[0, 0], [2, 2 * each]], "muted thin faint"))
    line.put(x.map((each, i) => `<path class="line thin orange" d="${line.path([[each, y[i]], [each, w * each]])}"/>`).join(""))
    line.line([[0, 0], [2, 2 * w]], "blue")
    line.dots(x.map((each, i) => [each, y[i]]), "ink", 2.5)

    const well = stage.pane({
      box: [split, 0, width - split, half], x: [best - reach - 1, best + reach + 1], y: [-0.03 * top, top],
      ylabel: phone ? "" : "cost in cm²", xlabel: "slope in cm per kg",
    })
    well.surface("well", each => { start.set(each); steps.set(0) })
    well.line(bowl.map(each => [each, cost(each)]), "muted")
    const tilt = slope_gradient(x, y, w)
    const run = Math.min(3, 0.12 * top / Math.abs(tilt))
    well.line([[w - run, cost(w) - run * tilt], [w + run, cost(w) + run * tilt]], "orange")
    well.line(path.map((each, i) => [each, costs[i]]), "blue thin")
    well.line([[w, cost(w)], [next, cost(next)]], "blue thin dots")
    well.dots(path.map((each, i) => [each, costs[i]]), "blue")
    well.grip("start", start.value, Math.min(costs[0], top), "blue", each => start.set(each))
    if (Math.abs(w - best) < reach + 1) well.dots([[w, cost(w)]], "blue", 6)

    const fall = stage.pane({
      box: [0, half, width, height - half], x: [0, 20], y: [low / 3, 3e4], log: true,
      xlabel: "step", ylabel: phone ? "" : "cost in cm²", yticks: [1, 100, 10000],
    })
    fall.line([[0, low], [20, low]], "muted dash thin")
    const all = cost_curve(x, y, descend_slope(x, y, start.value, lr.value, 20))
    fall.line(all.map((each, i) => [i, each]), "blue thin faint")
    fall.line(costs.map((each, i) => [i, each]), "blue")
    fall.dots(costs.map((each, i) => [i, each]), "blue")
    fall.surface("fall", each => steps.set(Math.round(each)))

    const factor = 1 - (2 * lr.value) / border
    const does = Math.abs(factor) < 0.01 ? "leaves nothing of the distance: it arrives"
      : factor > 0 ? `leaves ${told(factor)} of the distance`
      : Math.abs(factor) < 1 ? `jumps over the bottom and leaves ${told(-factor)} of the distance`
      : `jumps over the bottom and makes the distance ${told(-factor)} times as large`
    return {
      say: `Step ${steps.value}: slope ${told(w)}, cost ${told(costs.at(-1))}. Each step ${does}.`,
      yes: Math.abs(factor) < 0.01 && steps.value > 0
        ? "One step from anywhere. At twice this rate a step ends as far on the other side: there is the border 2/λ." : "",
    }
  }
}
