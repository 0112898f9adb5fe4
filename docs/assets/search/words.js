// How the search reads a text: from "Mini-batches" and "DataLoader" to what they are found by. One
// reading for the index and for what is typed, so it matters only that both come out alike.

const IRREGULAR = { axes: "axis", indices: "index", matrices: "matrix", vertices: "vertex" }

// Words that questions are made of. They count only where nothing else was typed.
const STOP = new Set(
  ("a about after all also am an and any are as at be because been but by can cannot could did do does " +
    "doesn don dont e during each every for from g get gets give go got had happen happens has have how " +
    "i if in into is isn it its just keep keeps like make makes many me mean means much my need of off " +
    "on one or our out over s should so some t take takes tell than that the their them then there these they " +
    "thing this to too up use used using versus very vs want was way we were what when where which while who why " +
    "will with won work works would you your").split(" "),
)

const SPELLINGS = [
  [/isation/, "ization"],
  [/is(e|ed|er|es|ing)$/, "iz$1"],
  [/ys(e|ed|er|es|ing)$/, "yz$1"],
  [/^(behavi|col|fav|lab|neighb)our/, "$1or"],
  [/centre/, "center"],
  [/metre/, "meter"],
  [/([aeiou])ll(ed|ing)$/, "$1l$2"],
]

const ENDINGS = [
  [/(.{4,})(?:ations?|at(?:e|ed|es|ing|ors?))$/, "$1"],
  [/(.{4,})iz(?:e|ed|ers?|es|ing)$/, "$1iz"],
  [/(.{5,})(?:ences?|ents?|ently)$/, "$1"],
  [/(.{4,})ly$/, "$1"],
  [/(.*[aeiouy].*[^s])s$/, "$1"],
  [/(.*[aeiouy].+)(?:ing|ed)$/, "$1"],
  [/(.{3,})e$/, "$1"],
]

/** Return a function that remembers what it has returned: a text has few words, many times. */
const remembering = work => {
  const known = new Map()
  return key => known.get(key) ?? known.set(key, work(key)).get(key)
}

/** Return what the forms of a word have in common: of "regularisation", "regularizes" and "regularise". */
const stem = remembering(word => {
  let root = word.toLowerCase()
  root = IRREGULAR[root] ?? root
  if (root.length < 4) return root
  for (const [form, other] of SPELLINGS) root = root.replace(form, other)
  root = root.replace(/ies$/, "y").replace(/(ss|x|ch|sh)es$/, "$1")
  if (/(us|is|as)$/.test(root)) return root
  for (const [ending, rest] of ENDINGS) root = root.replace(ending, rest)
  return root.replace(/([bdfgmnprt])\1$/, "$1")
})

/** Return the parts of a name: "cross", "entropy", "loss" of `CrossEntropyLoss`. */
const parts = name =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1_$2")
    .split(/[_\-‑]+/)
    .filter(Boolean)

/** Return the words of a text, names with hyphens and underscores whole. */
const words = text => text.match(/[\p{L}\p{N}_]+(?:[-‑][\p{L}\p{N}_]+)*/gu) ?? []

/** Return what one word is found by: each of its parts, and neighbouring parts joined. */
const terms = remembering(word => {
  const all = parts(word).map(part => part.toLowerCase())
  const found = new Set(all.map(stem))
  for (let from = 0; from < all.length; from++)
    for (let to = from + 2; to <= Math.min(all.length, from + 4); to++)
      found.add(stem(all.slice(from, to).join("")))
  return [...found]
})

/** Return a word without what separates its parts. */
const joined = remembering(word => word.toLowerCase().replace(/[\s_\-‑.]+/g, ""))

/** Return what a text is found by; `pairs` also joins each two words that follow each other. */
const tokens = (text, pairs = true) => {
  const found = []
  let before = ""
  for (const word of words(text)) {
    found.push(...terms(word))
    const whole = joined(word)
    if (pairs && before && !STOP.has(before) && !STOP.has(whole)) found.push(stem(before + whole))
    before = whole
  }
  return found
}
