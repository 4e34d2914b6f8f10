// <crm-cells> round a table whose heads say their `data-column` and, where people may write it, `data-editable`; rows
// that nobody may write here are `data-locked`. One pencil for all goes to the cell under the pointer or with the focus
// and opens the form of its property there; so do Enter and a double click. Escape gives the value back.
class CrmCells extends HTMLElement {
  connectedCallback() {
    this.pencil = this.querySelector(".cell-pencil");
    this.heads = this.querySelector("thead tr").cells;
    for (const name of ["pointerover", "focusin"]) this.addEventListener(name, (event) => this.goTo(event.target.closest("td")));
    this.addEventListener("dblclick", (event) => this.open(event.target.closest("td")));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.pencil.addEventListener("htmx:configRequest", (event) => {
      event.detail.path = `${this.address(this.pencil.closest("td"))}/edit?from=table`;
    });
    this.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.contains(this.pencil)) this.park(); });
  }

  address(cell) {
    const row = cell?.closest("tbody > tr:not([data-locked])");
    const head = row && this.heads[cell.cellIndex];
    if (!head?.hasAttribute("data-editable")) return "";
    return `${row.querySelector(".table-name > a").pathname}/properties/${head.dataset.column}`;
  }

  canOpen(cell) {
    return Boolean(this.address(cell)) && !cell.querySelector("[data-editing]");
  }

  goTo(cell) {
    if (!cell || cell === this.pencil.parentElement) return;
    if (!this.canOpen(cell)) return this.park();
    this.pencil.hidden = false;
    cell.append(this.pencil);
  }

  park() {
    this.pencil.hidden = true;
    this.append(this.pencil);
  }

  open(cell) {
    if (!cell || !this.canOpen(cell)) return;
    this.goTo(cell);
    this.pencil.click();
  }

  pressed(event) {
    const form = event.target.closest("[data-editing]");
    if (event.key === "Escape" && form && !event.defaultPrevented) {
      event.preventDefault();
      form.querySelector("a[data-return]")?.click();
    }
    if (event.key === "Enter" && !form && !event.target.closest("a, button, input")) this.open(event.target.closest("td"));
  }
}

customElements.define("crm-cells", CrmCells);
