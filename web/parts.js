/** Pieces that the audience's and the host's view share. */

import { h, render } from "./dom.js";
import { counted, percent } from "./words.js";

const TOAST_MS = 6_000;
const STATUS_WORDS = { draft: "Draft", live: "Live", ended: "Ended", open: "Open", closed: "Closed" };

let toastTimer = null;

/** Say something at the foot of the page for a few seconds. */
export function toast(text, { bad = false } = {}) {
  const element = document.getElementById("toast");
  clearTimeout(toastTimer);
  element.hidden = false;
  element.classList.toggle("is-bad", bad);
  element.textContent = text;
  toastTimer = setTimeout(() => {
    element.hidden = true;
  }, TOAST_MS);
}

/** Ask for a decision that cannot be undone; resolve to whether the person confirmed it. */
export function confirmed({ title, text, action }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "dialog-title");
  const close = (answer) => () => dialog.close(answer);
  render(
    dialog,
    h("h2", { id: "dialog-title" }, title),
    h("p", null, text),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "quiet", onclick: close("") }, "Cancel"),
      h("button", { type: "button", class: "danger", onclick: close("yes") }, action),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    };
  });
}

/** Describe the bar above everything: the product's name, and what a view adds. */
export function masthead(...extras) {
  return h(
    "header",
    { class: "masthead" },
    h("p", { class: "wordmark" }, h("span", { class: "mark", "aria-hidden": "true" }), "Ovation"),
    ...extras,
  );
}

/** Describe the banner of a feed in trouble; nothing without an error. */
export function troubleBanner(error) {
  if (!error) return null;
  const busy = error.code === "network" ? "The service cannot be reached." : "The service is busy.";
  const words = navigator.onLine ? busy : "You are offline.";
  return h("p", { class: "trouble", role: "alert" }, words, " Trying again…");
}

/** Describe the state of an event or a poll. */
export function statusPill(status) {
  return h("span", { class: `pill is-${status}` }, STATUS_WORDS[status] ?? status);
}

/** Describe a line that says what cannot be seen otherwise. */
export const note = (...text) => h("p", { class: "note" }, ...text);

/** Describe what stands where there is nothing yet. */
export const emptiness = (title, text) =>
  h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", null, text));

/** Describe the bar and the count of one option; `results` null: nothing. */
export function tally(option, results) {
  if (!results) return null;
  const votes = results.tallies.find((each) => each.option_id === option.id)?.votes ?? 0;
  const share = percent(votes, results.voters);
  return [
    h("span", { class: "share" }, `${share} %`, h("span", { class: "votes" }, counted(votes, "vote"))),
    h("span", { class: "bar", "aria-hidden": "true", style: { "--share": share / 100 } }),
  ];
}

/** Describe a poll's options with their results, not to be chosen from. */
export function optionList(poll, results, mine = new Set()) {
  return h(
    "ul",
    { class: "options", key: "list" },
    poll.options.map((option) =>
      h(
        "li",
        { class: `option ${mine.has(option.id) ? "is-mine" : ""}`, key: option.id },
        h(
          "span",
          { class: "option-label", dir: "auto" },
          option.label,
          mine.has(option.id) && h("span", { class: "tag" }, "your vote"),
        ),
        tally(option, results),
      ),
    ),
  );
}

/** Return a poll's results as a sentence. */
export function spoken(poll, results) {
  const votes = new Map(results.tallies.map((each) => [each.option_id, each.votes]));
  const parts = poll.options.map(
    (option) => `${option.label}: ${counted(votes.get(option.id) ?? 0, "vote")}`,
  );
  return `${results.final ? "Final result" : "Result so far"}, ${poll.prompt} ${parts.join(", ")}.`;
}

/** Describe who asked a question, and what the staff replied. */
export function questionText(question) {
  return [
    h("p", { class: "question-body", dir: "auto" }, question.body),
    h("p", { class: "byline", dir: "auto" }, question.author_name ?? "Anonymous"),
    question.replies.map((reply) =>
      h(
        "div",
        { class: "reply", key: reply.id },
        h("p", { class: "byline", dir: "auto" }, reply.author_name),
        h("p", { class: "question-body", dir: "auto" }, reply.body),
      ),
    ),
  ];
}

/** Describe the marks that the staff gave a question. */
export function marks(question) {
  return [
    question.pinned && h("span", { class: "tag" }, "Pinned"),
    question.highlighted && h("span", { class: "tag is-strong" }, "Highlighted"),
    question.status === "answered" && h("span", { class: "tag is-good" }, "Answered"),
  ];
}
