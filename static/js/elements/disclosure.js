// <crm-disclosure data-region="id">: its button hides the region it names and gives the focus back to what opened it.
class CrmDisclosure extends HTMLElement {
  connectedCallback() {
    this.opener = document.activeElement;
    this.addEventListener("click", (event) => {
      const region = document.getElementById(this.dataset.region);
      if (!region) return;
      event.preventDefault();
      this.hide(region);
    });
  }

  hide(region) {
    region.setAttribute("data-empty", "");
    const back = this.opener?.isConnected && this.opener !== document.body ? this.opener : document.querySelector("main");
    back?.focus();
  }
}

customElements.define("crm-disclosure", CrmDisclosure);
