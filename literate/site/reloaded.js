// Under serve: a page that is loaded anew stands where it stood, with the same folds open.
{
  const key = `stood ${location.pathname}`
  const folds = () => {
    const seen = {}
    return [...document.querySelectorAll("details")].map((fold) => {
      const text = fold.querySelector("summary")?.textContent.trim() ?? ""
      seen[text] = (seen[text] ?? 0) + 1
      return [`${text} ${seen[text]}`, fold]
    })
  }
  const top = (element) => element.getBoundingClientRect().top
  addEventListener("pagehide", () => {
    const above = [...document.querySelectorAll("article [id]")].filter((each) => top(each) <= 100)
    const last = above.pop()
    const open = Object.fromEntries(folds().map(([name, fold]) => [name, fold.open]))
    const stood = { y: scrollY, id: last?.id, at: last && top(last), open }
    sessionStorage.setItem(key, JSON.stringify(stood))
  })
  const stood = JSON.parse(sessionStorage.getItem(key))
  if (stood && performance.getEntriesByType("navigation")[0]?.type === "reload") {
    history.scrollRestoration = "manual"
    const restore = () => {
      for (const [name, fold] of folds()) if (name in stood.open) fold.open = stood.open[name]
      const last = stood.id && document.getElementById(stood.id)
      scrollTo({ top: last ? scrollY + top(last) - stood.at : stood.y, behavior: "instant" })
    }
    restore()
    addEventListener("load", () => {
      restore()
      history.scrollRestoration = "auto"
    })
  }
}
