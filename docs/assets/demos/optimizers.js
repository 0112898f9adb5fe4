// Five rules from one start in one valley: their paths, and how far each is from the bottom.
demos.drawings.optimizers = (stage, { rates: given, start }) => {
  const { told } = demos
  const names = ["SGD", "Momentum", "Nesterov", "RMSProp", "Adam"]
  const looks = ["blue", "orange", "purple dash", "green", "ink dash"]
  const rates = names.map(name => given[name])

  const rule = stage.choice("rule", "Whose rate to set", names, "Adam")
  const lr = stage.slider("lr", { label: "learning rate", min: 1e-3, max: 10, step: 0.02, value: rates[4], log: true, tell: each => told(each, 3) })
  const momentum = stage.slider("momentum", { label: "momentum, β₁", min: 0, max: 0.98, step: 0.01, value: 0.9 })
  const ratio = stage.slider("ratio", { label: "condition κ", min: 1, max: 300, step: 0.005, value: 100, log: true, tell: each => told(each, 0) })
  const turn = stage.slider("turn", { label: "valley turned by", min: 0, max: 45, step: 1, value: 0, tell: each => `${told(each, 0)}°` })
  const steps = stage.slider("step", { label: "step", min: 0, max: 100, step: 1, value: 70, tell: each => told(each, 0) })
  stage.run("Race", steps, 60)
  // Each rule has a rate of its own: the address holds them all, and the slider the one of the choice.
  stage.controls.rates = {
    get text() { return rates.map(each => +each.toPrecision(9)).join(" ") },
    read: text => text.split(" ").forEach((each, i) => { if (+each > 0 && i < 5) rates[i] = +each }),
  }
  delete stage.controls.lr
  if (stage.given.has("rates")) stage.controls.rates.read(stage.given.get("rates"))
  let shown = []

  return () => {
    const chosen = names.indexOf(rule.value)
    if (shown[0] === rule.value && shown[1] !== lr.value) rates[chosen] = lr.value // somebody has moved it
    lr.set(rates[chosen])
    shown = [rule.value, lr.value]

    const angle = (turn.value * Math.PI) / 180
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    const place = ([a, b]) => [c * a - s * b, s * a + c * b]
    const k = ratio.value
    const hessian = [[c * c + k * s * s, c * s * (1 - k)], [c * s * (1 - k), s * s + k * c * c]]
    const walk = (name, i) => demos.models.optimizers[name](hessian, place(start),
      { lr: rates[i], momentum: momentum.value, alpha: 0.99, betas: [momentum.value, 0.999], eps: 1e-8 }, 400)
    const paths = names.map(walk)
    const far = path => path.map(([a, b]) => Math.hypot(a, b))
    const distances = paths.map(far)
    const arrives = distances.map(all => all.findLastIndex(each => !(each < all[0] / 100)) + 1)

    const { width, height, phone } = stage
    const half = phone ? height * 0.56 : height * 0.6
    const map = stage.pane({
      box: [0, 0, width, half], x: [-11, 5], y: [-3 - 7 * s, 3 + 1.5 * s],
      xlabel: "first parameter", ylabel: phone ? "" : "second parameter",
    })
    for (let i = 1; i < 16; i++) {
      const r = i * 2
      map.line(Array.from({ length: 73 }, (_, j) =>
        place([r * Math.cos(j * Math.PI / 36), r * Math.sin(j * Math.PI / 36) / Math.sqrt(k)])), "muted thin faint")
    }
    const order = [...names.keys()].sort((a, b) => (a === chosen) - (b === chosen))
    for (const i of order) {
      const path = paths[i].slice(0, steps.value + 1)
      map.line(path, looks[i] + (i === chosen ? "" : " thin"))
      map.dots([path.at(-1)], looks[i], i === chosen ? 6 : 4)
    }
    map.dots([[0, 0]], "ink", 3)

    const race = stage.pane({
      box: [0, half, width - 92, height - half], x: [0, 100], y: [1e-3, 20], log: true, yticks: [0.01, 1],
      xlabel: "step", ylabel: phone ? "" : "distance",
    })
    race.line([[0, distances[0][0] / 100], [100, distances[0][0] / 100]], "muted dash thin")
    for (const i of order) {
      const all = distances[i].map((each, j) => [j, Math.max(each, 1e-9)])
      race.line(all.slice(0, 101), looks[i] + " thin faint")
      race.line(all.slice(0, steps.value + 1), looks[i] + (i === chosen ? "" : " thin"))
    }
    race.surface("race", each => steps.set(Math.round(each)))
    const [a, b, right, tall] = race.frame
    names.forEach((name, i) => race.parts.push(
      `<path class="line ${looks[i]}" d="M${a + right + 8} ${b + (i + 0.5) * tall / 5}h18"/>` +
      `<text class="small${i === chosen ? " bold" : ""}" x="${a + right + 30}" y="${b + (i + 0.5) * tall / 5 + 4}">${name}</text>`))

    const count = i => arrives[i] > 400 ? "more than 400" : arrives[i]
    return {
      say: `Step ${steps.value}: ${rule.value} is at distance ${told(distances[chosen][steps.value])}. Steps to a hundredth of the distance: ${names.map((name, i) => `${name} ${count(i)}`).join(", ")}.`,
      yes: turn.value >= 40 ? "RMSProp and Adam change: they divide by the size of each parameter’s own gradients, and in a turned valley each gradient is a mixture. The other three turn along." : "",
    }
  }
}
