// What a reader has done, kept in this browser and nowhere else: lessons that they ticked, questions
// that they answered right, exercises that they solved, and where they read last. A browser that keeps
// nothing, or no script, shows nothing of it.
(() => {
  const KEY = "course-progress"
  const root = new URL(JSON.parse(document.getElementById("__config").textContent).base.replace(/\/*$/, "/"), location)
  const here = pathOf(location)
  const isLesson = path => /^lessons\/[^/]+\/(?!index\.)[^/]+\.html$/.test(path)

  function pathOf(link) {
    return link.pathname.startsWith(root.pathname) ? link.pathname.slice(root.pathname.length) : ""
  }

  function load() {
    let kept
    try { kept = JSON.parse(localStorage.getItem(KEY)) } catch { /* not ours, or cut off */ }
    return { done: {}, right: {}, solved: {}, last: null, ...kept }
  }

  function change(how) {
    const kept = load()
    how(kept)
    localStorage.setItem(KEY, JSON.stringify(kept))
    show()
  }

  const toggle = (kind, name) =>
    change(kept => kept[kind][name] ? delete kept[kind][name] : kept[kind][name] = 1)

  // A question has no name: its words stand for it, so that it keeps its answer when others move.
  function nameOf(box, words) {
    let sum = 0
    for (const sign of words) sum = (sum * 31 + sign.codePointAt(0)) % 4294967291
    return `${here}#${sum.toString(36)}`
  }

  function make(tag, text, more = {}) {
    return Object.assign(document.createElement(tag), { textContent: text, ...more })
  }

  function button(text, kind, name) {
    const made = make("button", text, { type: "button", className: "tick" })
    made.onclick = () => toggle(kind, name)
    shown.push(kept => { made.ariaPressed = String(Boolean(kept[kind][name])) })
    return made
  }

  const shown = []  // what is to be shown anew when something has changed
  const show = () => { const kept = load(); shown.forEach(each => each(kept)) }

  try {
    localStorage.setItem(KEY, JSON.stringify(load()))
  } catch {
    return
  }

  for (const box of document.querySelectorAll("article .admonition.question")) {
    const right = box.querySelector(".choice.right")
    const name = nameOf(box, box.querySelector("p:not(.admonition-title)")?.textContent ?? "")
    const mark = make("span", "", { className: "answered" })
    box.querySelector(".admonition-title").append(mark)
    shown.push(kept => { mark.textContent = kept.right[name] ? " · answered right ✓" : "" })
    // Not when it opens: before a page is printed, everything does.
    right?.querySelector("summary").addEventListener("click", () => {
      if (!right.open) change(kept => { kept.right[name] = 1 })
    })
  }
  for (const box of document.querySelectorAll("article .admonition.exercise")) {
    const title = box.querySelector(".admonition-title").textContent
    box.append(button("I have solved it", "solved", nameOf(box, title)))
  }

  if (isLesson(here)) {
    const box = make("div", "", { className: "ticked" })
    const link = make("a", "What is kept", { href: new URL("index.html#kept", root) })
    const note = make("small", "Remembered in this browser alone. ")
    note.append(link)
    box.append(button("I am done with this lesson", "done", here), note)
    document.querySelector("article .taught, article .downloads, article footer")?.before(box)

    const keep = () => {
      const heads = [...document.querySelectorAll("article :is(h2, h3)[id]")]
      const head = heads.findLast(each => each.checkVisibility() && each.getBoundingClientRect().top < innerHeight / 2)
      const told = each => [...each.childNodes].filter(node => node.className !== "headerlink")
        .map(node => node.textContent).join("").trim()
      const last = { path: here, title: told(document.querySelector("h1")) }
      if (head) Object.assign(last, { hash: head.id, section: told(head) })
      try { change(kept => { kept.last = last }) } catch { /* full */ }
    }
    addEventListener("pagehide", keep)
    document.addEventListener("visibilitychange", () => document.hidden && keep())
  }

  const lists = ".lessons, .map, .themes, .md-nav--primary"
  for (const list of document.querySelectorAll(lists))
    for (const link of list.querySelectorAll("a[href]")) {
      const path = pathOf(new URL(link.getAttribute("href"), location))
      const name = link.getAttribute("aria-label")
      if (!isLesson(path) || link.hash || /#/.test(link.getAttribute("href"))) continue
      shown.push(kept => {
        link.classList.toggle("done", Boolean(kept.done[path]))
        if (name) link.setAttribute("aria-label", kept.done[path] ? `${name}. Done` : name)
      })
    }
  for (const list of document.querySelectorAll(".themes details")) {
    const count = list.querySelector("summary").appendChild(make("span", ""))
    shown.push(() => {
      const done = list.querySelectorAll("li > a:first-child.done").length
      count.textContent = done ? `, ${done} done ✓` : ""
    })
  }

  const hero = document.querySelector(".hero .md-button")?.closest("p")
  if (hero) {
    const line = make("p", "", { className: "resume" })
    hero.after(line)
    shown.push(({ last }) => {
      line.hidden = !last
      line.replaceChildren()
      if (!last) return
      const link = make("a", `Go on where you were: ${last.title}`, { href: new URL(last.path, root) })
      if (last.hash) link.hash = last.hash
      if (last.section) link.append(make("small", last.section))
      line.append(link)
    })
  }

  const themes = document.querySelector("article .themes")
  if (themes) {
    const box = make("div", "", { className: "kept", id: "kept" })
    const told = make("p", "")
    const clear = make("button", "Forget all of it", { type: "button", className: "forget" })
    clear.onclick = () => {
      if (!confirm("Forget which lessons, questions and exercises you have done?")) return
      localStorage.removeItem(KEY)
      show()
    }
    told.role = "status"
    box.append(told, clear)
    themes.after(box)
    shown.push(({ done, right, solved, last }) => {
      const [lessons, questions, exercises] = [done, right, solved].map(each => Object.keys(each).length)
      const some = Boolean(lessons + questions + exercises || last)
      const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`
      told.textContent = some
        ? `You have ticked ${many(lessons, "lesson")}, answered ${many(questions, "question")} right and solved `
          + `${many(exercises, "exercise")}. This, and the section that you read last, is kept in this browser `
          + "and sent nowhere."
        : "Lessons that you tick, questions that you answer right, exercises that you solve and the section that "
          + "you read last are remembered in this browser, and sent nowhere. Nothing is kept so far."
      clear.hidden = !some
    })
  }

  addEventListener("storage", show)
  addEventListener("pageshow", show)
  show()
  if (location.hash === "#kept") document.getElementById("kept")?.scrollIntoView()
})()
