// One polite live region for the whole page: templates put the words in `data-announce`, this reads them out.
function announce(text) {
  const region = document.querySelector("[data-announcer]");
  if (!region || !text) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}
