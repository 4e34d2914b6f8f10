// A request that failed is said aloud and on screen; the words come from the <template data-toast> of the layout.
function toastWords(name) {
  return document.querySelector("template[data-toast]")?.getAttribute(`data-${name}`) ?? "";
}

function showToast(name) {
  const toasts = document.querySelector("crm-toasts");
  const template = document.querySelector("template[data-toast]");
  if (!toasts || !template) return;
  const toast = template.content.cloneNode(true);
  toast.querySelector(".toast-text").textContent = toastWords(name);
  toasts.append(toast);
}

// An answer the server itself directs to the messages is shown there, whatever its status.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "toasts") return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

// What asks again by itself, such as the bell, says nothing of an answer that does not come.
const asksAgain = (event) => event.target.closest?.("[data-quiet]");

document.addEventListener("htmx:responseError", (event) => {
  if (asksAgain(event)) return;
  showToast(event.detail.xhr.status === 404 ? "missing" : "failed");
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => { if (!asksAgain(event)) showToast("offline"); });
}
