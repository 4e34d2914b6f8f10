// <crm-shortcuts> with buttons that fill a date field of the form: `data-value` as it is, `data-minutes` after the field
// named in `data-from`. When that one changes, the field keeps its distance. Without JavaScript the field is typed.
class CrmShortcuts extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    this.field = form.elements[this.dataset.field];
    this.from = this.dataset.from && form.elements[this.dataset.from];
    if (this.from && !this.span) {
      this.span = this.length();
      this.field.addEventListener("change", () => { this.span = this.length(); });
      this.from.addEventListener("change", () => { if (this.span >= 0) this.fill(this.after(this.span)); });
    }
    this.onclick = (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.minutes) this.span = button.dataset.minutes * 60000;
      this.fill(button.dataset.value ?? this.after(this.span));
    };
  }

  // Clock times are compared as if all were of one zone: the field knows none.
  moment(field) {
    return Date.parse(`${field.value}Z`);
  }

  length() {
    return this.moment(this.field) - this.moment(this.from);
  }

  after(span) {
    const start = this.moment(this.from);
    return Number.isNaN(start) ? "" : new Date(start + span).toISOString().slice(0, 16);
  }

  fill(value) {
    if (!value) return;
    this.field.value = value;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("crm-shortcuts", CrmShortcuts);
