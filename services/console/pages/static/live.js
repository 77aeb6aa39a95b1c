// Keeps the page true: listens for moves of alerts and asks for the page again when there is one. It decides
// nothing: without it the page reloads by itself.

const COALESCE_MS = 150;
const REFRESH_MS = 30000;
const pulse = document.getElementById("pulse");
let pending = 0;
let asking = false;
let again = false;

function show(word) {
  pulse.hidden = false;
  pulse.textContent = pulse.dataset[word];
  pulse.className = `pulse ${word}`;
}

function busy() {
  const at = document.activeElement;
  return at instanceof HTMLSelectElement || at instanceof HTMLInputElement;
}

async function refresh() {
  pending = 0;
  if (asking || busy()) {
    again = true;
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
      document.querySelector("main").replaceWith(fresh.querySelector("main"));
      for (const count of ["alert", "unprotected", "protected"]) {
        const place = `#counts .count.${count}`;
        document.querySelector(place).textContent = fresh.querySelector(place).textContent;
      }
    }
  } catch {
    show("lost");
  } finally {
    asking = false;
    if (again && !busy()) {
      again = false;
      soon();
    }
  }
}

function soon() {
  if (!pending) pending = setTimeout(refresh, COALESCE_MS);
}

const stream = new EventSource(`/api/v1/stream?after=${document.body.dataset.after}`);
stream.addEventListener("open", () => {
  show("live");
  soon();
});
stream.addEventListener("change", soon);
stream.addEventListener("error", () => show("lost"));
document.addEventListener("focusout", () => {
  if (again) soon();
});
setInterval(soon, REFRESH_MS);
