// <crm-sortable data-items=".card" data-grip="[data-grip]" data-form="id">: things that are put in order by dragging,
// with a mouse or a finger, by their grips. What is dropped moves in the page, so hidden fields in the things name the
// new order; then the form called `data-form` is sent, or without one "change" says that the order is another.
// Lists with one `data-group` exchange their things: what is dropped in another one goes with the form of that one.
// Those that stand side by side are `data-across`: there the pointer tells before and after by where it is on the line.
// By keyboard and without JavaScript every thing has buttons that move it up and down, named so; in a list that
// `data-moves` they do it at once.
const isLevel = (item, event) => {
  const box = item.getBoundingClientRect();
  return event.clientY >= box.top && event.clientY < box.bottom;
};
const isBeside = (item, event) => {
  const box = item.getBoundingClientRect();
  return event.clientX >= box.left && event.clientX < box.right;
};

class CrmSortable extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("pointerdown", (event) => this.grip(event));
    this.addEventListener("pointermove", (event) => { if (this.dragged) this.drag(event); });
    this.addEventListener("pointerup", () => { if (this.dragged) this.drop(); });
    this.addEventListener("pointercancel", () => this.letGo());
    if (this.hasAttribute("data-moves")) this.addEventListener("click", (event) => this.step(event));
    this.cancel = (event) => { if (event.key === "Escape") this.letGo(); };
  }

  items() {
    return [...this.querySelectorAll(this.dataset.items)].filter((item) => item.closest("crm-sortable") === this);
  }

  movable() {
    return this.items().filter((item) => item.querySelector(this.dataset.grip));
  }

  lists() {
    const { group } = this.dataset;
    return group ? [...document.querySelectorAll(`crm-sortable[data-group="${group}"]`)] : [this];
  }

  grip(event) {
    const grip = event.target.closest(this.dataset.grip);
    if (!grip || grip === this || event.button !== 0 || grip.closest("crm-sortable") !== this) return;
    event.preventDefault();
    this.dragged = grip.closest(this.dataset.items);
    grip.setPointerCapture(event.pointerId);
    this.dragged.setAttribute("data-dragged", "");
    document.addEventListener("keydown", this.cancel);
  }

  step(event) {
    const button = event.target.closest("button[name=up], button[name=down]");
    if (!button || button.closest("crm-sortable") !== this) return;
    event.preventDefault();
    const item = button.closest(this.dataset.items);
    const all = this.movable();
    const other = all[all.indexOf(item) + (button.name === "up" ? -1 : 1)];
    if (!other) return;
    other[button.name === "up" ? "before" : "after"](item);
    item.querySelector("summary")?.focus();
    document.getElementById(this.dataset.form).requestSubmit();
  }

  // The thing under the pointer shows on which side of it the dragged one would come to stand.
  drag(event) {
    if (this.hasAttribute("data-across")) this.scrollBeside(event.clientX);
    else this.scrollNear(event.clientY);
    this.unmark();
    const lists = this.lists();
    const list = lists.length > 1 ? lists.find((one) => isBeside(one, event) && isLevel(one, event)) : this;
    const across = this.hasAttribute("data-across");
    const under = list?.movable().find((item) => item !== this.dragged && (across ? isBeside : isLevel)(item, event));
    if (!under && list && !list.movable().length) list.setAttribute("data-drop", "append");
    if (!under) return;
    const box = under.getBoundingClientRect();
    const isBefore = across ? event.clientX < box.left + box.width / 2 : event.clientY < box.top + box.height / 2;
    under.setAttribute("data-drop", isBefore ? "before" : "after");
  }

  drop() {
    const target = this.marked()[0];
    const { dragged } = this;
    const list = target?.closest("crm-sortable") ?? this;
    const before = list.items();
    if (target) target[target.dataset.drop](dragged);
    this.letGo();
    if (list.items().length === before.length && list.items().every((item, at) => item === before[at])) return;
    const form = list.dataset.form && document.getElementById(list.dataset.form);
    if (form) for (const field of dragged.querySelectorAll(`[form="${this.dataset.form}"]`)) field.setAttribute("form", form.id);
    if (form) form.requestSubmit();
    else list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  letGo() {
    this.unmark();
    this.dragged?.removeAttribute("data-dragged");
    this.dragged = null;
    document.removeEventListener("keydown", this.cancel);
  }

  unmark() {
    for (const item of this.marked()) item.removeAttribute("data-drop");
  }

  marked() {
    return this.lists().flatMap((list) => [...list.querySelectorAll("[data-drop]"), ...(list.matches("[data-drop]") ? [list] : [])]);
  }

  // What scrolls around it: a column, the page's main part, or the page.
  scroller() {
    const scrolls = (box) => box.scrollHeight > box.clientHeight && /auto|scroll/.test(getComputedStyle(box).overflowY);
    let box = this.parentElement;
    while (box && !scrolls(box)) box = box.parentElement;
    return box ?? document.scrollingElement;
  }

  scrollBeside(x) {
    const scroller = this.parentElement;
    const box = scroller.getBoundingClientRect();
    if (x < box.left + 32) scroller.scrollBy(-12, 0);
    if (x > box.right - 32) scroller.scrollBy(12, 0);
  }

  scrollNear(y) {
    const scroller = this.scroller();
    const box = scroller === document.scrollingElement ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
    if (y < box.top + 48) scroller.scrollBy(0, -12);
    if (y > box.bottom - 48) scroller.scrollBy(0, 12);
  }
}

customElements.define("crm-sortable", CrmSortable);
