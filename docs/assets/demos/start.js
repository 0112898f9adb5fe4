// The program of the start page: four points, and a line that steps downhill on its own error.
demos.drawings.start = (stage, { x, y }) => {
  const { descend_line, mean_squared_error, largest_lr } = demos.models.start
  const { told } = demos
  const border = largest_lr(x.map(each => [each, 1]))
  const lr = stage.slider("lr", { label: "learning rate", min: 0.005, max: 0.3, step: 0.001, value: 0.1, tell: each => told(each, 3) })
  const steps = stage.slider("step", { label: "step", min: 0, max: 100, step: 1, value: 1, tell: each => told(each, 0) })
  const buttons = stage.group("Steps")
  stage.button("Step", () => { stage.stop(); steps.set(steps.value + 1) }, buttons)
  stage.run("Run", steps, 40, buttons)

  return () => {
    const path = descend_line(x, y, 0, 0, lr.value, steps.value)
    const [w, b] = path.at(-1)
    const loss = mean_squared_error(x.map(each => w * each + b), y)
    const pane = stage.pane({ box: [0, 0, stage.width, stage.height], x: [-0.3, 3.3], y: [-1, 9], xlabel: "x", ylabel: "y", xticks: [0, 1, 2, 3], yticks: [0, 2, 4, 6, 8] })
    const ends = ([slope, bias]) => [-0.3, 3.3].map(each => [each, slope * each + bias])
    path.slice(-9, -1).forEach(each => pane.line(ends(each), "muted thin faint"))
    pane.put(x.map((each, i) => `<path class="line thin orange" d="${pane.path([[each, y[i]], [each, w * each + b]])}"/>`).join(""))
    pane.line(ends([w, b]), "blue")
    pane.dots(x.map((each, i) => [each, y[i]]), "ink", 5)
    pane.surface("steps", each => steps.set(Math.round((each + 0.3) / 3.6 * 100)))
    const sign = b < 0 ? "−" : "+"
    return {
      say: `Step ${steps.value}: y = ${told(w)} x ${sign} ${told(Math.abs(b))}, mean squared error ${told(loss, 3)}.`,
      yes: lr.value > border * 0.97 && lr.value < border ? `Just below the border, ${told(border, 3)}: a little more, and each step ends higher than it began. The lessons compute it before the first step.` : "",
    }
  }
}
