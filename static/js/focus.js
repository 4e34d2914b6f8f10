// Focus is never lost after a swap: the first field with an error, else the field the reader is in, else `autofocus`
// in the new fragment, else the element of the same id, else the fragment itself; `data-return` on what sent the
// request names another id to go to.
// A fragment that replaces something the reader was not in leaves the focus alone.
const focusBeforeSwap = new WeakMap();

document.addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  const target = event.detail.target;
  const asked = event.detail.requestConfig?.elt;
  const clicked = event.detail.requestConfig?.triggeringEvent?.type === "click";
  const inside = target.contains(active) || (clicked && active === document.body && target.contains(asked));
  const field = target.contains(active) && active.matches("input, select, textarea") ? active.id : "";
  const id = asked?.dataset.return || active?.id || asked?.id || "";
  focusBeforeSwap.set(event.detail.xhr, { inside, field, id, targetId: target.id });
});

document.addEventListener("htmx:afterSettle", (event) => {
  const fragment = event.target;
  if (fragment.dataset?.announce) announce(fragment.dataset.announce);
  const before = focusBeforeSwap.get(event.detail.xhr);
  if (!before) return;
  const { inside, field, id, targetId } = before;
  focusBeforeSwap.delete(event.detail.xhr);
  const wanted = fragment.querySelector?.("[aria-invalid=true]") || (field && document.getElementById(field))
    || fragment.querySelector?.("[autofocus]");
  if (wanted) return wanted.focus();
  const kept = document.activeElement !== document.body && document.contains(document.activeElement);
  if (!inside || kept) return;
  const same = id && document.getElementById(id);
  if (same) return same.focus();
  const place = document.contains(fragment) ? fragment : document.getElementById(targetId);
  if (!place || place === document.body) return;
  if (!place.matches("a, button, input, select, textarea, [tabindex]")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
});
