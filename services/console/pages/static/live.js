// Keeps the page true: listens for moves of alerts and asks for the page again when there is one. It decides
// nothing: without it the page reloads by itself.

const COALESCE_MS = 150;
const REFRESH_MS = 30000;
const PATIENCE_MS = 8000; // a list that somebody has just opened stays open; a new alarm waits no longer than this
const pulse = document.getElementById("pulse");
let pending = 0;
let asking = false;
let touched = -PATIENCE_MS;

function show(word) {
  pulse.hidden = false;
  pulse.textContent = pulse.dataset[word];
  pulse.className = `pulse ${word}`;
}

function controls() {
  return [...document.querySelectorAll(".card select")];
}

function placeOf(control) {
  return `${control.closest(".card").id} ${control.form.getAttribute("action")} ${control.name}`;
}

// Whatever somebody has chosen and not sent yet is chosen in the fresh page as well.
function swap(fresh) {
  const chosen = new Map(controls().map((control) => [placeOf(control), control.value]));
  const at = document.activeElement;
  const focus = at?.closest(".card") && at.form && at.name ? placeOf(at) : null;
  document.querySelector("main").replaceWith(fresh.querySelector("main"));
  for (const control of controls()) {
    const value = chosen.get(placeOf(control));
    if (value && [...control.options].some((option) => option.value === value)) control.value = value;
    if (focus === placeOf(control)) control.focus();
  }
}

async function refresh() {
  pending = 0;
  const wait = touched + PATIENCE_MS - performance.now();
  if (asking || wait > 0) {
    soon(Math.max(wait, COALESCE_MS));
    return;
  }
  asking = true;
  try {
    const answer = await fetch("/", { headers: { Accept: "text/html" } });
    if (answer.redirected) {
      location.assign(answer.url);
      return;
    }
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      swap(fresh);
      document.title = fresh.title;
      for (const count of ["alert", "unprotected", "protected"]) {
        const place = `#counts .count.${count}`;
        document.querySelector(place).textContent = fresh.querySelector(place).textContent;
      }
    }
  } catch {
    show("lost");
  } finally {
    asking = false;
  }
}

function soon(wait = COALESCE_MS) {
  if (!pending) pending = setTimeout(refresh, wait);
}

const stream = new EventSource(`/api/v1/stream?after=${document.body.dataset.after}`);
stream.addEventListener("open", () => {
  show("live");
  soon();
});
stream.addEventListener("change", () => soon());
stream.addEventListener("error", () => show("lost"));
document.addEventListener("pointerdown", (event) => {
  if (event.target instanceof HTMLSelectElement) touched = performance.now();
});
document.addEventListener("change", () => {
  touched = -PATIENCE_MS;
});
setInterval(soon, REFRESH_MS);
