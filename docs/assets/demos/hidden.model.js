// course/networks/hidden.py: where the rows stand in the hidden space, and the border between them.
{
  const add = (u, v, by) => u.map((each, i) => each + by * v[i])
  const dot = (u, v) => u.reduce((sum, each, i) => sum + each * v[i], 0)

  const hidden_values = (x, weight, bias) =>
    x.map(row => weight.map((each, j) => Math.max(0, dot(each, row) + bias[j])))

  const nearest = (point, [first, last]) => {
    const step = add(last, first, -1)
    const part = dot(add(point, first, -1), step) / Math.max(dot(step, step), Number.MIN_VALUE)
    return add(first, step, Math.max(0, Math.min(1, part)))
  }

  const border_between = (no, yes) => {
    const ways = no.map(point => [point, nearest(point, yes)])
    ways.push(...yes.map(point => [nearest(point, no), point]))
    const [weight, middle] = ways
      .map(([start, end]) => [add(end, start, -1), add(start, end, 1).map(each => each / 2)])
      .reduce((best, way) => dot(way[0], way[0]) < dot(best[0], best[0]) ? way : best)
    const bias = -dot(weight, middle)
    const side = point => dot(weight, point) + bias
    return no.every(point => side(point) < 0) && yes.every(point => side(point) > 0)
      ? [weight, bias, Math.hypot(...weight)] : [[0, 0], 0, 0]
  }

  demos.models.hidden = { hidden_values, border_between }
}
