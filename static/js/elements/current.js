// <crm-current>: a row that scrolls sideways begins where what is current in it can be seen.
class CrmCurrent extends HTMLElement {
  connectedCallback() {
    const current = this.querySelector("[aria-current]");
    if (!current) return;
    const [row, box] = [this.getBoundingClientRect(), current.getBoundingClientRect()];
    if (box.right > row.right) this.scrollLeft += box.left - row.left - 16;
  }
}

customElements.define("crm-current", CrmCurrent);
