// course/networks/depth.py: how large outputs and gradients are, layer by layer, in wide layers.
{
  const activations = {
    relu: [z => Math.max(z, 0), z => Math.max(z, 0) / z],
    tanh: [z => Math.tanh(z), z => 1 - Math.tanh(z) ** 2],
  }

  // `points` are evenly spaced: a mean over them, each with its share, is one over a normal number.
  const predicted_signals = (gain, name, depth, skip, points) => {
    const [activation, slope] = activations[name]
    const shares = points.map(each => Math.exp(-(each ** 2) / 2))
    const expected = (f, size) => {
      let [sum, total] = [0, 0]
      points.forEach((each, i) => {
        sum += shares[i] * f(size * each) ** 2
        total += shares[i]
      })
      return sum / total
    }

    const squares = [gain ** 2]
    const factors = []
    for (const _ of Array(depth - 1)) {
      const size = Math.sqrt(squares.at(-1))
      squares.push(skip ** 2 * size ** 2 + gain ** 2 * expected(activation, size))
      factors.push(skip ** 2 + gain ** 2 * expected(slope, size))
    }
    const back = [1]
    for (const each of factors.reverse()) {
      back.push(back.at(-1) * each)
    }
    return [squares.map(Math.sqrt), back.reverse().map(Math.sqrt)]
  }

  demos.models.depth = { predicted_signals }
}
