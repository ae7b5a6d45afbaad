/** Telling a screen reader what changed, without talking all the time. */

const QUIET_MS = 8_000;

const waiting = new Map();
let timer = null;

/** Say `text` when it is time; of several about the same `subject` only the latest is said. */
export function announce(subject, text) {
  waiting.set(subject, text);
  timer ??= setTimeout(speak, 300);
}

function speak() {
  timer = null;
  if (!waiting.size) return;
  document.getElementById("announcer").textContent = [...waiting.values()].join(" ");
  waiting.clear();
  timer = setTimeout(speak, QUIET_MS);
}
