// course/networks/convolution.py: a kernel at each of its places, weights times pixels, summed.
{
  const count = length => [...Array(length).keys()]
  const total = values => values.flat(Infinity).reduce((sum, each) => sum + each, 0)

  const output_size = (size, kernel_size, stride, padding, dilation) =>
    Math.floor((size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1

  const window = (x, [i, j], [height, width], stride, dilation) =>
    x.map(image => image.map(channel => count(height).map(a => count(width).map(b =>
      channel[stride * i + dilation * a][stride * j + dilation * b]))))

  const padded = (x, by) => x.map(image => image.map(channel => {
    const zeros = count(by).map(() => 0)
    const rows = channel.map(row => [...zeros, ...row, ...zeros])
    const [first] = rows
    const empty = zeros.map(() => first.map(() => 0))
    return [...empty, ...rows, ...empty]
  }))

  const products = (pixels, kernel) => pixels.map((channel, c) => channel.map((row, a) => row.map((each, b) =>
    each * kernel[c][a][b])))

  // The height and the width of an image, or of a kernel: those of its first channel.
  const sides = ([channel]) => {
    const [row] = channel
    return [channel.length, row.length]
  }

  const conv2d = (x, weight, bias, stride, padding, dilation) => {
    const [[first], [one]] = [x, weight]
    const reach = sides(one)
    const [rows, columns] = sides(first).map((size, axis) =>
      output_size(size, reach[axis], stride, padding, dilation))
    return padded(x, padding).map(image => weight.map((kernel, k) => count(rows).map(i => count(columns).map(j =>
      total(products(window([image], [i, j], reach, stride, dilation)[0], kernel)) + (bias?.[k] ?? 0)))))
  }

  demos.models.convolution = { output_size, window, padded, products, conv2d }
}
