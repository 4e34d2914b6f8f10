// <crm-selection> is the bar over a table whose rows have tick boxes: it says how many are ticked, ticks all of the page,
// and keeps its actions away until something is. Without JavaScript the actions are always there.
class CrmSelection extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.onChange = (event) => { if (event.target.form === this.form) this.changed(event.target); };
    document.addEventListener("change", this.onChange);
    this.follow();
  }

  disconnectedCallback() {
    document.removeEventListener("change", this.onChange);
  }

  boxes() {
    return [...this.form.elements].filter((one) => one.name === "id");
  }

  changed(box) {
    if (box.matches("[data-selection-page]")) this.boxes().forEach((one) => { one.checked = box.checked; });
    const all = this.form.querySelector("[data-selection-all]");
    if (all && box !== all && !box.checked) all.checked = false;
    this.follow();
  }

  follow() {
    const boxes = this.boxes();
    const ticked = boxes.filter((one) => one.checked).length;
    const all = this.form.querySelector("[data-selection-all]");
    const page = this.form.querySelector("[data-selection-page]");
    page.checked = ticked > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    this.toggleAttribute("data-any", ticked > 0 || Boolean(all?.checked));
    this.toggleAttribute("data-page", page.checked || Boolean(all?.checked));
    // What takes a certain number of rows is offered for that number.
    this.querySelectorAll("[data-exactly]").forEach((one) => { one.hidden = all?.checked || ticked !== Number(one.dataset.exactly); });
    const text = ticked ? this.dataset.some.replace("%(count)s", ticked) : this.dataset.none;
    this.querySelector("[data-selection-count]").textContent = all?.checked ? "" : text;
  }
}

customElements.define("crm-selection", CrmSelection);
