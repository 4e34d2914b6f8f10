// <crm-required> round a form: what carries `data-create` waits until every required field is filled, one of each
// group in `data-one-of` ("email firstname|name domain"), a record of the kinds in `data-needs` ("contact company") is
// ticked, and nothing in the form has `data-blocks`.
class CrmRequired extends HTMLElement {
  connectedCallback() {
    for (const kind of ["input", "change", "htmx:afterSettle", "htmx:afterRequest"]) this.addEventListener(kind, () => this.look());
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("[type=search]")) event.preventDefault();
    });
    this.look();
  }

  look() {
    const form = this.querySelector("form");
    const sent = new FormData(form);
    const filled = (name) => sent.getAll(name).some((value) => (value.name ?? value).trim() !== "");
    const missing = [...form.elements].some((field) => field.required && !filled(field.name));
    const groups = form.dataset.oneOf ? form.dataset.oneOf.split("|").map((group) => group.split(" ")) : [];
    const empty = groups.some((names) => !names.some(filled));
    const needs = form.querySelector("[data-needs]");
    const ticked = needs && [...needs.querySelectorAll("[data-object]:checked")].map((one) => one.dataset.object);
    const lacks = needs && !needs.dataset.needs.split(" ").some((kind) => ticked.includes(kind));
    const waits = missing || empty || lacks || form.querySelector("[data-blocks]") !== null;
    for (const button of form.querySelectorAll("[data-create]")) button.disabled = waits;
  }
}

customElements.define("crm-required", CrmRequired);
