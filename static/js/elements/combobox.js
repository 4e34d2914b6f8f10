// <crm-combobox>: a text field and the listbox its suggestions are swapped into. Arrow keys choose, Enter follows
// the chosen link, Escape closes. The field keeps the focus; the choice is told by aria-activedescendant, and stays
// when later suggestions hold it too.
class CrmCombobox extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("[role=combobox]");
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("focus", () => this.toggle(true));
    this.field.addEventListener("input", () => this.choose(-1));
    this.addEventListener("htmx:beforeSwap", () => { this.kept = this.chosen()?.href; });
    this.addEventListener("htmx:afterSettle", () => {
      this.toggle(document.activeElement === this.field);
      if (this.kept) this.choose(this.options().findIndex((option) => option.href === this.kept));
    });
    this.addEventListener("focusout", (event) => { if (!this.contains(event.relatedTarget)) this.toggle(false); });
  }

  options() {
    return [...this.querySelectorAll("[role=option]")];
  }

  chosen() {
    return this.options().find((option) => option.getAttribute("aria-selected") === "true");
  }

  toggle(open) {
    const shown = open && this.options().length > 0 && this.field.value.trim() !== "";
    this.toggleAttribute("data-open", shown);
    this.field.setAttribute("aria-expanded", String(shown));
    if (!shown) this.choose(-1);
  }

  choose(index) {
    const options = this.options();
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const chosen = options[index];
    if (chosen) {
      this.field.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  pressed(event) {
    const options = this.options();
    const at = options.indexOf(this.chosen());
    if (event.key === "Escape") {
      if (this.hasAttribute("data-open")) event.preventDefault();
      return this.toggle(false);
    }
    if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      return options[at].click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !options.length) return;
    event.preventDefault();
    this.toggle(true);
    this.choose(at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length);
  }
}

customElements.define("crm-combobox", CrmCombobox);
