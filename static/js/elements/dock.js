// <crm-dock>: the composer at the lower edge. data-state is "open", "minimised" or "expanded".
// Discarding something typed asks once, inside the dock; discarding nothing just closes it. What stands in a draft on the
// server survives the page, so only what came since then is a reason to warn whoever leaves it.
let dockOpener = null;

class CrmDock extends HTMLElement {
  connectedCallback() {
    if (!document.activeElement.closest("crm-dock")) dockOpener = document.activeElement;
    this.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("htmx:beforeRequest", this.guard = (event) => this.keepTyped(event));
    window.addEventListener("beforeunload", this.warn = (event) => { if (this.hasAttribute("data-unkept")) event.preventDefault(); });
    this.addEventListener("focusin", (event) => { if (event.target.closest("form")) this.lastField = event.target; });
    this.addEventListener("input", () => { for (const name of ["data-typed", "data-unkept"]) this.setAttribute(name, ""); });
    this.addEventListener("htmx:beforeRequest", (event) => this.keeping(event, false));
    this.addEventListener("htmx:afterRequest", (event) => { if (!event.detail.successful) this.keeping(event, true); });
    this.addEventListener("keydown", (event) => this.pressed(event));
  }

  clicked(event) {
    const button = event.target.closest("[data-dock]");
    if (!button) return;
    event.preventDefault();
    const act = { minimise: () => this.flip("minimised"), expand: () => this.flip("expanded"),
      discard: () => this.discard(), keep: () => this.ask(false), close: () => this.close() }[button.dataset.dock];
    act?.();
  }

  pressed(event) {
    if (event.key === "Escape" && !event.defaultPrevented) this.flip("minimised");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.querySelector("form")?.requestSubmit();
  }

  keeping(event, isUnkept) {
    if (event.target.matches("[data-keeps-draft]")) this.toggleAttribute("data-unkept", isUnkept);
  }

  flip(state) {
    this.dataset.state = this.dataset.state === state ? "open" : state;
    const pressed = { minimise: "minimised", expand: "expanded" };
    for (const button of this.querySelectorAll("[data-dock]")) {
      const means = pressed[button.dataset.dock];
      if (means) button.setAttribute("aria-pressed", String(this.dataset.state === means));
    }
  }

  ask(asking) {
    const question = this.querySelector("[data-dock-question]");
    question.hidden = !asking;
    if (asking) question.querySelector("button")?.focus();
    else (this.lastField ?? this.querySelector("form [autofocus]"))?.focus();
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:beforeRequest", this.guard);
    window.removeEventListener("beforeunload", this.warn);
    if (document.activeElement === document.body) this.giveFocusBack();
  }

  giveFocusBack() {
    const back = dockOpener?.isConnected ? dockOpener : document.querySelector("main");
    back?.focus();
  }

  // Opening another composer must not throw away what stands in this one.
  keepTyped(event) {
    const replaces = event.detail.target === this && !this.contains(event.detail.elt);
    if (!replaces || !this.hasAttribute("data-typed")) return;
    event.preventDefault();
    if (this.dataset.state === "minimised") this.flip("minimised");
    this.ask(true);
  }

  discard() {
    if (this.hasAttribute("data-typed")) this.ask(true);
    else this.close();
  }

  close() {
    this.replaceChildren();
    for (const name of ["data-state", "data-typed", "data-unkept"]) this.removeAttribute(name);
    this.giveFocusBack();
  }
}

customElements.define("crm-dock", CrmDock);
