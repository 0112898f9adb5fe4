// A line through points: its residuals and their squares on the left, its place on the map of the cost
// on the right.
demos.drawings.cost = (stage, { x, y, best, given, lowest }) => {
  const { cost_surface } = demos.models.cost
  const { told } = demos
  const cost = (weight, bias) => cost_surface(x, y, [weight], [bias])[0][0]
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length
  const [left, right, low, high] = [-5, 11, -2, 18]

  const slope = stage.slider("slope", { label: "slope", min: left, max: right, step: 0.05, value: given[0] })
  const bias = stage.slider("bias", { label: "bias", min: low, max: high, step: 0.05, value: given[1] })
  const asked = bias.value
  const squares = stage.choice("show", "What is drawn", ["squares", "residuals"], "squares")

  // The cost is a parabola in both: around the best line, ellipses of equal cost.
  const [xx, xm] = [mean(x.map(each => each * each)), mean(x)]
  const ring = level => Array.from({ length: 73 }, (_, i) => {
    const dw = (Math.sqrt(level / (xx - xm * xm))) * Math.cos(i * Math.PI / 36)
    return [best[0] + dw, best[1] + Math.sqrt(level) * Math.sin(i * Math.PI / 36) - xm * dw]
  })
  const rings = Array.from({ length: 13 }, (_, i) => ring(0.55 * (i + 0.6) ** 2))
  const end = Math.ceil(Math.max(...x) * 5) / 5

  return () => {
    const [w, b] = [slope.value, bias.value]
    const { width, height, phone } = stage
    const first = phone ? [0, 0, width, height / 2] : [0, 0, width / 2, height]
    const second = phone ? [0, height / 2, width, height / 2] : [width / 2, 0, width / 2, height]
    const line = stage.pane({
      box: first, x: [0, end + 0.2], y: [-2, 20], xlabel: "mass in kg", ylabel: "length in cm", xticks: [0, 1, 2], yticks: [0, 5, 10, 15, 20],
    })
    x.forEach((each, i) => {
      const [at, from, to] = [line.X(each), line.Y(y[i]), line.Y(w * each + b)]
      const side = Math.abs(to - from)
      if (squares.value === "squares")
        line.put(`<rect class="area orange" x="${at}" y="${Math.min(from, to)}" width="${side}" height="${side}"/>`)
      line.put(`<path class="line thin orange" d="M${at} ${from}V${to}"/>`)
    })
    line.line([[0, b], [end + 0.2, w * (end + 0.2) + b]], "blue")
    line.dots(x.map((each, i) => [each, y[i]]), "ink", 3)
    line.grip("bias", 0, b, "blue", (_, to) => bias.set(to))
    line.grip("slope", end, w * end + b, "blue", (_, to) => slope.set((to - b) / end))

    const map = stage.pane({
      box: second, x: [left, right], y: [low, high], xlabel: "slope in cm per kg", ylabel: "bias in cm",
    })
    map.surface("map", (toSlope, toBias) => { slope.set(toSlope); bias.set(toBias) })
    rings.forEach(each => map.line(each, "muted thin"))
    map.line([[left, b], [right, b]], "blue thin dots")
    map.line([[w, low], [w, high]], "blue thin dots")
    map.dots([best], "ink", 3)
    map.grip("both", w, b, "blue", (toSlope, toBias) => { slope.set(toSlope); bias.set(toBias) })

    const now = cost(w, b)
    const alone = best[0] - (b - best[1]) * xm / xx // the best slope for this bias
    return {
      say: `Slope ${told(w)}, bias ${told(b)}: cost ${told(now)} cm². The lowest of all lines is ${told(lowest)} cm².`,
      yes: now < lowest + 0.02 ? "This is the best line: neither slope nor bias alone would have led here."
        : Math.abs(b - asked) < 0.03 && Math.abs(w - alone) < 0.06
          ? `With this bias no slope costs less, and it is ${told(Math.abs(w - best[0]), 1)} away from that of the best line: the valley is tilted, so a wrong bias asks for a wrong slope.`
          : "",
    }
  }
}
