// <crm-centered>: a box that scrolls begins in the middle of what it shows, where there is more than fits.
class CrmCentered extends HTMLElement {
  connectedCallback() {
    this.scrollLeft = (this.scrollWidth - this.clientWidth) / 2;
  }
}

customElements.define("crm-centered", CrmCentered);
