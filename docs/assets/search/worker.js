// The search: it takes the messages that Material's script sends to a worker, and answers like
// Material's own. MiniSearch finds; what is found is weighed and shown here.

const Message = { SETUP: 0, READY: 1, QUERY: 2, RESULT: 3 }

// A word in the name of a section says more of it than one in its text, and that more than code.
const WEIGHTS = { title: 4, names: 6, page: 2, text: 1, code: 0.4 }
const WHOLE = 3 // what is called exactly as what was typed
const PAIR = 1.2 // two words that stand together, as they were typed
const MOST = { pages: 12, sections: 4, letters: 180, marks: 8 }

let ready
let entries = []
let index
let phrases = []

const escaped = text => text.replace(/[&<>]/g, sign => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign])

/** Load what this file needs: it stands beside it, also where a page is read from a disk. */
const load = () => {
  const here = self.document?.querySelector("script[src]").src ?? self.location.href
  const files = ["../vendor/minisearch/minisearch.js", "words.js"]
  return importScripts(...files.map(file => new URL(file, here).href))
}

const setUp = async ({ docs }) => {
  await load()
  const pages = new Map()
  entries = docs.map((doc, id) => {
    const address = doc.location.split("#")[0]
    if (!pages.has(address)) pages.set(address, id)
    const top = pages.get(address)
    const names = doc.names ?? []
    const page = top === id ? "" : docs[top].title
    return { ...doc, id, top, page, names, boost: doc.boost ?? 1, code: doc.code ?? "" }
  })
  index = new MiniSearch({
    fields: Object.keys(WEIGHTS),
    extractField: (entry, field) => (field === "names" ? entry.names.join(" | ") : entry[field]),
    tokenize: (text, field) => (field === "id" ? [text] : tokens(String(text), field !== "code")),
    processTerm: term => term,
    searchOptions: { boost: WEIGHTS, tokenize: term => [term], processTerm: term => term },
  })
  index.addAll(entries)
  const known = entries.flatMap(({ title, names }) => [title, ...names]).map(name => name.toLowerCase())
  phrases = [...new Set([...known, ...known.flatMap(words)])].sort((a, b) => a.length - b.length)
}

/** Return where a word is found, by entry; a word that nobody wrote by those that are nearly it. */
const find = (term, last) => {
  const exact = index.search(term, { prefix: last && term.length > 1 })
  if (exact.length || /^\d/.test(term)) return exact
  const begun = term.length > 3 ? index.search(term, { prefix: true }) : []
  return begun.length ? begun : term.length > 3 ? index.search(term, { fuzzy: 0.22, maxFuzzy: 2 }) : []
}

/** Return what was typed: the words that count, each with where it is found. */
const asked = query => {
  const typed = words(query)
  const telling = typed.filter(word => !STOP.has(word.toLowerCase()))
  const chosen = telling.length ? telling : typed
  const found = chosen.map((word, at) => {
    const last = at === chosen.length - 1 && !/\s$/.test(query)
    const all = [...new Set([stem(joined(word)), ...terms(word)])]
    // Of a name first the whole; its parts find it too, where nothing is called like it.
    let hits = find(all[0], last)
    if (all.length > 1) hits = [...hits, ...all.slice(1).flatMap(term => index.search(term)).map(half)]
    const count = new Set(hits.map(hit => hit.id)).size
    return { word, hits, weight: count ? Math.log(1 + entries.length / count) : 0 }
  })
  const pairs = chosen.slice(1).map((word, at) => stem(joined(chosen[at]) + joined(word)))
  return { chosen, found, pairs: pairs.flatMap(term => index.search(term)) }
}

const half = hit => ({ ...hit, score: hit.score / 2 })

/** Return what was found, with how well it answers: most of what was asked, before often a part of it. */
const weighed = query => {
  const { chosen, found, pairs } = asked(query)
  const hits = new Map()
  const at = id => hits.get(id) ?? hits.set(id, { score: 0, had: new Set(), terms: new Set() }).get(id)
  for (const { word, hits: each } of found)
    for (const { id, score, terms } of each) {
      const hit = at(id)
      hit.score += score
      hit.had.add(word)
      terms.forEach(term => hit.terms.add(term))
    }
  for (const { id, score, terms } of pairs) {
    const hit = at(id)
    hit.score += PAIR * score
    terms.forEach(term => hit.terms.add(term))
  }
  const all = found.reduce((sum, { weight }) => sum + weight, 0) || 1
  const wholes = [query, chosen.join("")].map(each => new Set([joined(each), stem(joined(each))]))
  return [...hits].map(([id, hit]) => {
    const entry = entries[id]
    const had = found.reduce((sum, { word, weight }) => sum + (hit.had.has(word) ? weight : 0), 0)
    // `memory` is a function; who types "out of memory" does not mean it.
    const either = entry.boost < 1 ? wholes.slice(0, 1) : wholes
    const called = [entry.title, ...entry.names].some(name =>
      either.some(whole => whole.has(joined(name)) || whole.has(stem(joined(name)))),
    )
    const score = hit.score * (had / all) ** 2 * entry.boost * (called ? WHOLE : 1)
    const missing = found.filter(({ word }) => !hit.had.has(word)).map(({ word }) => word)
    return { entry, score, terms: hit.terms, missing }
  })
}

