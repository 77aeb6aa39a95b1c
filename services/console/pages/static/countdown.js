// Counts down what has a deadline: every <time class="countdown" data-until="…">, by the clock of the house and
// not by the machine's own, which may be wrong; and up what was a while ago, every class="countup" data-since="…". It decides nothing; without it the page shows what it was served.

const TICK_MS = 1000;
const HOUR_S = 3600;
let ahead = 0; // by how many ms the clock of the house is ahead of this machine's

export function now() {
  return Date.now() + ahead;
}

// The house said what time it is there.
export function setClock(said) {
  const at = Date.parse(said);
  if (!Number.isNaN(at)) ahead = at - Date.now();
}

function two(number) {
  return String(number).padStart(2, "0");
}

// As the server writes it: 0:42, 12:05, 1:02:05; 0:00 when it is over.
function counted(ms) {
  const left = Math.max(Math.floor(ms / 1000), 0);
  const hours = Math.floor(left / HOUR_S);
  const minutes = Math.floor((left % HOUR_S) / 60);
  const seconds = two(left % 60);
  return hours ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

function tick() {
  for (const place of document.querySelectorAll(".countdown[data-until]")) {
    const left = Date.parse(place.dataset.until) - now();
    if (Number.isNaN(left)) continue;
    const text = counted(left);
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle("over", left <= 0);
  }
  for (const place of document.querySelectorAll(".countup[data-since]")) {
    const past = now() - Date.parse(place.dataset.since);
    if (Number.isNaN(past)) continue;
    const text = counted(past);
    if (place.textContent !== text) place.textContent = text;
  }
}

setClock(document.body.dataset.now ?? "");
setInterval(tick, TICK_MS);
document.addEventListener("live:swapped", tick);
