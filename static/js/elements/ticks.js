// <crm-ticks> round groups of tick boxes: the one marked data-ticks-all sets those of its group and follows them; what
// is typed into [data-ticks-search] hides the boxes of other names. Without JavaScript the form says both boxes.
class CrmTicks extends HTMLElement {
  connectedCallback() {
    this.groups = [...this.querySelectorAll("fieldset")];
    this.groups.forEach((group) => this.follow(group));
    this.addEventListener("change", (event) => this.ticked(event.target));
    const search = this.querySelector("[data-ticks-search]");
    search?.addEventListener("input", (event) => this.find(event.target.value, event));
    search?.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }

  boxes(group) {
    return [...group.querySelectorAll("input[type=checkbox]:not([data-ticks-all])")];
  }

  ticked(box) {
    const group = box.closest("fieldset");
    if (!group) return;
    if (box.matches("[data-ticks-all]")) this.boxes(group).forEach((one) => { one.checked = box.checked; });
    this.follow(group);
  }

  follow(group) {
    const all = group.querySelector("[data-ticks-all]");
    if (!all) return;
    const boxes = this.boxes(group);
    const ticked = boxes.filter((one) => one.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  find(typed, event) {
    event.stopPropagation();
    const wanted = typed.trim().toLocaleLowerCase();
    let found = 0;
    for (const group of this.groups) {
      const boxes = this.boxes(group).map((one) => one.closest("label"));
      boxes.forEach((label) => { label.hidden = !label.textContent.toLocaleLowerCase().includes(wanted); });
      const shown = boxes.filter((label) => !label.hidden).length;
      group.hidden = !shown;
      found += shown;
    }
    this.querySelector("[data-ticks-none]")?.toggleAttribute("hidden", found > 0);
  }
}

customElements.define("crm-ticks", CrmTicks);
