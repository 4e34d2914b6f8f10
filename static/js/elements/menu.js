// <crm-menu> round a <details>: Escape and a click elsewhere close it, arrow keys walk through it.
// One that arrives open, as the answer to a click, takes the focus. Without JavaScript the <details> does the work.
class CrmMenu extends HTMLElement {
  // One that is only moved to another place of the page is set up already.
  connectedCallback() {
    document.addEventListener("pointerdown", this.outside ??= (event) => { if (!this.contains(event.target)) this.close(); });
    if (this.details) return;
    this.details = this.querySelector("details");
    this.summary = this.querySelector("summary");
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("focusout", (event) => this.left(event));
    this.details.addEventListener("toggle", () => { if (this.details.open) this.fit(); });
    this.addEventListener("click", (event) => {
      if (!event.target.closest("a, button") || event.target.closest("summary, [data-stays]")) return;
      setTimeout(() => this.chosen());
    });
    if (this.details.open) this.arrivedOpen();
  }

  arrivedOpen() {
    this.fit();
    this.items()[0]?.focus();
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.outside);
  }

  items() {
    return [...this.details.querySelectorAll("a, button, input, label[tabindex]")].filter((item) => item.offsetParent);
  }

  // Not during the click itself: a form that is sent by it must still know which button was pressed.
  chosen() {
    if (this.details.contains(document.activeElement)) this.summary.focus();
    this.close();
  }

  close() {
    this.details.open = false;
  }

  // Near the lower edge of its scroller the list opens upwards.
  fit() {
    const list = this.details.querySelector("summary ~ *");
    if (!list) return;
    this.removeAttribute("data-above");
    const box = list.getBoundingClientRect();
    if (box.bottom > window.innerHeight - 8 && box.height < box.top) this.setAttribute("data-above", "");
  }

  left(event) {
    if (event.relatedTarget && !this.contains(event.relatedTarget)) this.close();
  }

  pressed(event) {
    if (event.key === "Escape" && this.details.open) {
      event.stopPropagation();
      this.close();
      this.summary.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches("textarea, select")) return;
    event.preventDefault();
    this.details.open = true;
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length]?.focus();
  }
}

customElements.define("crm-menu", CrmMenu);
