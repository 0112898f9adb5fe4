// A kernel on a small image, in numbers: what lies under it, the products, and the output that grows of them.
demos.drawings.convolution = (stage, { image, kernels }) => {
  const { output_size, window, padded, products, conv2d } = demos.models.convolution
  const { told } = demos
  const names = Object.keys(kernels)

  const row = stage.slider("row", { label: "row", min: 0, max: 7, step: 1, value: 1, tell: String })
  const column = stage.slider("column", { label: "column", min: 0, max: 7, step: 1, value: 1, tell: String })
  const kind = stage.choice("kernel", "Kernel", names, names[0])
  const stride = stage.choice("stride", "Stride", ["stride 1", "stride 2"], "stride 1")
  const padding = stage.choice("padding", "Padding", ["no padding", "padding 1"], "no padding")
  const written = value => told(value, Number.isInteger(value) ? 0 : 1)
  const fraction = value => Number.isInteger(value) ? told(value, 0) : `1/${Math.round(1 / value)}`

  return () => {
    const [step, around] = [Number(stride.value.at(-1)), padding.value === "padding 1" ? 1 : 0]
    const kernel = kernels[kind.value]
    const x = padded([[image]], around)
    const size = output_size(image.length, 3, step, around, 1)
    for (const each of [row, column]) {
      each.input.max = size - 1
      each.refresh()
    }
    const [i, j] = [row.value, column.value]
    const output = conv2d([[image]], [[kernel]], null, step, around, 1)[0][0]
    const pixels = window(x, [i, j], [3, 3], step, 1)[0]
    const [weighted] = products(pixels, [kernel])

    const { width, height, phone } = stage
    const side = phone ? Math.min((width - 2) / 13.6, (height - 54) / 18) : Math.min((width - 8) / 22.4, (height - 30) / 10)
    const top = 24
    const table = (name, values, left, above, look, tell, strong) => {
      const n = values.length
      const pane = stage.pane({ box: [left, above, n * side, n * side], x: [0, n], y: [n, 0], bare: true })
      pane.parts.push(`<text class="small" x="${left}" y="${above - 7}">${name}</text>`)
      values.forEach((line, a) => line.forEach((value, b) => {
        const at = `x="${left + b * side}" y="${above + a * side}"`
        const share = 0.45 * Math.abs(value) / (strong || 1)
        pane.parts.push(`<rect ${at} width="${side}" height="${side}" class="area ${look || (value > 0 ? "orange" : "blue")}" style="fill-opacity:${share}"/>` +
          `<rect ${at} width="${side}" height="${side}" class="axis" stroke-width=".5"/>` +
          `<text class="small" x="${left + (b + 0.5) * side}" y="${above + (a + 0.5) * side + 4}" text-anchor="middle">${tell(value)}</text>`)
      }))
      return pane
    }
    const frame = (pane, b, a, n) => pane.parts.push(`<path class="line orange" style="stroke-width:3" d="M${pane.X(b)} ${pane.Y(a)}H${pane.X(b + n)}V${pane.Y(a + n)}H${pane.X(b)}Z"/>`)
    const largest = values => Math.max(...values.flat().map(Math.abs))

    const seen = table(around ? "image, padded" : "image", x[0][0], 1, top, "ink", written, 16)
    const middle = (phone ? 10.5 : 11) * side
    table("kernel", kernel, middle, top, "", fraction, largest(kernel))
    table("products", weighted, middle, top + 3 * side + 26, "", written, largest(weighted))
    const made = table("output", output, phone ? 1 : 15 * side, phone ? top + x[0][0].length * side + 26 : top, "", written, largest(output))
    frame(seen, j * step, i * step, 3)
    frame(made, j, i, 1)
    const go = (b, a) => {
      column.set(Math.min(size - 1, Math.round(b / step)))
      row.set(Math.min(size - 1, Math.round(a / step)))
    }
    seen.surface("image", (b, a) => go(b - 1.5, a - 1.5))
    seen.grip("corner", j * step + 3, i * step + 3, "orange", (b, a) => go(b - 3, a - 3))

    const value = output[i][j]
    return {
      say: `Row ${i}, column ${j}: nine products, and their sum is ${written(value)}. Output ${size} × ${size}: (8 + 2 · ${around} − 3) / ${step}, rounded down, + 1.`,
      yes: kind.value === names[0] && value === Math.min(...output.flat())
        ? "The lowest sum: ink on the left, paper on the right. It is the right edge of the left stroke, inside the ring." : "",
    }
  }
}
