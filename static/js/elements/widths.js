// <crm-widths data-form="id"> round a table: the edges of its heads are dragged, or moved with the arrow keys, in steps
// of eight pixels, for which the style sheet has a rule each; then the form is sent with the widths of all columns.
const WIDTH_STEP = 8;
const LEAST_WIDTH = 6;
const GREATEST_WIDTH = 80;

class CrmWidths extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    this.addEventListener("pointerdown", (event) => this.grip(event));
    this.addEventListener("pointermove", (event) => { if (this.dragged) this.drag(event); });
    this.addEventListener("pointerup", () => this.letGo());
    this.addEventListener("pointercancel", () => this.letGo());
    this.addEventListener("keydown", (event) => this.step(event));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  heads() {
    return [...this.table.tHead.rows[0].cells];
  }

  column(edge) {
    return this.table.querySelectorAll("col")[edge.closest("th").cellIndex];
  }

  // The columns were as wide as they came: from now on each is as wide as it is said to be.
  fix() {
    if (this.table.hasAttribute("data-fixed")) return;
    const widths = this.heads().map((head) => head.offsetWidth);
    this.heads().forEach((head, at) => this.set(head.querySelector(".column-edge"), widths[at] / WIDTH_STEP));
    this.table.setAttribute("data-fixed", "");
  }

  set(edge, width) {
    const fitting = Math.max(LEAST_WIDTH, Math.min(Math.round(width), GREATEST_WIDTH));
    this.column(edge).dataset.width = fitting;
    edge.setAttribute("aria-valuenow", fitting);
  }

  grip(event) {
    const edge = event.target.closest(".column-edge");
    if (!edge || event.button !== 0) return;
    event.preventDefault();
    this.fix();
    edge.setPointerCapture(event.pointerId);
    this.dragged = { edge, from: event.clientX, width: Number(this.column(edge).dataset.width) };
  }

  drag(event) {
    const { edge, from, width } = this.dragged;
    this.set(edge, width + (event.clientX - from) / WIDTH_STEP);
  }

  letGo() {
    if (this.dragged) this.save();
    this.dragged = null;
  }

  step(event) {
    const edge = event.target.closest(".column-edge");
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!edge || !steps) return;
    event.preventDefault();
    this.fix();
    this.set(edge, Number(this.column(edge).dataset.width) + steps * (event.shiftKey ? 5 : 1));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 400);
  }

  save() {
    const form = document.getElementById(this.dataset.form);
    const widths = this.heads().map((head) => `${head.dataset.column}:${this.column(head).dataset.width}`);
    form.elements.widths.value = widths.join(" ");
    form.requestSubmit();
  }
}

customElements.define("crm-widths", CrmWidths);
