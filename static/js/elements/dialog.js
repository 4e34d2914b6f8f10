// <crm-dialog>: a native <dialog>. Opens when htmx puts something in it, or when a control names it in `data-opens`;
// closes on [data-close], on a click beside it, when it is left empty, and on the event `close-dialog`. With `data-keeps`
// a click beside it closes it only while nothing was typed in it.
// Focus returns to where it was.
class CrmDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.body = this.querySelector("[data-dialog-body]");
    this.closeNow = () => this.dialog.close();
    document.body.addEventListener("close-dialog", this.closeNow);
    if (this.body) new MutationObserver(() => this.syncWithBody()).observe(this.body, { childList: true });
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("input", () => this.toggleAttribute("data-typed", this.hasAttribute("data-keeps")));
    this.dialog.addEventListener("close", () => this.closed());
    // Escape in a search field would only empty the field.
    this.dialog.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) this.dialog.close(); });
    this.opensFrom = (event) => {
      const opener = event.target.closest?.(`[data-opens="${this.dataset.name}"]`);
      if (!opener) return;
      event.preventDefault();
      this.open(opener.tabIndex < 0 ? document.activeElement : opener);
    };
    document.addEventListener("click", this.opensFrom);
  }

  disconnectedCallback() {
    document.body.removeEventListener("close-dialog", this.closeNow);
    document.removeEventListener("click", this.opensFrom);
  }

  open(opener) {
    if (this.dialog.open) return;
    this.opener = opener || document.activeElement;
    this.dialog.showModal();
    this.dialog.querySelector("[autofocus]")?.focus();
  }

  syncWithBody() {
    if (this.body.childElementCount) this.open();
    else if (this.dialog.open) this.dialog.close();
  }

  clicked(event) {
    const beside = event.target === this.dialog;
    if (beside ? this.hasAttribute("data-typed") : !event.target.closest("[data-close]")) return;
    event.preventDefault();
    this.dialog.close();
  }

  closed() {
    this.removeAttribute("data-typed");
    if (this.body) this.body.replaceChildren();
    const opener = this.opener?.isConnected ? this.opener : document.getElementById(this.opener?.id || "main");
    const menu = opener?.closest("details:not([open])");
    (menu?.querySelector("summary") ?? opener)?.focus();
  }
}

customElements.define("crm-dialog", CrmDialog);
