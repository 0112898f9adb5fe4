// course/tensors/broadcasting.py: the rule, axis by axis from the last one, and the same in words.
{
  const tuple = sizes => sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`

  // The sizes of each axis, from the last: that of a, that of b, and whether both have it.
  const from_the_right = (a, b) =>
    [...Array(Math.max(a.length, b.length)).keys()].map(i => ({
      axis: -1 - i,
      one: a.at(-1 - i) ?? 1,
      other: b.at(-1 - i) ?? 1,
      has: [i < a.length, i < b.length],
    }))

  const fits = ({ one, other }) => one === other || one === 1 || other === 1

  const changes = (name, has, size, other) => {
    const gets = has ? [] : ["gets the axis"]
    const repeated = size === 1 && other !== 1 ? [`is repeated ${other} times`] : []
    const what = [...gets, ...repeated].join(" and ")
    return what ? `: ${name} ${what}` : ""
  }

  const aligned = (name, shape, other) => {
    const columns = [...Array(Math.max(shape.length, other.length)).keys()].reverse().map(i => {
      const [own, beside] = [shape.at(-1 - i) ?? "", other.at(-1 - i) ?? ""].map(String)
      return own.padStart(beside.length)
    })
    return `${name}: ${shape.length ? columns.join("  ") : "(no axis)"}`
  }

  const broadcast_shape = (a, b) =>
    from_the_right(a, b).map(({ one, other }) => one === 1 ? other : one).reverse()

  const explain_broadcast = (a, b) => {
    const lines = [aligned("a", a, b), aligned("b", b, a)]
    for (const step of from_the_right(a, b)) {
      const { axis, one, other, has } = step
      const sizes = `axis ${axis}: ${has[0] ? one : "no axis"} and ${has[1] ? other : "no axis"}`
      if (!fits(step)) return [...lines, `${sizes} differ, and neither is 1`, "no result: a and b do not broadcast"].join("\n")
      lines.push(`${sizes}, so ${one === 1 ? other : one}${changes("a", has[0], one, other)}${changes("b", has[1], other, one)}`)
    }
    return [...lines, `result: ${tuple(broadcast_shape(a, b))}`].join("\n")
  }

  demos.models.broadcasting = { broadcast_shape, explain_broadcast }
}
