// <crm-timer> counts from its start button, or from a [data-timer-start] beside it, and writes the time into the field
// named in `data-field` when it is stopped or its form is sent. Without JavaScript the field is typed.
class CrmTimer extends HTMLElement {
  connectedCallback() {
    if (this.clock) return;
    [this.start, this.stop] = ["start", "stop"].map((name) => this.querySelector(`[data-timer=${name}]`));
    this.clock = this.querySelector("output");
    const form = this.closest("form");
    this.field = form.elements[this.dataset.field];
    this.start.addEventListener("click", () => this.begin());
    this.stop.addEventListener("click", () => { this.end(); this.start.focus(); });
    for (const link of form.querySelectorAll("[data-timer-start]")) link.addEventListener("click", () => this.begin());
    form.addEventListener("submit", () => this.end(), true);
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
  }

  begin() {
    if (this.since) return;
    this.since = Date.now();
    this.show();
    this.ticking = setInterval(() => this.show(), 1000);
    this.turn(true);
    this.stop.focus();
  }

  end() {
    if (!this.since) return;
    this.field.value = this.text();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    clearInterval(this.ticking);
    this.since = 0;
    this.turn(false);
  }

  turn(isRunning) {
    this.start.hidden = isRunning;
    this.stop.hidden = this.clock.hidden = !isRunning;
  }

  show() {
    this.clock.value = this.text();
  }

  text() {
    const seconds = Math.round((Date.now() - this.since) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }
}

customElements.define("crm-timer", CrmTimer);
