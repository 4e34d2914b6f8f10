// <crm-toasts>: a live region. Each toast leaves after ten seconds, unless it is read (pointer or focus) just then.
class CrmToasts extends HTMLElement {
  connectedCallback() {
    this.watcher = new MutationObserver(() => this.startAll());
    this.watcher.observe(this, { childList: true });
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) this.drop(event.target.closest("[data-seconds]"));
    });
    this.startAll();
  }

  disconnectedCallback() {
    this.watcher.disconnect();
  }

  startAll() {
    for (const toast of this.querySelectorAll("[data-seconds]:not([data-started])")) {
      toast.setAttribute("data-started", "");
      this.start(toast);
    }
  }

  start(toast) {
    setTimeout(() => {
      if (!toast.isConnected) return;
      if (toast.matches(":hover, :focus-within")) this.start(toast);
      else this.drop(toast);
    }, Number(toast.dataset.seconds) * 1000);
  }

  drop(toast) {
    if (!toast) return;
    const hadFocus = toast.contains(document.activeElement);
    toast.remove();
    if (hadFocus) document.querySelector("main")?.focus();
  }
}

customElements.define("crm-toasts", CrmToasts);
