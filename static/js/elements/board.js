// <crm-board>: cards are dragged from one column to another, by mouse from anywhere on them, by finger by their grips, so
// that the page still scrolls. A drop fills the form of the board and sends it: the answer brings what changed, or the
// card goes back to where it was. By keyboard and without JavaScript the grip leads to the list of stages.
const FAR = 6;
const EDGE = 48;

class CrmBoard extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("#board-move");
    this.region = this.querySelector(".board-columns");
    this.addEventListener("pointerdown", (event) => this.press(event));
    this.addEventListener("dragstart", (event) => event.preventDefault());
    this.addEventListener("click", (event) => this.clicked(event), { capture: true });
    this.form.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status !== 200) this.putBack(); });
    this.form.addEventListener("htmx:afterRequest", (event) => this.answered(event));
    this.onMove = (event) => this.move(event);
    this.onUp = () => this.release();
    this.onCancel = () => this.letGo();
    this.onKey = (event) => { if (event.key === "Escape") this.letGo(); };
  }

  disconnectedCallback() {
    this.letGo();
  }

  press(event) {
    const card = event.target.closest("[data-movable]");
    const byGrip = event.target.closest("[data-grip]");
    if (!card || this.sent || event.button !== 0 || event.target.closest("label, input")) return;
    if (event.pointerType !== "mouse" && !byGrip) return;
    this.swallow = false;
    this.held = { card, x: event.clientX, y: event.clientY };
    document.addEventListener("pointermove", this.onMove);
    document.addEventListener("pointerup", this.onUp);
    document.addEventListener("pointercancel", this.onCancel);
    document.addEventListener("keydown", this.onKey);
  }

  move(event) {
    const { held } = this;
    Object.assign(held, { atX: event.clientX, atY: event.clientY });
    if (!held.ghost) {
      if (Math.hypot(held.atX - held.x, held.atY - held.y) < FAR) return;
      this.lift();
    }
    held.ghost.style.transform = `translate(${held.atX - held.x}px, ${held.atY - held.y}px)`;
    this.mark(this.columnUnder());
  }

  // A picture of the card follows the pointer; the card itself stays where it is until it is dropped.
  lift() {
    const { held } = this;
    const box = held.card.getBoundingClientRect();
    const ghost = held.card.cloneNode(true);
    for (const one of [ghost, ...ghost.querySelectorAll("[id], [name]")]) for (const name of ["id", "name", "form"]) one.removeAttribute(name);
    Object.assign(ghost.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px` });
    ghost.setAttribute("data-ghost", "");
    ghost.setAttribute("aria-hidden", "true");
    document.body.append(ghost);
    held.ghost = ghost;
    held.card.setAttribute("data-dragged", "");
    this.setAttribute("data-dragging", "");
    getSelection().removeAllRanges();
    held.timer = setInterval(() => this.scrollNear(), 16);
  }

  columnUnder() {
    const { card, atX, atY } = this.held;
    const column = document.elementFromPoint(atX, atY)?.closest(".board-column");
    const own = card.closest(".board-column");
    if (!column || column === own || !column.dataset.pipeline) return null;
    const { pipeline } = own.dataset;
    return !pipeline || pipeline === column.dataset.pipeline ? column : null;
  }

  mark(column) {
    for (const one of this.querySelectorAll("[data-drop]")) if (one !== column) one.removeAttribute("data-drop");
    column?.setAttribute("data-drop", "");
  }

  scrollNear() {
    const box = this.region.getBoundingClientRect();
    const { atX, ghost } = this.held ?? {};
    if (!ghost) return;
    const step = atX < box.left + EDGE ? -12 : atX > box.right - EDGE ? 12 : 0;
    if (!step) return;
    this.region.scrollBy(step, 0);
    this.mark(this.columnUnder());
  }

  release() {
    const { held } = this;
    const column = held.ghost && this.columnUnder();
    this.swallow = Boolean(held.ghost);
    this.letGo();
    if (column) this.send(held.card, column);
  }

  letGo() {
    this.mark(null);
    clearInterval(this.held?.timer);
    this.held?.ghost?.remove();
    this.held?.card.removeAttribute("data-dragged");
    this.removeAttribute("data-dragging");
    this.held = null;
    document.removeEventListener("pointermove", this.onMove);
    document.removeEventListener("pointerup", this.onUp);
    document.removeEventListener("pointercancel", this.onCancel);
    document.removeEventListener("keydown", this.onKey);
  }

  // What ends a drag is no click on the link or the button it began on.
  clicked(event) {
    if (!this.swallow || event.detail === 0) return;
    this.swallow = false;
    event.preventDefault();
    event.stopPropagation();
  }

  send(card, column) {
    this.sent = { card, list: card.parentElement, next: card.nextElementSibling };
    column.querySelector(".board-cards").prepend(card);
    this.form.elements["record-id"].value = card.dataset.record;
    this.form.elements.version.value = card.dataset.version;
    this.form.querySelector("[data-to]").value = column.dataset.stage;
    this.form.requestSubmit();
  }

  putBack() {
    const { card, list, next } = this.sent ?? {};
    if (!card?.isConnected) return;
    list.insertBefore(card, next?.parentElement === list ? next : null);
    card.querySelector("[data-grip]")?.focus();
  }

  answered(event) {
    const { card } = this.sent ?? {};
    if (!card) return;
    if (!event.detail.successful) this.putBack();
    else document.getElementById(`move-${card.dataset.record}`)?.focus();
    this.sent = null;
  }
}

customElements.define("crm-board", CrmBoard);
