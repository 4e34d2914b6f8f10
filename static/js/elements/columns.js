// <crm-columns> holds the columns that are chosen for a table: taking one away unticks its box in the form beside it.
class CrmColumns extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=remove]");
      if (!button) return;
      event.preventDefault();
      const { form, value } = button;
      const row = button.closest(".order-row");
      const next = row.nextElementSibling ?? row.previousElementSibling;
      next?.querySelector("button[name=remove]").focus();
      row.remove();
      const box = form.querySelector(`[name=tick][value="${CSS.escape(value)}"]`);
      if (box) box.checked = false;
      form.requestSubmit();
    });
  }
}

customElements.define("crm-columns", CrmColumns);
