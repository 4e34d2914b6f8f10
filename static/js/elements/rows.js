// <crm-rows> round a table of records: `j` and `k` walk through its rows, arrow keys through the cells; `x` ticks a row,
// with Shift all since the one ticked before; `p` and the space bar open the preview. On a name Enter opens the record,
// as on any link. Silent while somebody types.
// A table that is read anew gives the focus back to the cell that had it.
let cellInUse = null;

class CrmRows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("focusin", (event) => this.remember(event.target));
    this.addEventListener("focusout", (event) => { if (event.relatedTarget && !this.contains(event.relatedTarget)) cellInUse = null; });
    this.giveFocusBack();
    this.listener = (event) => this.pressed(event);
    document.addEventListener("keydown", this.listener);
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("htmx:configRequest", (event) => this.direct(event));
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listener);
  }

  // The links to previews are ordinary ones: one element asks for all of them, so that a row costs little.
  clicked(event) {
    if (!event.target.matches(".table-preview")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) event.stopImmediatePropagation();
    else event.preventDefault();
  }

  direct(event) {
    if (event.target === this) event.detail.path = event.detail.triggeringEvent.target.pathname;
  }

  rows() {
    return [...this.querySelectorAll("tbody > tr")];
  }

  remember(place) {
    const cell = place.closest("tbody > tr > *");
    cellInUse = cell && { row: cell.parentElement.querySelector(".table-name > a").pathname, at: cell.cellIndex };
  }

  giveFocusBack() {
    const active = document.activeElement;
    if (!cellInUse || (active !== document.body && !active.closest("crm-rows"))) return;
    const { row, at } = cellInUse;
    const found = this.rows().find((one) => one.querySelector(".table-name > a").pathname === row);
    this.focusOn(found?.cells[at]);
  }

  // The row with the focus, or the last one that had it.
  current() {
    const row = document.activeElement.closest("tr");
    if (row && this.contains(row)) this.last = row;
    return this.last;
  }

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("textarea, select, [contenteditable=true], dialog[open], form, summary, input:not([name=id])")) return;
    const row = this.current();
    const act = { j: () => this.walk(1), k: () => this.walk(-1), p: () => this.preview(row), " ": () => this.preview(row),
      x: () => this.tick(row), X: () => this.tickAll(row), ArrowRight: () => this.across(event, 1),
      ArrowLeft: () => this.across(event, -1), ArrowDown: () => this.down(event, 1), ArrowUp: () => this.down(event, -1) };
    const isSpace = event.key === " " && !event.target.matches(".table-name > a:first-child, td");
    if (!isSpace && Object.hasOwn(act, event.key) && act[event.key]()) event.preventDefault();
  }

  walk(step) {
    const rows = this.rows();
    const at = rows.indexOf(this.current());
    return this.focusOn(rows[at < 0 ? 0 : at + step]?.cells[0]);
  }

  cell(event) {
    const cell = event.target.closest("td") ?? event.target.closest(".table-name > a:first-child")?.closest("th");
    return cell && this.contains(cell) ? cell : null;
  }

  across(event, step) {
    const cell = this.cell(event);
    return cell && this.focusOn(cell.parentElement.cells[cell.cellIndex + step]);
  }

  down(event, step) {
    const cell = this.cell(event);
    const rows = this.rows();
    return cell && this.focusOn(rows[rows.indexOf(cell.parentElement) + step]?.cells[cell.cellIndex]);
  }

  focusOn(cell) {
    if (!cell) return false;
    const place = cell.matches("th") ? cell.querySelector(".table-name > a") : cell;
    if (place === cell) cell.tabIndex = -1;
    place.focus();
    return true;
  }

  preview(row) {
    row?.querySelector(".table-preview")?.click();
    return Boolean(row);
  }

  box(row) {
    return row?.querySelector("input[name=id]");
  }

  tick(row) {
    const box = this.box(row);
    if (!box) return false;
    box.click();
    this.ticked = row;
    return true;
  }

  tickAll(row) {
    const rows = this.rows();
    const [from, to] = [rows.indexOf(this.ticked ?? row), rows.indexOf(row)].sort((one, other) => one - other);
    if (from < 0) return false;
    for (const one of rows.slice(from, to + 1)) if (!this.box(one)?.checked) this.box(one)?.click();
    this.ticked = row;
    return true;
  }
}

customElements.define("crm-rows", CrmRows);
