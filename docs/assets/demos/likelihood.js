// How likely what happened is: for one probability, or for one that a sigmoid gives each strip.
demos.drawings.likelihood = (stage, values) => {
  const { sigmoid, likelihood, negative_log_likelihood } = demos.models.likelihood
  const { told } = demos
  const small = value => {
    const power = Math.floor(Math.log10(value))
    return power > -4 ? told(value, 4)
      : `${told(value / 10 ** power, 1)} × 10⁻${String(-power).replace(/\d/g, each => "⁰¹²³⁴⁵⁶⁷⁸⁹"[each])}`
  }
  const shares = (p, outcomes) => p.map((each, i) => outcomes[i] === 1 ? each : 1 - each)
  const look = each => each === 1 ? "orange" : "blue"

  const one = ({ outcomes }) => {
    const p = stage.slider("p", { label: "probability to break", min: 0.02, max: 0.98, step: 0.01, value: 0.5 })
    const grid = Array.from({ length: 97 }, (_, i) => (i + 2) / 100)
    const curves = [likelihood, negative_log_likelihood].map(each => grid.map(at => each(at, outcomes)))
    const lowest = Math.min(...curves[1])

    return () => {
      const { width, height, phone } = stage
      const upper = height * 0.4
      const bars = stage.pane({ box: [0, 0, width, upper], x: [0, 10], y: [0, 1], ylabel: phone ? "" : "share", xticks: [], yticks: [0, 0.5, 1] })
      shares(outcomes.map(() => p.value), outcomes).forEach((share, i) => {
        bars.put(`<rect class="area ${look(outcomes[i])}" x="${bars.X(i + 0.15)}" y="${bars.Y(share)}" width="${bars.X(0.7) - bars.X(0)}" height="${bars.Y(0) - bars.Y(share)}"/>`)
        bars.text(i + 0.5, share, told(share, phone ? 1 : 2), "small ink", "middle", 0, share > 0.88 ? 14 : -5)
        bars.text(i + 0.5, 0, phone ? "✕○"[1 - outcomes[i]] : outcomes[i] ? "broke" : "held", `small ${look(outcomes[i])}`, "middle", 0, 17)
      })
      const now = [likelihood, negative_log_likelihood].map(each => each(p.value, outcomes))
      ;["likelihood", phone ? "− ln likelihood" : "negative log-likelihood"].forEach((name, i) => {
        const box = [i * width / 2, upper + 16, width / 2, height - upper - 16]
        const y = i ? [5, 25] : [0, 0.0024]
        const pane = stage.pane({ box, x: [0, 1], y, xlabel: "probability to break", xticks: [0, 0.5, 1], yticks: i ? [10, 20] : [0, 0.001, 0.002] })
        pane.parts.push(`<text x="${pane.frame[0] + pane.frame[2] / 2}" y="${box[1]}" text-anchor="middle">${name}</text>`)
        pane.surface(`pane${i}`, x => p.set(x))
        pane.line(grid.map((at, j) => [at, curves[i][j]]), "muted")
        pane.line([[p.value, y[0]], [p.value, now[i]]], "orange dots")
        pane.grip(`p${i}`, p.value, now[i], "orange", x => p.set(x))
      })
      return {
        say: `Probability ${told(p.value)}: likelihood ${small(now[0])}, the product of the ten shares; minus its logarithm ${told(now[1])}.`,
        yes: now[1] < lowest + 1e-3 ? "The top of the one is the bottom of the other, at the fraction that broke: what seven shares gain there, three lose." : "",
      }
    }
  }

  const line = ({ mass, broke, best }) => {
    const centre = mass.reduce((sum, each) => sum + each, 0) / mass.length
    const weight = stage.slider("weight", { label: "weight per kg", min: -1.5, max: 4, step: 0.05, value: 0.5 })
    const bias = stage.slider("bias", { label: "bias at the mean mass", min: -2, max: 4, step: 0.05, value: -0.5 })
    const chances = (w, b) => sigmoid(mass.map(each => w * (each - centre) + b))
    const cost = (w, b) => negative_log_likelihood(chances(w, b), broke) / broke.length
    const lowest = cost(...best)
    const set = (w, b) => { weight.set(w); bias.set(b) }

    // The cost is convex: along each ray from the lowest point it grows, so a level is met once.
    const ring = level => Array.from({ length: 61 }, (_, i) => {
      const [c, s] = [Math.cos(i * Math.PI / 30), Math.sin(i * Math.PI / 30)]
      let [near, far] = [0, 12]
      for (let n = 0; n < 16; n++) {
        const middle = (near + far) / 2
        if (cost(best[0] + middle * c, best[1] + middle * s) < level) near = middle
        else far = middle
      }
      return [best[0] + near * c, best[1] + near * s]
    })
    const rings = Array.from({ length: 10 }, (_, i) => ring(lowest + 0.035 * (i + 0.7) ** 2))

    return () => {
      const { width, height, phone } = stage
      const upper = phone ? height * 0.42 : height * 0.6
      const wide = phone ? width : width / 2
      const p = chances(weight.value, bias.value)
      const costs = shares(p, broke).map(each => -Math.log(each))

      const curve = stage.pane({ box: [0, 0, wide, phone ? height * 0.3 : upper], x: [0, 8.2], y: [-0.06, 1.06], ylabel: phone ? "" : "probability to break", xlabel: "", yticks: [0, 0.5, 1], xticks: phone ? [] : [0, 2, 4, 6, 8], inset: phone ? 46 : 66 })
      curve.put(mass.map((x, i) => `<path class="line thin ${look(broke[i])}" d="${curve.path([[x, broke[i]], [x, p[i]]])}"/>`).join(""))
      const xs = Array.from({ length: 83 }, (_, i) => i / 10)
      curve.line(sigmoid(xs.map(x => weight.value * (x - centre) + bias.value)).map((y, i) => [xs[i], y]), "ink")
      mass.forEach((x, i) => curve.dots([[x, broke[i]]], look(broke[i]), 3))

      const bars = stage.pane({ box: phone ? [0, height * 0.3, width, height * 0.24] : [0, upper, wide, height - upper], x: [0, 8.2], y: [0, 3], xlabel: "mass in kg", ylabel: phone ? "" : "− ln share", xticks: [0, 2, 4, 6, 8], yticks: [0, 1, 2, 3], inset: phone ? 46 : 66 })
      mass.forEach((x, i) => bars.put(`<path class="line ${look(broke[i])}" d="${bars.path([[x, 0], [x, Math.min(9, costs[i])]])}"/>`))

      const map = stage.pane({
        box: phone ? [0, height * 0.54, width, height * 0.46] : [wide, 0, wide, height], x: [-1.5, 4], y: [-2, 4],
        xlabel: "weight per kg", ylabel: phone ? "" : "bias at the mean mass",
      })
      map.surface("map", set)
      rings.forEach(each => map.line(each, "muted thin"))
      map.dots([best], "ink", 3)
      map.grip("both", weight.value, bias.value, "orange", set)

      const now = cost(weight.value, bias.value)
      const worst = costs.indexOf(Math.max(...costs))
      return {
        say: `Cross-entropy ${told(now, 3)}, the mean of the forty bars; the longest, ${told(costs[worst])}, is of a strip that ${broke[worst] === 1 ? "broke" : "held"} at ${told(mass[worst], 1)} kg.`,
        yes: now < lowest + 0.002 ? "No curve of this form makes what happened more likely. Steeper, and the few strips on the wrong side cost more than all others gain." : "",
      }
    }
  }

  return values.outcomes ? one(values) : line(values)
}
