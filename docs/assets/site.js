// What Material leaves open. Loaded before its script; a page without any script is complete too.

// The index of the search is the largest file of the site: Material's request for it waits until
// somebody goes to the search, unless they come from there and the words are to be marked.
{
  const query = document.forms.search.query
  const marks = new URLSearchParams(location.search).get("h")

  window.XMLHttpRequest = class extends XMLHttpRequest {
    open(method, address, ...rest) {
      this.waits = !marks && new URL(address, location).pathname.endsWith("/search_index.json")
      super.open(method, address, ...rest)
    }

    send(...body) {
      const go = () => super.send(...body)
      if (this.waits && document.activeElement !== query)
        query.addEventListener("focus", go, { once: true })
      else go()
    }
  }
}

// A box that scrolls sideways takes the focus, so that the arrow keys move it, and says what it is.
{
  const names = {
    ".output pre > code, .output.html": "Output",
    "pre > code": "Code",
    ".md-typeset__scrollwrap": "Table",
    ".math.display": "Formula",
    "p:has(> img.figure)": "Figure",
  }
  const name = box => Object.entries(names).find(([selector]) => box.matches(selector))?.[1]

  const reach = (box, scrolls) => {
    if (scrolls) {
      box.tabIndex = 0
      box.role = "group"
      box.ariaLabel = name(box)
    } else for (const each of ["tabindex", "role", "aria-label"]) box.removeAttribute(each)
  }

  addEventListener("load", () => {
    const resized = new ResizeObserver(entries => {
      // All is measured before anything changes, or each box would lay out the page anew.
      const boxes = entries.map(({ target: box }) => [box, box.scrollWidth > box.clientWidth])
      boxes.forEach(each => reach(...each))
    })
    for (const box of document.querySelectorAll(Object.keys(names).join())) resized.observe(box)

    // When a block of code first comes into view, Material puts a landmark without a name over it and
    // takes the title, which is the name of a button, away from what the mouse is over. On screens
    // that are touched it takes the focus away from code that scrolls.
    const repair = changes => {
      for (const bar of document.querySelectorAll(".md-code__nav:not([role])")) {
        bar.role = "none"
        for (const button of bar.children) button.ariaLabel = button.title
      }
      for (const { target: box } of changes)
        if (box.role === "group" && !box.hasAttribute("tabindex")) box.tabIndex = 0
    }
    new MutationObserver(repair).observe(document.querySelector("article"), {
      attributeFilter: ["tabindex"],
      childList: true,
      subtree: true,
    })
    repair([])
  })
}
