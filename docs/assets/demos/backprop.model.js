// course/networks/backprop.py: the smallest network with a hidden unit, in the order of the way back.
{
  const one_unit = (x, y, w1, b1, w2, b2) => {
    const a = w1 * x + b1
    const h = Math.max(a, 0)
    const z = w2 * h + b2
    const dz = 2 * (z - y)
    const dh = w2 * dz
    const da = a > 0 ? dh : 0
    return [
      ["loss", (z - y) ** 2, 1, 1],
      ["z", z, 2 * (z - y), dz],
      ["w2", w2, h, h * dz],
      ["h", h, w2, dh],
      ["b2", b2, 1, dz],
      ["a", a, a > 0 ? 1 : 0, da],
      ["w1", w1, x, x * da],
      ["x", x, w1, w1 * da],
      ["b1", b1, 1, da],
    ]
  }

  demos.models.backprop = { one_unit }
}