/** Return whether a word of a text is what was found. */
const isMeant = (word, found) => found.has(stem(joined(word))) || terms(word).some(term => found.has(term))

/** Return a line with what was found in it marked, cut to what can be read at a glance. */
const marked = (line, found) => {
  const pieces = line.split(/([\p{L}\p{N}_]+(?:[-‑][\p{L}\p{N}_]+)*)/u)
  const meant = pieces.map((piece, at) => at % 2 === 1 && !STOP.has(piece.toLowerCase()) && isMeant(piece, found))
  let first = Math.max(0, meant.indexOf(true))
  let before = 0
  while (first > 0 && before < MOST.letters / 3) before += pieces[--first].length
  let end = first
  let length = 0
  while (end < pieces.length && length < MOST.letters) length += pieces[end++].length
  const shown = pieces
    .slice(first, end)
    .map((piece, at) => (meant[first + at] ? `<mark>${escaped(piece)}</mark>` : escaped(piece)))
    .join("")
  const [left, right] = [pieces.slice(0, first), pieces.slice(end)].map(each => each.join("").trim())
  return `${left && "… "}${shown.trim()}${right && " …"}`
}

/** Return the line of a text in which most of what was found stands; of several no short one. */
const telling = (text, found) => {
  let best = ""
  let most = -1
  for (const line of text.split("\n")) {
    const terms = new Set(tokens(line).filter(term => found.has(term)))
    const worth = terms.size + Math.min(line.length, 80) / 81
    if (worth > most) [best, most] = [line, worth]
  }
  return best
}

/** Return an entry as Material's script shows it. */
const shown = ({ entry, score, terms: found, missing }) => {
  const line = telling(entry.text, found)
  const seen = words(`${entry.title} ${line}`).filter(word => word.length > 1 && isMeant(word, found))
  const marks = [...new Set(seen.map(word => word.toLowerCase()))].filter(word => !STOP.has(word))
  const terms = Object.fromEntries([
    ...marks.slice(0, MOST.marks).map(word => [word, true]),
    ...missing.map(word => [word, false]),
  ])
  return {
    location: entry.location,
    title: marked(entry.title, found),
    text: line && `<p>${marked(line, found)}</p>`,
    score,
    terms,
  }
}

const search = query => {
  const pages = new Map()
  for (const hit of weighed(query)) {
    const page = pages.get(hit.entry.top) ?? pages.set(hit.entry.top, []).get(hit.entry.top)
    page.push(hit)
  }
  const groups = [...pages.values()]
  for (const group of groups) group.sort((a, b) => b.score - a.score)
  groups.sort((a, b) => b[0].score - a[0].score)
  const items = groups.slice(0, MOST.pages).map(group => {
    const some = group.slice(0, MOST.sections)
    const top = entries[some[0].entry.top]
    if (!some.some(({ entry }) => entry === top))
      some.push(
        group.find(({ entry }) => entry === top) ?? { entry: top, score: 0, terms: new Set(), missing: [] },
      )
    return some.map(shown)
  })
  return { items, suggest: suggested(query.toLowerCase()) }
}

/** Return the word that one may be about to type: best one that goes on as a name goes on. */
const suggested = query => {
  const last = query.match(/[\p{L}\p{N}_]+$/u)?.[0]
  if (!last) return []
  const goingOn = begun => phrases.find(each => each.startsWith(begun) && each !== begun)
  const phrase = goingOn(query)
  const word = phrase?.slice(query.length - last.length).match(/^[\p{L}\p{N}_]+/u)?.[0] ?? goingOn(last)
  return word && word !== last && !/\s/.test(word) ? [word] : []
}

self.onmessage = async ({ data: { type, data } }) => {
  if (type === Message.SETUP) {
    ready = setUp(data)
    await ready
    postMessage({ type: Message.READY })
  } else if (type === Message.QUERY) {
    await ready
    postMessage({ type: Message.RESULT, data: data.trim() ? search(data) : { items: [] } })
  }
}
