// What comes out of each layer and what gradient comes back there, by depth and gain.
demos.drawings.depth = (stage, { points, start }) => {
  const { told } = demos
  const most = 50
  const tell = each => {
    const near = [["nn.Linear", 3 ** -0.5], ["Xavier", 1], ["He", 2 ** 0.5]].find(([, gain]) => Math.abs(each / gain - 1) < 0.006)
    return (near ? `${near[0]}: ` : "") + told(each)
  }
  const depth = stage.slider("depth", { label: "hidden layers", min: 2, max: most, step: 1, value: most, tell: each => told(each, 0) })
  const gain = stage.slider("gain", { label: "gain", min: 0.2, max: 2.4, step: 0.005, value: start, log: true, tell })
  const activation = stage.choice("activation", "Activation", ["relu", "tanh"], "relu")
  const way = stage.choice("way", "What a layer gives", ["f(x)", "x + f(x)"], "f(x)")
  const wide = 10 ** (1 / (most - 1)) // what a layer may change if fifty are to change tenfold
  const factor = value => value > 1e4 || value < 1e-3 ? `10 to the power of ${told(Math.log10(value), 1)}` : told(value, 3)

  return () => {
    const skip = Number(way.value !== "f(x)")
    const [sizes, gradients] = demos.models.depth.predicted_signals(gain.value, activation.value, depth.value, skip, points)
    const outputs = sizes.map(each => each / sizes[0])
    const { width, height } = stage
    const pane = stage.pane({
      box: [0, 0, width, height], x: [1, most], y: [1e-9, 1e9], log: true, xticks: [1, 10, 20, 30, 40, 50],
      yticks: [1e-8, 1e-4, 1, 1e4, 1e8], xlabel: "hidden layer", ylabel: "size",
    })
    pane.area([[1, 0.1], [most, 0.1], [most, 10], [1, 10]], "muted")
    pane.line(outputs.map((each, i) => [i + 1, each]), "blue")
    pane.line(gradients.map((each, i) => [i + 1, each]), "orange dash")
    pane.dots([[depth.value, outputs.at(-1)]], "blue", 5)
    pane.dots([[1, gradients[0]]], "orange", 5)
    pane.text(1, 1e9, "output, against that of layer 1", "blue", "start", 12, 12)
    pane.text(1, 1e9, "gradient, against that of the last layer", "orange", "start", 12, 30)
    pane.surface("layers", layer => depth.set(Math.round(layer)))

    const kept = [outputs.at(-1), gradients[0]].every(each => each > 0.1 && each < 10)
    const share = told(100 * (wide - 1), 0)
    return {
      say: `${depth.value} layers, gain ${told(gain.value)}: from the first layer to the last, the output is multiplied by ${factor(outputs.at(-1))}, and the gradient on its way back by ${factor(gradients[0])}.`,
      yes: !kept || depth.value < most ? ""
        : skip ? `With x + f(x) the range has no lower end: what came in goes on by itself${activation.value === "relu" ? `, and any gain below ${told(Math.sqrt(2 * (wide ** 2 - 1)))} does` : ""}.`
          : activation.value === "relu" ? `The gain has to be within ${share} percent of √2.`
            : "tanh holds back what grows, so the range is wide: from 1 to about 1.4.",
    }
  }
}
