// The smallest network with a hidden unit, node by node on the way back: value, local derivative, gradient.
demos.drawings.backprop = (stage, { given }) => {
  const { one_unit } = demos.models.backprop
  const told = value => demos.told(value, 2).replace(/\.?0+$/, "") || "0"
  const names = { loss: "loss", z: "z", w2: "w₂", h: "h", b2: "b₂", a: "a", w1: "w₁", x: "x", b1: "b₁" }
  const formulas = { loss: "(z − y)²", z: "w₂h + b₂", h: "relu(a)", a: "w₁x + b₁" }
  const keys = Object.keys(names)
  const above = { z: "loss", b2: "z", w2: "z", h: "z", a: "h", b1: "a", w1: "a", x: "a" }
  const locals = { z: "2(z − y)", b2: "1", w2: "h", h: "w₂", b1: "1", w1: "x", x: "w₁" }
  // Column and row of each box.
  const places = { loss: [1, 0], z: [1, 1], w2: [0, 2], h: [1, 2], b2: [2, 2], a: [1, 3], w1: [0, 4], x: [1, 4], b1: [2, 4] }

  const steps = stage.slider("step", {
    label: "node", min: 0, max: 8, step: 1, value: 0, tell: each => `${names[keys[each]]}, ${each + 1} of 9`,
  })
  const group = stage.group("Go node by node")
  stage.button("Back", () => steps.set(steps.value - 1), group)
  stage.button("Next", () => steps.set(steps.value + 1), group)
  stage.run("All", steps, 700, group)
  const numbers = { x: "x", y: "y", w1: "w₁", b1: "b₁", w2: "w₂", b2: "b₂" }
  const sliders = Object.entries(numbers).map(([name, label]) => stage.slider(name, {
    label, min: name === "y" ? -20 : -10, max: name === "y" ? 20 : 10, step: 0.5, value: given[name], tell: told,
  }))

  return () => {
    const nodes = one_unit(...sliders.map(each => each.value))
    const of = Object.fromEntries(nodes.map(([name, value, local, gradient]) => [name, { value, local, gradient }]))
    const now = keys[steps.value]
    const { width, height } = stage
    const tall = height / 5
    const box = [Math.min(190, (width - 24) / 3), tall - 27]
    const middle = name => {
      const [column, row] = places[name]
      return [width / 2 + (column - 1) * Math.min(270, (width - box[0] - 2) / 2), (row + 0.5) * tall]
    }
    const pane = stage.pane({ box: [0, 0, width, height], x: [0, width], y: [height, 0], bare: true })
    const put = (text, x, y, look, anchor = "middle") =>
      pane.parts.push(`<text class="${look}" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`)

    keys.forEach((name, i) => {
      const [x, y] = middle(name)
      const [known, here] = [i <= steps.value, name === now]
      if (above[name]) {
        const [from, top] = middle(above[name])
        const [start, end] = [top + box[1] / 2, y - box[1] / 2]
        const look = here ? "orange" : known ? "orange thin" : "muted thin"
        const mid = (start + end) / 2
        pane.parts.push(
          `<path class="line ${look}" d="M${from} ${start}C${from} ${mid} ${x} ${mid} ${x} ${end - 5}"/>`,
          `<path class="fill ${look}" d="M${x} ${end}l-4 -8h8z"/>`)
        if (known) put(`× ${told(of[name].local)}`, x + (places[name][0] ? 9 : -9), end - 7, `small fill orange${here ? " bold" : ""}`, places[name][0] ? "start" : "end")
      }
      const leaf = !formulas[name]
      pane.parts.push(`<rect class="${leaf ? "area blue" : "line thin muted"}" x="${x - box[0] / 2}" y="${y - box[1] / 2}" width="${box[0]}" height="${box[1]}" rx="${leaf ? 6 : 1}"/>`)
      if (here) pane.parts.push(`<rect class="line orange" x="${x - box[0] / 2}" y="${y - box[1] / 2}" width="${box[0]}" height="${box[1]}" rx="${leaf ? 6 : 1}"/>`)
      const formula = formulas[name] && !stage.phone ? ` = ${formulas[name]}` : ""
      put(`${names[name]}${formula} = ${told(of[name].value)}`, x, y - 3, "")
      put(known ? `grad ${told(of[name].gradient)}` : "grad ?", x, y + 15, known ? "fill orange bold" : "fill muted")
    })
    // A tap on a box goes to it.
    pane.surface("node", (x, y) => {
      const far = name => Math.hypot(middle(name)[0] - x, middle(name)[1] - y)
      steps.set(keys.indexOf(keys.reduce((best, each) => far(each) < far(best) ? each : best)))
    })

    const { value, local, gradient } = of[now]
    const local_told = now === "a" ? `1 where a is above 0, else 0: here ${told(local)}`
      : locals[now] === "1" ? "1" : `${locals[now]} = ${told(local)}`
    const alone = of.loss.value > 0 && ["w1", "b1", "w2"].every(name => of[name].gradient === 0)
    return {
      say: now === "loss"
        ? `The loss is (z − y)² = ${told(value)}. Its gradient by itself is 1: here the way back begins.`
        : `${names[now]} = ${told(value)}. Local derivative ${local_told}; times the gradient ${told(of[above[now]].gradient)} of ${names[above[now]]}, from above: gradient ${told(gradient)}.`,
      yes: alone && of.a.value <= 0
        ? "Only b₂ can learn. The unit is off: a is not above 0, so ReLU lets nothing through to w₁ and b₁, and w₂ is multiplied by h = 0."
        : "",
    }
  }
}
