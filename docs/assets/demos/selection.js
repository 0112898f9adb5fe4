// A polynomial of any degree, with a penalty: the curve, and its error on plants of both kinds.
demos.drawings.selection = (stage, { x, y, train, valid }) => {
  const { polynomial_features, ridge, mean_squared_error } = demos.models.selection
  const { told } = demos
  const take = (values, rows) => rows.map(i => values[i])
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length
  const [xs, ys, xv, yv] = [take(x, train), take(y, train), take(x, valid), take(y, valid)]
  const celsius = each => 20 + 15 * each

  const degree = stage.slider("degree", { label: "degree", min: 1, max: 14, step: 1, value: 5, tell: each => told(each, 0) })
  const strength = stage.slider("strength", {
    label: "penalty", min: 1e-6, max: 10, step: 0.05, value: 1e-6, log: true,
    tell: each => each < 1.1e-6 ? "about 0" : each < 0.01 ? each.toExponential(0).replace("-", "−") : told(each, 2),
  })

  // The bias stays free: centre the columns and the targets, and penalise the rest.
  const fit = (power, penalty) => {
    const columns = polynomial_features(xs, power)
    const centre = columns[0].map((_, j) => mean(columns.map(row => row[j])))
    const level = mean(ys)
    const weights = ridge(columns.map(row => row.map((each, j) => each - centre[j])), ys.map(each => each - level), penalty)
    return values => polynomial_features(values, power).map(row =>
      row.reduce((sum, each, j) => sum + (each - centre[j]) * weights[j], level))
  }
  const errors = (power, penalty) => {
    const curve = fit(power, penalty)
    return [mean_squared_error(curve(xs), ys), mean_squared_error(curve(xv), yv)]
  }
  const degrees = Array.from({ length: 14 }, (_, i) => i + 1)
  const strengths = Array.from({ length: 36 }, (_, i) => 10 ** (i / 5 - 6))
  const fine = Array.from({ length: 161 }, (_, i) => i / 80 - 1)
  const known = {}
  const remembered = (power, penalty) => (known[`${power} ${penalty}`] ??= errors(power, penalty))
  const fourteen = Math.min(...strengths.map(each => remembered(14, each)[1]))

  return () => {
    const { width, height, phone } = stage
    const [d, s] = [degree.value, strength.value]
    const curve = fit(d, s)
    const top = stage.pane({
      box: [0, 0, width, height * 0.52], x: [4, 36], y: [-1, 19], xlabel: "temperature in °C", ylabel: phone ? "" : "weight in g", yticks: [0, 5, 10, 15],
    })
    const heights = curve(fine)
    top.line(fine.map((each, i) => [celsius(each), heights[i]]), "blue")
    top.dots(xs.map((each, i) => [celsius(each), ys[i]]), "ink", 3.5)
    top.put(xv.map((each, i) => `<path class="line orange" d="M${top.X(celsius(each))} ${top.Y(yv[i])}m-4-4l8 8m0-8l-8 8"/>`).join(""))
    top.text(4.6, 17.6, "● training", "ink small")
    top.text(4.6, 17.6, "✕ validation", "orange small", "start", 0, 17)

    const [train_now, valid_now] = errors(d, s)
    const scores = (box, xlabel, values, at, log, choose) => {
      const place = log ? Math.log10 : each => each
      const all = values.map(each => log ? remembered(d, each) : remembered(each, s))
      const pane = stage.pane({
        box, x: [place(values[0]) - 0.3, place(values.at(-1)) + 0.3], y: [0.3, 30], log: true, yticks: [1, 10], xlabel,
        xticks: log ? [-6, -3, 0] : [1, 5, 10, 14],
      })
      pane.surface(xlabel, each => choose(log ? 10 ** each : Math.round(each)))
      pane.line([[place(values[0]), 1], [place(values.at(-1)), 1]], "muted dash thin")
      pane.line(values.map((each, i) => [place(each), all[i][0]]), "ink")
      pane.line(values.map((each, i) => [place(each), all[i][1]]), "orange dash")
      pane.dots([[place(at), train_now]], "ink", 6)
      pane.dots([[place(at), valid_now]], "orange", 6)
      return pane
    }
    const [half, from] = [width / 2, height * 0.52]
    const left = scores([0, from, half, height - from], "degree", degrees, d, false, degree.set)
    scores([half, from, half, height - from], phone ? "log₁₀ strength" : "log₁₀ of the strength", strengths, s, true, strength.set)
    left.text(14, 1, "floor", "muted small", "end", 0, 14)
    left.text(left.stage.phone ? 5 : 7.5, 22, phone ? "error in g²" : "mean squared error in g²", "ink small", phone ? "start" : "middle")

    return {
      say: `Degree ${d}, penalty ${strength.told}: training error ${told(train_now)} g², validation error ${told(valid_now)} g².`,
      yes: d === 14 && valid_now < fourteen * 1.03
        ? "The penalty does what a lower degree does: fourteen columns, and a curve that no longer follows single plants. The training error has risen, and that is the price." : "",
    }
  }
}
