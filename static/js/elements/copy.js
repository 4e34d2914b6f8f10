// <crm-copy data-text="...">: a button that puts the text on the clipboard and says so.
class CrmCopy extends HTMLElement {
  connectedCallback() {
    this.onclick = (event) => this.copy(event);
  }

  async copy(event) {
    event.preventDefault();
    const text = this.dataset.url ? new URL(this.dataset.url, location.href).href : this.dataset.text;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      showToast("not-copied");
      return;
    }
    this.setAttribute("data-copied", "");
    announce(toastWords("copied"));
    setTimeout(() => this.removeAttribute("data-copied"), 1600);
  }
}

customElements.define("crm-copy", CrmCopy);
