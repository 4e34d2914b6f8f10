// <crm-picks> round a list of tick boxes: arrow keys, Home and End walk through them, and from the search field above
// into them, the open tab is in sight; "/" goes back to the search field. The space bar ticks by itself.
class CrmPicks extends HTMLElement {
  connectedCallback() {
    this.frame = this.closest(".picker, fieldset") ?? this;
    this.listener = (event) => this.pressed(event);
    this.frame.addEventListener("keydown", this.listener);
    this.frame.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  disconnectedCallback() {
    this.frame.removeEventListener("keydown", this.listener);
  }

  boxes() {
    return [...this.querySelectorAll("input[type=checkbox]:not(:disabled)")].filter((box) => box.offsetParent);
  }

  search() {
    return this.frame.querySelector("input[type=search]");
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    const isSearch = target === this.search();
    if (event.key === "/" && !isSearch && this.search()) return this.go(this.search(), event);
    if (!isSearch && !this.contains(target)) return;
    // Within a form that writes, Enter would send the form.
    if (event.key === "Enter" && isSearch && this.frame.matches("fieldset")) return event.preventDefault();
    const boxes = this.boxes();
    const row = target.closest("li, label")?.querySelector("input[type=checkbox]");
    const at = boxes.indexOf(row);
    if (event.key === "ArrowDown") this.go(boxes[at + 1], event);
    else if (event.key === "ArrowUp") this.go(isSearch ? null : boxes[at - 1] ?? this.search(), event);
    else if (event.key === "Home" && !isSearch) this.go(boxes[0], event);
    else if (event.key === "End" && !isSearch) this.go(boxes.at(-1), event);
  }

  go(where, event) {
    if (!where) return;
    event.preventDefault();
    event.stopPropagation();
    where.focus();
    where.select?.();
  }
}

customElements.define("crm-picks", CrmPicks);
