// What is typed while a form is on its way to be shown anew (`then=refresh`, or any answer to one that says
// `data-keeps-typed`) stays: the answer knows only what was sent.
const typedMeanwhile = new WeakMap();
const TYPED = "input:not([type=hidden], [type=file], [type=submit]), select, textarea";

// A choice that is no longer offered is not kept.
const fill = (control, value) => {
  const offered = !control.options || [...control.options].some((one) => one.value === value);
  if (offered) control.value = value;
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  const form = requestConfig?.elt.closest("form");
  const sent = requestConfig?.formData;
  if (!form || !sent || !(sent.get("then") === "refresh" || form.hasAttribute("data-keeps-typed"))) return;
  const now = new FormData(form);
  const changed = [];
  for (const name of new Set([...target.querySelectorAll(TYPED)].map((control) => control.name))) {
    const isFile = form.querySelector(`[type=file][name="${CSS.escape(name)}"]`) !== null;
    const values = now.getAll(name);
    if (!name || isFile || values.join("\n") === sent.getAll(name).join("\n")) continue;
    changed.push({ name, values, editor: form.elements[name]?.closest?.("crm-editor") });
  }
  if (changed.length) typedMeanwhile.set(xhr, { changed, place: target.id });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const kept = typedMeanwhile.get(event.detail.xhr);
  const place = kept && document.getElementById(kept.place);
  if (!place) return;
  typedMeanwhile.delete(event.detail.xhr);
  for (const { name, values, editor } of kept.changed) {
    for (const control of place.querySelectorAll(TYPED)) {
      if (control.name !== name) continue;
      const fresh = control.closest("crm-editor");
      if (editor && fresh) fresh.replaceWith(editor);
      else if (control.matches("[type=checkbox], [type=radio]")) control.checked = values.includes(control.value);
      else fill(control, values.shift() ?? "");
    }
  }
});
