// Figures that can be moved. The figure that was drawn at build time stays in the page; when it comes
// near, a live one takes its box: the model and the drawing of its name are loaded, and started.
//
// A model holds functions of numbers and nothing of the page, so that tests can hold it equal to the
// package. A drawing gets a `stage`: it asks for sliders and buttons, and returns what draws the state
// and tells it in words.
{
  const here = document.currentScript.src.replace(/[^/]*$/, "")
  const calm = matchMedia("(prefers-reduced-motion: reduce)")

  const STYLE = `
    :host { display: grid }
    .live, .still { grid-area: 1 / 1; min-width: 0 }
    .live ~ .still { visibility: hidden }
    .live { display: flex; flex-direction: column; gap: 6px; min-width: 0 }
    .picture { flex: 1 1 0; min-height: 0; position: relative }
    svg { position: absolute; inset: 0; font: 14px "DejaVu Sans", Verdana, system-ui, sans-serif; user-select: none; -webkit-user-select: none }
    text { fill: var(--figure-ink) }
    .axis { fill: none; stroke: var(--figure-muted) }
    .line { fill: none; stroke-linejoin: round; stroke-width: 2 }
    .thin { stroke-width: 1 }
    .dash { stroke-dasharray: 6 4 }
    .dots { stroke-dasharray: 2 4 }
    .faint { opacity: .35 }
    .small { font-size: 12px }
    .bold { font-weight: 700 }
    ${["ink", "muted", "blue", "orange", "green", "purple"].map(name => `
      .${name} { --colour: var(--figure-${name}) }`).join("")}
    .line { stroke: var(--colour) }
    .fill { fill: var(--colour) }
    .area { fill: var(--colour); fill-opacity: .22 }
    .ring { fill: var(--page); stroke: var(--colour); stroke-width: 2.5 }
    .hit { fill: transparent }
    [data-grip] { cursor: grab; touch-action: none }
    [data-grip].pan { touch-action: pan-y }
    svg.held, svg.held * { cursor: grabbing }
    output { display: block; font-size: .75rem; line-height: 1.4; min-height: 4.2em; font-variant-numeric: tabular-nums }
    .yes { color: var(--good) }
    .controls { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: end; font-size: .75rem }
    label.slider { flex: 1 1 9rem; display: block; position: relative; min-width: 0 }
    label.slider > span { display: flex; justify-content: space-between; gap: 8px; line-height: 1.4; align-items: end }
    label b { font-variant-numeric: tabular-nums; white-space: nowrap }
    input[type=range] { appearance: none; -webkit-appearance: none; background: none; display: block; height: 28px; margin: 0; width: 100%; cursor: pointer; touch-action: pan-y }
    input::-webkit-slider-runnable-track { background: var(--line); border-radius: 2px; height: 4px }
    input::-moz-range-track { background: var(--line); border-radius: 2px; height: 4px }
    input::-webkit-slider-thumb { appearance: none; -webkit-appearance: none; background: var(--accent); border: 0; border-radius: 50%; height: 20px; margin-top: -8px; width: 20px }
    input::-moz-range-thumb { background: var(--accent); border: 0; border-radius: 50%; height: 20px; width: 20px }
    .mark { position: absolute; bottom: -13px; transform: translateX(-50%); font-size: 12px; line-height: 1; color: var(--muted); white-space: nowrap }
    .mark::before { content: ""; position: absolute; left: 50%; bottom: 14px; height: 9px; border-left: 2px solid var(--muted) }
    button, .chip { background: none; border: 1px solid var(--accent); border-radius: 6px; color: var(--accent); cursor: pointer; font: inherit; line-height: 1; min-height: 32px; padding: 0 12px }
    button:hover { background: var(--accent-wash) }
    button:disabled { border-color: var(--line); color: var(--muted); cursor: default; background: none }
    button[aria-pressed=true] { background: var(--accent); color: var(--page) }
    .group { display: flex; flex-wrap: wrap; gap: 6px; align-self: end }
    label.text { display: flex; flex-direction: column; line-height: 1.4 }
    input[type=text] { background: none; border: 1px solid var(--muted); border-radius: 6px; color: inherit; font: inherit; height: 32px; padding: 0 8px; width: 9em; box-sizing: border-box }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
    @media (max-width: 37.5em) { output { min-height: 5.6em } label.slider { flex-basis: 7.6rem } }
    @media print {
      .live { display: none }
      .live ~ .still { visibility: visible }
    }`

  // Text in HTML, and a number with a true minus.
  const plain = text => String(text).replace(/[&<>"]/g, sign => `&#${sign.charCodeAt()};`)
  const told = (value, digits = 2) => {
    const text = Math.abs(value) >= 1e5 ? value.toExponential(1) : value.toFixed(digits)
    return (/^-0\.?0*$/.test(text) ? text.slice(1) : text).replace("-", "−")
  }

  // Some five round numbers between two others.
  const ticks = (low, high, count) => {
    const rough = (high - low) / count
    const power = 10 ** Math.floor(Math.log10(rough))
    const step = [1, 2, 5, 10].find(each => each * power >= rough) * power
    const first = Math.ceil(low / step - 1e-9)
    return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) =>
      +((first + i) * step).toPrecision(9))
  }

  // One pair of axes in a box `[left, top, width, height]` of the picture.
  class Pane {
    constructor(stage, { box, x, y, xlabel = "", ylabel = "", log = false, bare = false, xticks, yticks, inset }) {
      this.stage = stage
      const [left, top, width, height] = box
      const scale = log ? Math.log10 : value => value
      const [low, high] = y.map(scale)
      const few = Math.max(2, Math.round(height / 55))
      const up = bare ? [] : yticks ?? (log ? ticks(low, high, few).filter(Number.isInteger).map(each => 10 ** each) : ticks(low, high, few))
      const room = inset ?? (ylabel ? 24 : 4) + (up.length ? 14 + 9 * Math.max(...up.map(each => log ? 2.5 : String(each).length)) : 0)
      this.frame = bare ? box : [left + room, top + 10, width - room - 12, height - (xlabel ? 52 : 34)]
      const [a, b, w, h] = this.frame
      this.X = value => a + (value - x[0]) / (x[1] - x[0]) * w
      this.Y = value => b + h - (scale(value) - low) / (high - low) * h
      this.back = (px, py) => {
        const value = low + (b + h - py) / h * (high - low)
        return [x[0] + (px - a) / w * (x[1] - x[0]), log ? 10 ** value : value]
      }
      this.clip = `clip${stage.panes.length}`
      this.parts = [`<clipPath id="${this.clip}"><rect x="${a - 6}" y="${b - 6}" width="${w + 12}" height="${h + 12}"/></clipPath>`]
      stage.panes.push(this)
      if (bare) return
      const across = xticks ?? ticks(...x, Math.max(2, Math.round(w / 80)))
      const name = value => log ? `10<tspan dy="-6" font-size="10">${told(Math.log10(value), 0)}</tspan>` : plain(String(value).replace("-", "−"))
      this.parts.push(
        `<path class="axis" d="M${a} ${b}V${b + h}H${a + w}${across.map(each => `M${this.X(each)} ${b + h}v5`).join("")}${up.map(each => `M${a} ${this.Y(each)}h-5`).join("")}"/>`,
        ...across.map(each => `<text x="${this.X(each)}" y="${b + h + 19}" text-anchor="middle">${plain(String(each).replace("-", "−"))}</text>`),
        ...up.map(each => `<text x="${a - 9}" y="${this.Y(each) + 5}" text-anchor="end">${name(each)}</text>`),
        `<text x="${a + w / 2}" y="${b + h + 38}" text-anchor="middle">${plain(xlabel)}</text>`,
        `<text transform="translate(${left + 12} ${b + h / 2})rotate(-90)" text-anchor="middle">${plain(ylabel)}</text>`)
    }
    put(html) { this.parts.push(`<g clip-path="url(#${this.clip})">${html}</g>`) }
    path(points) {
      const far = value => Math.max(-9999, Math.min(9999, value))
      return points.map(([x, y], i) => `${i ? "L" : "M"}${far(this.X(x)).toFixed(1)} ${far(this.Y(y)).toFixed(1)}`).join("")
    }
    line(points, look) { this.put(`<path class="line ${look}" d="${this.path(points)}"/>`) }
    area(points, look) { this.put(`<path class="area ${look}" d="${this.path(points)}Z"/>`) }
    dots(points, look, r = 3.5) {
      this.put(points.map(([x, y]) => `<circle class="fill ${look}" cx="${this.X(x).toFixed(1)}" cy="${this.Y(y).toFixed(1)}" r="${r}"/>`).join(""))
    }
    text(x, y, text, look = "ink", anchor = "start", dx = 0, dy = 0) {
      this.parts.push(`<text class="fill ${look}" x="${this.X(x) + dx}" y="${this.Y(y) + dy}" text-anchor="${anchor}">${plain(text)}</text>`)
    }
    // What one takes hold of: `move` gets where it is held, in the units of the axes.
    grip(name, x, y, look, move) { this.stage.hold(name, this, [this.X(x), this.Y(y)], look, move) }
    // The whole pane, from side to side.
    surface(name, move) { this.stage.hold(name, this, null, "", move) }
  }

  class Stage {
    constructor(host) {
      this.host = host
      this.controls = {}
      this.grips = {}
      this.panes = []
      this.given = new URLSearchParams(location.hash.slice(1))
      host.shadowRoot.innerHTML = `<style>${STYLE}</style><div class="live" role="group" aria-label="Figure to move">
        <slot name="question"></slot><div class="picture"><svg><g></g><g></g></svg></div>
        <output aria-live="polite"></output><div class="controls"></div><slot name="checked"></slot></div><div class="still"><slot></slot></div>`
      const find = selector => host.shadowRoot.querySelector(selector)
      this.svg = find("svg")
      this.output = find("output")
      this.place = find(".controls")
      ;[this.drawn, this.held] = this.svg.children
      this.follow()
      new ResizeObserver(([{ contentRect }]) => {
        this.width = contentRect.width
        this.height = contentRect.height
        this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`)
        this.redraw()
      }).observe(find(".picture"))
    }

    get phone() { return this.width < 560 }
    pane(options) { return new Pane(this, options) }

    add(name, control, into = this.place) {
      into.append(control)
      if (name) this.controls[name] = control
      return control
    }

    // A slider; `value` is what it starts with, `marks` are `[value, text]` below it.
    slider(name, { label, min, max, step, value, tell = each => told(each, 2), marks = [], log = false }) {
      const box = document.createElement("label")
      const [to, from] = log ? [Math.log, Math.exp] : [each => each, each => each]
      const part = each => (to(each) - to(min)) / (to(max) - to(min))
      box.className = "slider"
      if (marks.length) this.place.style.rowGap = "18px"
      box.innerHTML = `<span>${plain(label)} <b></b></span><input type="range" min="${to(min)}" max="${to(max)}" step="${step}">` +
        marks.map(([at, text]) => `<i class="mark" style="left:calc(10px + ${part(at)} * (100% - 20px));font-style:normal">${plain(text)}</i>`).join("")
      const [input, shown] = [box.querySelector("input"), box.querySelector("b")]
      const show = () => { input.ariaValueText = shown.textContent = tell(from(+input.value)) }
      const control = {
        min, max, input, refresh: show,
        get value() { return from(+input.value) },
        get told() { return shown.textContent },
        set: each => { input.value = to(Math.min(max, Math.max(min, each))); show() },
        get text() { return String(+from(+input.value).toPrecision(4)) },
        read: text => Number.isFinite(+text) && control.set(+text),
      }
      this.controls[name] = control
      control.set(value)
      if (this.given.has(name)) control.read(this.given.get(name))
      input.addEventListener("input", () => { this.stop(); show(); this.changed() })
      this.place.append(box)
      return control
    }

    group(label) {
      const box = document.createElement("div")
      box.className = "group"
      box.role = "group"
      box.ariaLabel = label
      this.place.append(box)
      return box
    }

    button(label, action, into = this.place) {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = label
      button.addEventListener("click", () => { action(button); this.changed() })
      into.append(button)
      return button
    }

    // One of several: buttons of which one is pressed.
    choice(name, label, options, value) {
      const box = this.group(label)
      const buttons = options.map(each => this.button(each, () => control.set(each), box))
      const control = {
        value,
        set: each => {
          control.value = each
          for (const button of buttons) button.ariaPressed = String(button.textContent === each)
        },
        get text() { return control.value },
        read: text => options.includes(text) && control.set(text),
      }
      this.controls[name] = control
      control.set(value)
      if (this.given.has(name)) control.read(this.given.get(name))
      return control
    }

    text(name, label, value) {
      const box = document.createElement("label")
      box.className = "text"
      box.innerHTML = `${plain(label)}<input type="text" autocomplete="off" spellcheck="false">`
      const input = box.querySelector("input")
      const control = {
        get value() { return input.value },
        get text() { return input.value },
        set: each => { input.value = each },
        read: each => { input.value = each },
      }
      this.controls[name] = control
      input.value = this.given.get(name) ?? value
      input.addEventListener("input", () => this.changed())
      this.place.append(box)
      return control
    }

    // A button that moves a slider to its end, step by step; at once for whoever wants no motion.
    run(label, slider, every = 250, into = this.place) {
      this.button(label, () => {
        this.stop()
        if (calm.matches) return slider.set(slider.max)
        slider.set(slider.min)
        this.running = setInterval(() => {
          slider.set(slider.value + 1)
          this.changed()
          if (slider.value >= slider.max) this.stop()
        }, every)
      }, into)
    }

    stop() { clearInterval(this.running) }

    hold(name, pane, at, look, move) {
      if (!this.grips[name]) {
        const holder = this.held.ownerDocument.createElementNS(this.svg.namespaceURI, "g")
        holder.dataset.grip = name
        if (!at) {
          holder.setAttribute("class", "pan")
          holder.innerHTML = `<rect class="hit"/>`
          this.held.prepend(holder)
        } else {
          holder.innerHTML = `<circle class="hit" r="22"/><circle class="ring ${look}" r="8"/>`
          this.held.append(holder)
        }
        this.grips[name] = { holder }
      }
      const grip = Object.assign(this.grips[name], { pane, move })
      if (at) grip.holder.setAttribute("transform", `translate(${at.map(each => Math.max(-99, Math.min(9999, each)).toFixed(1))})`)
      else ["x", "y", "width", "height"].forEach((side, i) => grip.holder.firstChild.setAttribute(side, pane.frame[i]))
    }

    // Pointers of every kind: the picture keeps them until they let go.
    follow() {
      let name = ""
      const go = event => {
        if (!name) return
        const box = this.svg.getBoundingClientRect()
        const { pane, move } = this.grips[name]
        move(...pane.back(event.clientX - box.left, event.clientY - box.top))
        this.changed()
      }
      this.svg.addEventListener("pointerdown", event => {
        name = event.target.closest("[data-grip]")?.dataset.grip ?? ""
        if (!name) return
        event.preventDefault()
        this.stop()
        this.svg.setPointerCapture(event.pointerId)
        this.svg.classList.add("held")
        go(event)
      })
      this.svg.addEventListener("pointermove", go)
      for (const end of ["pointerup", "pointercancel"])
        this.svg.addEventListener(end, () => { name = ""; this.svg.classList.remove("held") })
    }

    // Somebody has moved something: draw it, and say so in the address.
    changed() {
      this.redraw()
      this.output.ariaBusy = "true" // a screen reader waits for the end of a movement
      clearTimeout(this.settling)
      this.settling = setTimeout(() => {
        this.output.ariaBusy = "false"
        const state = new URLSearchParams(Object.entries(this.controls).map(([name, each]) => [name, each.text]))
        history.replaceState(history.state, "", `#${state}`)
      }, 400)
    }

    redraw() {
      if (!this.draw || !(this.height > 100)) return
      this.panes = []
      const { say, yes } = this.draw()
      this.svg.role = "img" // a picture from its first drawing on: an empty one has no name
      this.svg.ariaLabel = say
      this.drawn.innerHTML = this.panes.map(pane => pane.parts.join("")).join("")
      const words = plain(say) + (yes ? ` <span class="yes">✓ ${plain(yes)}</span>` : "")
      if (this.words !== words) this.output.innerHTML = this.words = words
      this.host.dataset.ready = ""
    }
  }

  const load = file => new Promise((done, failed) =>
    document.head.append(Object.assign(document.createElement("script"), { src: here + file, onload: done, onerror: failed })))

  const start = async host => {
    const name = host.dataset.demo
    await Promise.all([load(`${name}.model.js`), load(`${name}.js`)])
    host.attachShadow({ mode: "open" })
    host.classList.add("live")
    const stage = new Stage(host)
    stage.draw = demos.drawings[name](stage, JSON.parse(host.dataset.values))
    stage.redraw()
    if (Object.keys(stage.controls).some(each => stage.given.has(each))) host.scrollIntoView({ block: "center" })
  }

  globalThis.demos = { models: {}, drawings: {}, told }
  const near = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) {
        near.unobserve(target)
        start(target)
      }
  }, { rootMargin: "400px" })
  const wanted = location.hash.includes("=")
  for (const host of document.querySelectorAll(".demo[data-demo]")) wanted ? start(host) : near.observe(host)
}
