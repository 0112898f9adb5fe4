// Two shapes, aligned at their last axes: which sizes meet, and the elements that are repeated.
demos.drawings.broadcasting = (stage, { a: given_a, b: given_b, wanted }) => {
  const { explain_broadcast, broadcast_shape } = demos.models.broadcasting
  const read = text => {
    const inside = text.trim().replace(/^\(|\)$/g, "").replace(/,\s*$/, "")
    const sizes = inside.trim() ? inside.split(",").map(each => each.trim() ? Number(each) : NaN) : []
    return sizes.length < 5 && sizes.every(each => Number.isInteger(each) && each >= 0 && each < 100) ? sizes : null
  }
  const write = sizes => sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`

  const fields = [stage.text("a", "shape of a", given_a), stage.text("b", "shape of b", given_b)]
  const shown = stage.slider("axis", {
    label: "axes compared", min: 0, max: 4, step: 1, value: 4, tell: each => each < 4 ? `${each}` : "all",
  })
  const group = stage.group("Change b")
  const change = (label, edit) => stage.button(label, () => {
    const sizes = read(fields[1].value)
    if (sizes) fields[1].set(write(edit(sizes).slice(0, 4)))
  }, group)
  change("b.unsqueeze(-1)", sizes => [...sizes, 1])
  change("b.unsqueeze(0)", sizes => [1, ...sizes])
  change("b.squeeze()", sizes => sizes.filter(each => each !== 1))

  return () => {
    const [a, b] = fields.map(each => read(each.value))
    const { width, height, phone } = stage
    const { parts } = stage.pane({ box: [0, 0, width, height], x: [0, 1], y: [0, 1], bare: true })
    if (!a || !b) return { say: "Type a shape as torch writes it, such as (3, 1) or (4,): at most four axes, each from 0 to 99." }

    const lines = explain_broadcast(a, b).split("\n").slice(2)
    const fails = lines.at(-1).startsWith("no")
    const steps = lines.length - 1
    const known = Math.min(shown.value, steps)
    const count = Math.max(a.length, b.length, 1)
    const result = fails ? [] : broadcast_shape(a, b)
    const at = (shape, axis) => shape.at(-1 - axis)
    const put = (text, x, y, look = "", anchor = "middle") =>
      parts.push(`<text class="${look}" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`)

    // The sizes above one another, from the right.
    const side = phone ? 44 : 52
    const from = 66
    const cell = (size, column, row, look) => {
      const [x, y] = [from + column * (side + 8), 4 + row * (side + 10)]
      parts.push(`<rect class="area ${look}" x="${x}" y="${y}" width="${side}" height="${side}" rx="5"/>`)
      put(size, x + side / 2, y + side / 2 + 5, "bold")
    }
    ;["a", "b", "result"].forEach((name, row) => put(name, 4, 4 + row * (side + 10) + side / 2 + 5, "bold", "start"))
    for (let axis = 0; axis < count; axis++) {
      const column = count - 1 - axis
      const bad = fails && axis === steps - 1
      const seen = axis < known
      ;[a, b].forEach((shape, row) => {
        const size = at(shape, axis)
        if (size !== undefined) cell(size, column, row, !seen ? "muted" : bad ? "orange" : size === 1 ? "purple" : "blue")
        else if (seen) cell("1", column, row, "purple")
      })
      if (seen && bad) put("✗", from + column * (side + 8) + side / 2, 4 + 2 * (side + 10) + side / 2 + 6, "bold fill orange")
      else if (seen && steps) cell(at(a, axis) === 1 || at(a, axis) === undefined ? at(b, axis) ?? 1 : at(a, axis), column, 2, "green")
    }

    // The elements themselves, of what has at most two axes: dashed is what is repeated.
    const whole = [1, 0].map(axis => Math.max(at(a, axis) ?? 1, at(b, axis) ?? 1))
    const [left, top] = phone ? [4, 3 * (side + 10) + 12] : [from + 2 * (side + 8) + 40, 0]
    if (count < 3 && known === steps && Math.min(...whole) > 0 && Math.max(...whole) < 10) {
      const third = (width - left) / 3
      const edge = Math.min(34, (third - 14) / whole[1], (height - top - 24) / whole[0])
      ;[["a", a, "blue"], ["b", b, "blue"], [fails ? "✗" : "result", result, "green"]].forEach(([name, shape, look], n) => {
        const x = left + n * third
        put(name, x, top + 14, `bold fill ${n === 2 && fails ? "orange" : "ink"}`, "start")
        const own = [at(shape, 1) ?? 1, at(shape, 0) ?? 1]
        if (n === 2 && fails) return
        for (let i = 0; i < whole[0]; i++) for (let j = 0; j < whole[1]; j++) {
          const real = i < own[0] && j < own[1]
          const repeated = !fails && !real
          if (real || repeated) parts.push(`<rect class="${real ? `area ${fails && n ? "orange" : look}` : "line thin dots muted"}" x="${x + j * edge + 1.5}" y="${top + 24 + i * edge}" width="${edge - 3}" height="${edge - 3}" rx="3"/>`)
        }
      })
    }
    return {
      say: [...lines.slice(0, known), ...(known === steps ? lines.slice(-1) : [])].join("; ") || "Nothing is compared yet: it begins at the last axis.",
      yes: write(b) === wanted && write(a) === given_a
        ? "Each row has its own number: unsqueeze(-1) gives b an axis at the end, and that is the one which is repeated." : "",
    }
  }
}
