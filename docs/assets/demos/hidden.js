// Two units in the plane of the inputs, and where they put the rows: one straight border there, or none.
demos.drawings.hidden = (stage, { x, y, names, units }) => {
  const { hidden_values, border_between } = demos.models.hidden
  const { told } = demos
  const [middle, reach, scale] = [0.5, 0.7, Math.SQRT2]
  const looks = ["green", "purple dash"]
  const size = ([a, b]) => Math.hypot(a, b)
  const wrap = angle => (angle + 540) % 360 - 180

  // A line lies at a distance from the middle of the four rows; its unit grows in one direction.
  const controls = units.map(([direction, distance], i) => [
    stage.slider(`turn${i}`, { label: `unit ${i}: direction`, min: -180, max: 180, step: 5, value: direction, tell: each => `${told(each, 0)}°` }),
    stage.slider(`far${i}`, { label: `unit ${i}: distance`, min: -0.6018, max: 0.6018, step: 0.0177, value: distance }),
  ])
  const shade = (pane, [low, high], yes) => {
    const [cells, step] = [72, (high - low) / 72]
    let path = ""
    for (let j = 0; j < cells; j++)
      for (let i = 0, from = -1; i <= cells; i++) {
        const inside = i < cells && yes([low + (i + 0.5) * step, low + (j + 0.5) * step])
        if (inside && from < 0) from = i
        if (!inside && from >= 0) {
          const [a, b, c, d] = [pane.X(low + from * step), pane.Y(low + j * step), pane.X(low + i * step), pane.Y(low + (j + 1) * step)]
          path += `M${a.toFixed(1)} ${b.toFixed(1)}H${c.toFixed(1)}V${d.toFixed(1)}H${a.toFixed(1)}Z`
          from = -1
        }
      }
    pane.put(`<path class="area orange" d="${path}"/>`)
  }
  // The line on which `weight @ point + bias` is 0.
  const line = (pane, weight, bias, look) => {
    const foot = weight.map(each => -bias * each / size(weight) ** 2)
    const along = [-weight[1] / size(weight), weight[0] / size(weight)]
    pane.line([-9, 9].map(t => [foot[0] + t * along[0], foot[1] + t * along[1]]), look)
  }
  const rows = (pane, points) => {
    const places = {}
    points.forEach((each, i) => {
      const [a, b] = [pane.X(each[0]), pane.Y(each[1])]
      pane.put(y[i] ? `<rect class="fill orange" x="${a - 5.5}" y="${b - 5.5}" width="11" height="11"/>` : `<circle class="fill blue" cx="${a}" cy="${b}" r="6"/>`)
      const place = each.map(value => value.toFixed(2)).join()
      ;(places[place] ??= { each, all: [], down: y[i] ? 18 : -8 }).all.push(names[i])
    })
    for (const { each: [a, b], all, down } of Object.values(places)) pane.text(a, b, all.join(", "), "ink", "start", 9, down)
  }

  return () => {
    const { width, height, phone } = stage
    const side = phone ? Math.min(width, height / 2) : Math.min(width / 2, height)
    const pads = phone ? [[0, 0], [0, height / 2]] : [[0, 0], [width / 2, 0]]
    const box = ([left, top]) => [left, top, side + 8, side]
    const ways = controls.map(([turn]) => turn.value * Math.PI / 180).map(angle => [Math.cos(angle), Math.sin(angle)])
    const far = controls.map(([, distance]) => distance.value)
    const weight = ways.map(way => way.map(each => scale * each))
    const bias = ways.map((way, i) => -scale * (middle * (way[0] + way[1]) + far[i]))
    const hidden = hidden_values(x, weight, bias)
    const [border, shift, gap] = border_between(hidden.filter((_, i) => !y[i]), hidden.filter((_, i) => y[i]))
    const says = place => border[0] * place[0] + border[1] * place[1] + shift > 0

    const ends = [-0.8, 1.8]
    const input = stage.pane({ box: box(pads[0]), x: ends, y: ends, xlabel: "input 0", ylabel: "input 1", xticks: [0, 1], yticks: [0, 1], inset: 44 })
    shade(input, ends, place => says(hidden_values([place], weight, bias)[0]))
    weight.forEach((each, i) => line(input, each, bias[i], looks[i]))
    rows(input, x)
    ways.forEach((way, i) => {
      const [foot, tip] = [far[i], far[i] + reach].map(r => way.map(each => middle + r * each))
      input.line([foot, tip], looks[i])
      input.grip(`unit${i}`, ...tip, looks[i], (a, b) => {
        const to = [a - middle, b - middle]
        controls[i][0].set(wrap(Math.atan2(to[1], to[0]) * 180 / Math.PI))
        controls[i][1].set(size(to) - reach)
      })
      input.text(...tip, `unit ${i}`, looks[i].split(" ")[0], tip[0] > 1.2 ? "end" : "start", tip[0] > 1.2 ? -13 : 13, 5)
    })

    const room = [-0.3, 2.2]
    const space = stage.pane({ box: box(pads[1]), x: room, y: room, xlabel: "unit 0", ylabel: "unit 1", xticks: [0, 1, 2], yticks: [0, 1, 2], inset: 44 })
    shade(space, room, says)
    if (gap > 0) line(space, border, shift, "ink thin")
    rows(space, hidden)

    const apart = ways[0][0] * ways[1][0] + ways[0][1] * ways[1][1] < -0.5
    const places = names.map((name, i) => `${name} at (${hidden[i].map(each => told(each)).join(", ")})`).join(", ")
    return {
      say: `In the hidden space ${places}. ${gap > 0.001 ? `One straight border separates the classes: they are ${told(gap)} apart.` : "No straight border separates the classes."}`,
      yes: gap > 0.02 && apart ? "Now each unit looks at one “no” alone and lifts it off the origin, where both “yes” stay. In the plane of the inputs that is a strip again." : "",
    }
  }
}
